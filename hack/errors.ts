/** The machine cannot provide what a script of hack/ needs; the message is one line that says what is missing and what to do. */
export class SetupError extends Error {
  override readonly name = "SetupError";
}

/** A child process ended or did not become ready; the message carries the last lines of its log. */
export class ProcessError extends Error {
  override readonly name = "ProcessError";
}

/** A text field of whatever was thrown. Jest's specs have classes of their own, so that Node's errors are no `instanceof Error` there. */
function textField(error: unknown, name: string): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" ? value : undefined;
}

/** The code that Node gives its errors, such as `ECONNREFUSED`. */
export const errorCode = (error: unknown): string | undefined => textField(error, "code");

/** The message of an error, or the text of anything else that was thrown. */
export const errorMessage = (error: unknown): string => textField(error, "message") ?? String(error);
