import { pause } from "../wait";
import { duration, type Screen } from "./screen";

/** A step of a scene did not come out as the story says; the rest of the scene makes no sense. */
export class StepFailed extends Error {
  override readonly name = "StepFailed";
}

/** How long the cluster may take for anything (milliseconds): long, for busy machines. */
const patience = 120_000;
const pollInterval = 50;
const firstProgress = 1_000;
const nextProgress = 5_000;

/** Answers why it is not so yet; undefined when it is. */
export type Probe = () => Promise<string | undefined>;

/** Waiting, with something to read when it takes longer than a second. */
export class Patience {
  constructor(private readonly screen: Screen) {}

  /** One thing that is on its way, with a line from time to time. */
  async step<T>(what: string, work: () => Promise<T>): Promise<T> {
    const started = Date.now();
    const speak = () => {
      this.screen.progress(what, Date.now() - started, "");
      timer = setTimeout(speak, nextProgress);
    };
    let timer = setTimeout(speak, firstProgress);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
    }
  }

  /** Probes until there is nothing to complain about. @throws StepFailed after two minutes */
  async wait(what: string, probe: Probe): Promise<void> {
    const started = Date.now();
    let next = firstProgress;
    for (;;) {
      const reason = await probe();
      if (reason === undefined) return;
      const passed = Date.now() - started;
      if (passed > patience) throw new StepFailed(`not after ${duration(passed)}: ${reason}`);
      if (passed > next) {
        this.screen.progress(what, passed, reason);
        next = passed + nextProgress;
      }
      await pause(pollInterval);
    }
  }
}
