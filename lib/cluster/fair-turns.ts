/** Keeps long work from holding the event loop: webhooks of the same process must be answered while thousands of objects are looked at. */

import { setImmediate } from "node:timers/promises";

/** Milliseconds of work without a pause. */
const TURN_MS = 5;

/** Work in many steps, some of them at once, that need no answer from anybody and so would run one after the other without a pause. */
export class FairTurns {
  /** When the event loop was last free. */
  private turn: number;

  constructor(private readonly now = () => performance.now()) {
    this.turn = now();
  }

  /** To be awaited before each step: at once, or once others have had their turn. */
  async next(): Promise<void> {
    while (this.now() - this.turn >= TURN_MS) {
      const { turn } = this;
      await setImmediate();
      // Of all steps that waited for this turn, only the first begins it.
      if (this.turn === turn) this.turn = this.now();
    }
  }
}
