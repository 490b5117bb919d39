const WINDOW_MS = 60_000;
/** So many corrections of one object within a minute mean that the other side is a controller, not a person. */
const FIGHT = 5;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;

/** How often one object had to be put right, to tell a person's edit from another controller's. */
export class DriftHistory {
  private corrections: number[] = [];
  private pauseMs = FIRST_PAUSE_MS;
  private pausedUntil = 0;
  /** What is known of the other side; asked for once in a pause. */
  opponent: { readonly message: string | undefined } | undefined;

  /** Milliseconds until the object is put right again; 0 when that may happen now. */
  pauseLeft(now: number): number {
    return Math.max(0, this.pausedUntil - now);
  }

  /** Notes a correction. Returns true when it is one too many: then leave the object alone for a while, longer each time. */
  corrected(now: number): boolean {
    this.corrections = [...this.corrections.filter(at => now - at < WINDOW_MS), now];
    if (this.corrections.length < FIGHT) return false;
    this.corrections = [];
    this.opponent = undefined;
    this.pausedUntil = now + this.pauseMs;
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
    return true;
  }
}
