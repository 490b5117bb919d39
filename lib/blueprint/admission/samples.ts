import { type LynqHubSpec } from "../../../crds";
import { toHost } from "../../template/to-host";
import { isPlainObject } from "../object";
import { type RenderContext } from "../render";
import { templateVariables } from "../variables";
import { hostVariables } from "./variables";

/** One row of a hub, real or made up, that a form is tried with. */
export interface SampleRecord {
  readonly uid: string;
  /** Every variable that the hub maps, as text. */
  readonly values: ReadonlyMap<string, string>;
  /**
   * Variables whose value is made up with nothing known of the column: a rendering that fails because of one of them proves nothing.
   */
  readonly guessed: ReadonlySet<string>;
}

/** A row as a LynqNode keeps it: sensitive values are not there. */
export interface SampleRow {
  readonly uid: string;
  readonly values?: Readonly<Record<string, string>>;
}

export interface SampleOptions {
  /** Real rows of the hub, best first. */
  readonly rows?: readonly SampleRow[];
  /** Text for a column that nothing is known of. Default: `sample`; `"1"` also passes as integer, number and boolean. */
  readonly guess?: string;
  /** Variables to make up beside those that the hub maps: all that the form reads, when there is no hub yet. */
  readonly variables?: Iterable<string>;
}

/** More real rows than this say nothing new, and cost the webhook its time. */
const mostRows = 20;
const madeUpUids = ["sample-a", "sample-b"];

/**
 * Rows to try a form with: the hub's real ones where there are any (up to 20), with made-up values where theirs are sensitive or not
 * there; otherwise two made-up rows that differ in their uid only, typed by the hub's `rowSchema`.
 */
export function sampleRecords(hub: LynqHubSpec | undefined, options: SampleOptions = {}): readonly SampleRecord[] {
  const rows = (options.rows ?? []).slice(0, mostRows);
  if (rows.length > 0) return rows.map(({ uid, values = {} }) => sampleRecord(hub, uid, values, options));
  const typed = [typedText(propertyOf(hub, "uid"), 0), typedText(propertyOf(hub, "uid"), 1)];
  return madeUpUids.map((uid, index) =>
    sampleRecord(hub, typed[0] === typed[1] ? uid : (typed[index] ?? uid), {}, options),
  );
}

function sampleRecord(
  hub: LynqHubSpec | undefined,
  uid: string,
  real: Readonly<Record<string, string>>,
  { guess = "sample", variables = [] }: SampleOptions,
): SampleRecord {
  const sensitive = new Set(hub?.sensitiveValues);
  const values = new Map<string, string>();
  const guessed = new Set<string>();
  const add = (name: string, fallback?: string) => {
    const known = sensitive.has(name) || !Object.hasOwn(real, name) ? undefined : real[name];
    const value = known ?? typedText(propertyOf(hub, name), 0) ?? fallback;
    if (value === undefined) guessed.add(name);
    values.set(name, value ?? guess);
  };
  for (const name of variables) add(name);
  for (const name of Object.keys(hub?.extraValueMappings ?? {})) add(name);
  if (hub?.valueMappings.hostOrUrl !== undefined) {
    add("hostOrUrl", `https://${uid}.example.com`);
    values.set("host", toHost(values.get("hostOrUrl") ?? ""));
    for (const name of hostVariables) guessed.delete(name);
  }
  add("activate", "1");
  guessed.delete("uid");
  return { uid, values: values.set("uid", uid), guessed };
}

/** What the form is rendered with for a sample. */
export function sampleContext(
  { uid, values }: SampleRecord,
  origin: { readonly namespace: string; readonly hub: string; readonly form: string },
  sensitive: ReadonlySet<string> = new Set(),
): RenderContext {
  return {
    node: {
      namespace: origin.namespace,
      name: `${uid}-${origin.form}`,
      hub: origin.hub,
      form: origin.form,
      recordUid: uid,
    },
    variables: templateVariables(values, { uid, hub: origin.hub, form: origin.form }),
    sensitive,
  };
}

function propertyOf(hub: LynqHubSpec | undefined, name: string): Record<string, unknown> | undefined {
  const properties = hub?.rowSchema?.["properties"];
  const property = isPlainObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isPlainObject(property) ? property : undefined;
}

const formatSamples: ReadonlyMap<unknown, readonly [string, string]> = new Map([
  ["hostname", ["a.example.com", "b.example.com"]],
  ["ipv4", ["192.0.2.1", "192.0.2.2"]],
  ["email", ["a@example.com", "b@example.com"]],
  ["uri", ["https://a.example.com", "https://b.example.com"]],
  ["uuid", ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"]],
  ["date", ["2026-01-01", "2026-01-02"]],
  ["date-time", ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]],
]);

/** Keywords that say nothing of the value itself. */
const remarks: ReadonlySet<string> = new Set(["title", "description", "$comment", "readOnly", "writeOnly"]);

/** A value that a property of `rowSchema` allows; undefined where it says too little, or more than is understood here. */
function typedText(property: Record<string, unknown> | undefined, index: 0 | 1): string | undefined {
  if (property === undefined) return undefined;
  const { const: constant, enum: choices, examples, default: fallback, type, format, minimum, maximum } = property;
  const given: readonly unknown[] = [constant, ...listOf(choices), ...listOf(examples), fallback].filter(isScalar);
  const chosen = given[index] ?? given[0];
  if (isScalar(chosen)) return String(chosen);
  const known = new Set(["type", "format", "minimum", "maximum", ...remarks]);
  if (Object.keys(property).some(keyword => !known.has(keyword))) return undefined;
  if (type === "boolean") return "true";
  if (type === "integer" || type === "number") {
    const low =
      typeof minimum === "number" ? Math.ceil(minimum) : typeof maximum === "number" ? Math.floor(maximum) - 1 : 1;
    const fits = typeof maximum !== "number" || low + index <= maximum;
    return typeof maximum === "number" && low > maximum ? undefined : String(fits ? low + index : low);
  }
  return formatSamples.get(format)?.[index];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
