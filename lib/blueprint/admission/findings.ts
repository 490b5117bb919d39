import { type Rule, type Severity } from "./rules/rule";

/** One fault of a form or hub: where it is, and what is wrong and what to do, for people. */
export interface Problem {
  /** Field in the object: `spec.deployments[0].spec.spec.replicas`. */
  readonly path: string;
  readonly message: string;
}

/** A problem with the rule that found it. */
export interface Finding extends Problem {
  /** Id of the rule in the catalogue. */
  readonly rule: string;
  /** What the message was made of. */
  readonly parameters: unknown;
}

/** What a check found: errors refuse the object, warnings let it pass. */
export interface CheckResult {
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** Collects every problem of an object, so that its author sees all of them at once. */
export class Findings implements CheckResult {
  readonly errors: Finding[] = [];
  readonly warnings: Finding[] = [];

  report<Parameters>(broken: Rule<Parameters>, path: string, parameters: Parameters): void {
    this.add(broken.severity, finding(broken, path, parameters));
  }

  add(severity: Severity, found: Finding): void {
    (severity === "error" ? this.errors : this.warnings).push(found);
  }
}

export function finding<Parameters>(broken: Rule<Parameters>, path: string, parameters: Parameters): Finding {
  return { rule: broken.id, path, message: broken.message(parameters), parameters };
}

/** An answer of an admission webhook stays readable, and far below the API server's limits. */
const shownProblems = 50;
const longestMessage = 2000;

/** `path: message`, one a line; very long messages are cut, and problems beyond the limit are counted. */
export function formatProblems(problems: readonly Problem[], limit = shownProblems): string {
  const lines = problems.slice(0, limit).map(({ path, message }) => `${path}: ${cut(message)}`);
  const rest = problems.length - lines.length;
  return [...lines, ...(rest > 0 ? [`… and ${rest} more`] : [])].join("\n");
}

function cut(message: string): string {
  return message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message;
}
