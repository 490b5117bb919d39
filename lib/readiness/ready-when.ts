import { isPlainObject, type KubernetesObject, parseGroupVersionKind } from "../blueprint/object";
import { type GoMap, type GoValue, MissingValue, type Template, TemplateExecutionError } from "../template";
import { quotation } from "./quotation";
import { inProgress, type Readiness, ready } from "./readiness";

/** A form's own word on when an object is ready, instead of the rule for its kind. */
export interface ReadyWhen {
  /** Two rules with the same id say the same of every object. */
  readonly id: string;
  /** What it says of a live object that is not being deleted and whose status is up to date. Never throws. */
  readonly assess: (object: KubernetesObject) => Readiness;
}

const LONGEST_SHOWN = 60;

/** A rule from a template over the live object: `{{ eq .status.phase "Running" }}`. */
export function readyWhen(template: Template): ReadyWhen {
  return { id: template.source, assess: object => assess(template, object) };
}

function assess(template: Template, object: KubernetesObject): Readiness {
  const secret = isSecret(object);
  try {
    const value = template.evaluate(goMap({ ...object }));
    const word = value === null || value instanceof MissingValue ? "" : text(value).trim().toLowerCase();
    if (word === "true") return ready("readyWhen is true");
    if (word === "false" || word === "") return inProgress("readyWhen is not true yet");
    const shown = secret ? "something else" : JSON.stringify(quotation(word, LONGEST_SHOWN));
    return inProgress(`readyWhen renders ${shown}, neither true nor false`);
  } catch (error) {
    if (!(error instanceof TemplateExecutionError)) throw error;
    if (error.variable !== undefined) return inProgress(`readyWhen is not true yet: there is no ${error.variable}`);
    // `fail`, and many a function, says what it was given.
    const { line, column, message } = error;
    const words = secret ? `line ${line}, column ${column}: why is not shown, since it may quote the Secret` : message;
    return inProgress(`readyWhen cannot be told: ${quotation(words, 500)}`);
  }
}

function isSecret({ apiVersion, kind }: KubernetesObject): boolean {
  return kind === "Secret" && parseGroupVersionKind(apiVersion, kind).group === "";
}

function text(value: GoValue): string {
  return typeof value === "object" ? "a list or a map" : String(value);
}

function goMap(object: Record<string, unknown>): GoMap {
  return new Map(Object.entries(object).map(([key, value]) => [key, goValue(value)]));
}

/** As Go's client has JSON: whole numbers are int64, others float64. */
function goValue(value: unknown): GoValue {
  if (Array.isArray(value)) return value.map(goValue);
  if (isPlainObject(value)) return goMap(value);
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  return typeof value === "string" || typeof value === "boolean" ? value : null;
}
