/** Waits for `milliseconds`. */
export const pause = (milliseconds: number): Promise<void> =>
  new Promise(resolve => {
    setTimeout(resolve, milliseconds);
  });

export interface WaitOptions {
  /** How long to wait at most (milliseconds). */
  readonly limit?: number;
  /** Pause between two probes (milliseconds). */
  readonly interval?: number;
  /** Told each reason, for a progress line. */
  readonly say?: (detail: string) => void;
}

/**
 * Calls `probe` until it answers `undefined` (ready), or throws when `limit` milliseconds have passed.
 *
 * @param probe answers why it is not ready yet; a throw ends the wait at once.
 * @throws Error naming `what`, the time and the last reason.
 */
export async function waitUntil(
  what: string,
  probe: () => Promise<string | undefined>,
  { limit = 180_000, interval = 100, say }: WaitOptions = {},
): Promise<void> {
  const end = Date.now() + limit;
  for (;;) {
    const reason = await probe();
    if (reason === undefined) return;
    say?.(reason);
    if (Date.now() > end) throw new Error(`${what} is not ready after ${limit / 1_000} s: ${reason}`);
    await pause(interval);
  }
}
