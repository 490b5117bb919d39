/** Why something could not be found out, for people. */
export function wordsOf(error: unknown): string {
  if (error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError"))
    return "there was no time left";
  return error instanceof Error ? error.message : String(error);
}
