export type Severity = "error" | "warning";

/** What docs/admission.md tells of a rule. */
export interface RuleEntry {
  /** Names the rule; never changes once published. */
  readonly id: string;
  /** An error refuses the object, a warning lets it pass. */
  readonly severity: Severity;
  /** What is checked, for people. */
  readonly checks: string;
  /** How to put it right. */
  readonly fix: string;
  /** The message for an example. */
  readonly exampleMessage: string;
}

/** One thing that admission checks. The only place of its message. */
export interface Rule<Parameters> extends RuleEntry {
  message(parameters: Parameters): string;
}

interface RuleDefinition<Parameters> {
  readonly id: string;
  readonly severity: Severity;
  readonly checks: string;
  readonly fix: string;
  readonly example: Parameters;
  readonly message: (parameters: Parameters) => string;
}

export function rule<Parameters>({ example, ...definition }: RuleDefinition<Parameters>): Rule<Parameters> {
  return { ...definition, exampleMessage: definition.message(example) };
}

/** For rules whose message is always the same. */
export type None = Readonly<Record<string, never>>;
export const none: None = {};
