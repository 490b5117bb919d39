import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { runNode } from "./child";
import { projectFolder } from "./project";
import { createScratch } from "./scratch";
import { type Counts, countTests, type Phase, planRun, sum } from "./test-run";

const jest = join(projectFolder, "node_modules", "jest", "bin", "jest.js");

async function runPhase({ projects, workers }: Phase, jestArgs: readonly string[], report: string): Promise<Counts> {
  const args = ["--selectProjects", ...projects, `--maxWorkers=${workers}`, "--passWithNoTests"];
  const code = await runNode(jest, [...args, "--json", `--outputFile=${report}`, ...jestArgs]);
  return countTests(existsSync(report) ? readFileSync(report, "utf8") : undefined, code);
}

/** `npm test`: every project of Jest, one phase after the other; the last line is the sum of all. */
async function test(): Promise<void> {
  const { phases, jestArgs } = planRun(process.argv.slice(2));
  const scratch = createScratch();
  const counts: Counts[] = [];
  for (const phase of phases)
    counts.push(await runPhase(phase, jestArgs, join(scratch.path, `${phase.projects.join("-")}.json`)));
  scratch.remove();
  const { passed, failed } = sum(counts);
  if (passed + failed === 0) console.error("no test was run: no file or name fits the arguments");
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}

test().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
