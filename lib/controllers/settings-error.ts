/** A variable has a value that means nothing; the operator does not start, since a guess could allow what was to be forbidden. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** What the operator is told by its environment. */
export type Variables = Readonly<Record<string, string | undefined>>;

export function invalid(name: string, value: string, allowed: string): SettingsError {
  return new SettingsError(`${name} is ${JSON.stringify(value)}; it must be ${allowed}. Leave it out for the default`);
}
