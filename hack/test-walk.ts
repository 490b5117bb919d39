import { parseArgs } from "node:util";

import { runNode } from "./child";
import { errorMessage } from "./errors";

const options = {
  walks: { type: "string", default: "50" },
  steps: { type: "string", default: "40" },
  seed: { type: "string" },
  path: { type: "string" },
} as const;

const usage = `npm run test:walk -- [--walks ${options.walks.default}] [--steps ${options.steps.default}] [--seed SEED --path PATH]
Random walks through rows, forms, nodes, objects and restarts, against a model of docs/safety.md. A failure prints seed and path; given here, it walks the same way again.`;

/** `npm run test:walk`: the walk that `npm test` takes a little of, at length. */
async function testWalk(): Promise<void> {
  const { walks, steps, seed, path } = readArguments();
  process.env["LYNQ_WALKS"] = walks;
  process.env["LYNQ_WALK_STEPS"] = steps;
  if (seed !== undefined) process.env["LYNQ_WALK_SEED"] = seed;
  if (path !== undefined) process.env["LYNQ_WALK_PATH"] = path;
  process.exitCode = await runNode("hack/run.mjs", ["test", "walk"]);
}

function readArguments() {
  try {
    const { values } = parseArgs({ args: process.argv.slice(2), options });
    for (const name of ["walks", "steps"] as const) {
      if (!/^[1-9]\d*$/.test(values[name])) throw new Error(`--${name} takes a number from 1 up, not ${values[name]}`);
    }
    return values;
  } catch (error) {
    throw new Error(`${errorMessage(error)}\n${usage}`);
  }
}

testWalk().catch((error: unknown) => {
  console.error(errorMessage(error));
  process.exitCode = 1;
});
