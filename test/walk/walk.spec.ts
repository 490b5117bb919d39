import { describe, it, jest } from "@jest/globals";
import fc from "fast-check";
import { begin, steps } from "./commands";
import { Model } from "./model";
import { Stage } from "./stage";

/** Walks, and steps of each at most; `npm run test:walk` takes more of both. */
const WALKS = Number(process.env.LYNQ_WALKS ?? 4);
const STEPS = Number(process.env.LYNQ_WALK_STEPS ?? 20);
/** What a failure prints, to walk the same way again. */
const { LYNQ_WALK_SEED: seed, LYNQ_WALK_PATH: path } = process.env;
/** `npm test` takes the same walks each time, so that a red run means the change that it is about; `npm run test:walk` looks for new ones. */
const isPartOfTest = process.env.LYNQ_WALKS === undefined;
const SEED = 20_261_125;

jest.setTimeout(24 * 3_600_000);

describe("whatever is done to rows, forms, nodes and objects, in whatever order, with restarts in between", () => {
  it("comes to what docs/safety.md says", async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(steps, { maxCommands: STEPS, size: "max" }), async commands => {
        const model = new Model();
        const stage = await Stage.open();
        try {
          await begin(stage, model);
          await fc.asyncModelRun(() => ({ model, real: stage }), commands);
          // What is wrong may take its time.
          await stage.scenario.afterSyncs();
          await stage.settle(model);
        } finally {
          await stage.close();
        }
      }),
      {
        numRuns: WALKS,
        verbose: true,
        // To walk a shorter way to the same end takes longer than the whole run.
        endOnFailure: isPartOfTest,
        ...(seed !== undefined ? { seed: Number(seed) } : isPartOfTest ? { seed: SEED } : {}),
        ...(path === undefined ? {} : { path }),
      },
    );
  });
});
