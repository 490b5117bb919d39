import { quotation } from "../readiness/quotation";

/** Where one resource of a node stands after a pass. */
export type ResourceState =
  | "Ready"
  /** Written, and not ready yet within its timeout; also one that was ready and has fallen back. */
  | "Progressing"
  /** Not rendered, not written, or not ready in time. */
  | "Failed"
  /** Stopped because something else owns the object or one of its fields. */
  | "Conflicted"
  /** Left out because one that it depends on has failed. */
  | "Skipped"
  /** Waits for one that it depends on. */
  | "Blocked"
  /** Not wanted for this row. */
  | "Excluded"
  | "Deleting";

export interface ResourceOutcome {
  readonly id: string;
  readonly kind: string;
  readonly namespace?: string;
  /** Absent when it could not be rendered. */
  readonly name?: string;
  /** Place in the order of dependencies, from 0. */
  readonly wave: number;
  readonly state: ResourceState;
  /** One word for machines; of a problem, the event's reason: `ApplyFailed`, `ReadinessTimeout`. */
  readonly reason: string;
  /** For people: no times, no sensitive values, the same words as long as nothing changes. */
  readonly message: string;
  /** Of an object that is being deleted: since when, RFC 3339. */
  readonly since?: string;
  /** The failure is tried again soon without anybody's help, so it is not the last word. */
  readonly retrying?: boolean;
}

/** `Deployment acme-corp/acme-corp-app`, or the id where the name is not known. */
export function outcomeName({ id, kind, namespace, name }: ResourceOutcome): string {
  if (name === undefined) return `${kind} of resource "${id}"`;
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** Problems that a message spells out; the others are counted. */
export const SPELLED_OUT = 3;

/**
 * `a; b; c; and 4 more`.
 *
 * @param total how many there are, if `items` are not all of them
 */
export function firstFew(items: readonly string[], spelledOut = SPELLED_OUT, total = items.length): string {
  const shown = items.slice(0, spelledOut);
  const more = total - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

/** The first few outcomes with their messages, in the order of dependencies. */
export function describeOutcomes(outcomes: readonly ResourceOutcome[], messageLength = 256): string {
  const descriptions = [...outcomes]
    .sort((a, b) => a.wave - b.wave || (a.id < b.id ? -1 : 1))
    .map(outcome => `${outcomeName(outcome)}: ${quotation(outcome.message, messageLength)}`);
  return firstFew(descriptions);
}
