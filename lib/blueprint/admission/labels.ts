import { fieldPath } from "../body";
import { type ListedResource } from "../compile";
import { isPlainObject } from "../object";
import { distinctSamples, legalSamples } from "./distinct-samples";
import { type Findings } from "./findings";
import { compileQuietly, renderQuietly } from "./identity";
import { type FormOrigin } from "./names";
import { nameRules } from "./rules";

/** apimachinery, IsQualifiedName. */
const KEY_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const KEY_PREFIX = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** apimachinery, IsValidLabelValue. */
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Keys of labels and annotations, and values of labels, that no row could make legal, one a step. */
export function* labelSteps(
  { resource, path, dialect }: ListedResource,
  origin: FormOrigin,
  findings: Findings,
): Generator<void, void> {
  const { metadata } = resource.spec;
  const { labels, annotations } = isPlainObject(metadata) ? metadata : {};
  for (const [map, at, areLabels] of [
    [resource.labelsTemplate, `${path}.labelsTemplate`, true],
    [labels, `${path}.spec.metadata.labels`, true],
    [resource.annotationsTemplate, `${path}.annotationsTemplate`, false],
    [annotations, `${path}.spec.metadata.annotations`, false],
  ] as const) {
    for (const [key, source] of isPlainObject(map) ? Object.entries(map) : []) {
      if (!isKey(key)) findings.report(nameRules.key, fieldPath(at, key), { key });
      if (!areLabels || typeof source !== "string") continue;
      const value = illegalValue(source, dialect, origin);
      if (value !== undefined) findings.report(nameRules.labelValue, fieldPath(at, key), { value });
      yield;
    }
  }
}

function isKey(key: string): boolean {
  const slash = key.indexOf("/");
  return KEY_NAME.test(key.slice(slash + 1)) && (slash < 0 || KEY_PREFIX.test(key.slice(0, slash)));
}

/** What the template makes of values that are legal everywhere, if that is illegal for all of them. */
function illegalValue(source: string, dialect: ListedResource["dialect"], origin: FormOrigin): string | undefined {
  const template = compileQuietly(source, dialect);
  if (template === undefined) return undefined;
  if (template.isLiteral) return LABEL_VALUE.test(source) ? undefined : source;
  const samples = distinctSamples(
    template.analysis.variables.map(({ name }) => name),
    { namespace: origin.namespace, hub: origin.hubId, form: origin.name },
  ).slice(0, legalSamples);
  const values = samples.map(sample => renderQuietly(template, sample));
  return values.every(value => value !== undefined && !LABEL_VALUE.test(value)) ? values[0] : undefined;
}
