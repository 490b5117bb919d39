/** The machine cannot provide what a script of hack/ needs; the message is one line that says what is missing and what to do. */
export class SetupError extends Error {
  override readonly name = "SetupError";
}

/** A child process ended or did not become ready; the message carries the last lines of its log. */
export class ProcessError extends Error {
  override readonly name = "ProcessError";
}
