import { errorMessage } from "./errors";

/** Receives one finished line of progress, without a line break. */
export type Log = (line: string) => void;

/** How long a step may stay silent, and the longest pause between two of its lines afterwards (milliseconds). */
const firstProgress = 1_000;
const rarestProgress = 15_000;

/** Whole seconds with one digit after the point: `3.2 s`. */
export const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;

/** The first line of whatever was thrown, for a log. */
export const firstLine = (error: unknown): string => (errorMessage(error).split("\n")[0] ?? "").trim();

/**
 * Runs one step: logs `✓ what (3.2 s)` when it is done, and `… what (1.0 s): detail` after a second and from time to time.
 *
 * @param work receives `say`, which sets what the next progress line adds, such as the last error of a poll.
 */
export async function step<T>(log: Log, what: string, work: (say: (detail: string) => void) => Promise<T>): Promise<T> {
  const started = Date.now();
  let detail = "";
  const speak = () => {
    const passed = Date.now() - started;
    log(`… ${what} (${seconds(passed)})${detail === "" ? "" : `: ${detail}`}`);
    timer = setTimeout(speak, Math.min(passed, rarestProgress));
    timer.unref();
  };
  let timer = setTimeout(speak, firstProgress);
  timer.unref();
  try {
    const result = await work(text => {
      detail = text;
    });
    log(`✓ ${what} (${seconds(Date.now() - started)})`);
    return result;
  } finally {
    clearTimeout(timer);
  }
}
