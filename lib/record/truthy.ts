/** The Go operator's set, letter for letter. A BIT column joins in because its text form is `1` or `0`. */
const TRUTHY: ReadonlySet<string> = new Set(["1", "true", "TRUE", "True", "yes", "YES", "Yes"]);

/** Whether the text of an activate column asks for the row's nodes. Everything that is not in the set does not. */
export function isTruthy(text: string): boolean {
  return TRUTHY.has(text);
}
