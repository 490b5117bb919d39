import { join } from "node:path";

import { runNode } from "./child";
import { startEnvironment } from "./environment";
import { assertSilent } from "./planted";
import { projectFolder } from "./project";
import { serveEnvironment } from "./remote-control";

const jest = join(projectFolder, "node_modules", "jest", "bin", "jest.js");

/** `npm run test:twice`: the specs that share a cluster, two times on one control plane; what the first run leaves behind fails the second. */
async function testTwice(): Promise<void> {
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const environment = await startEnvironment({ log, withOperator: true, audit: true });
  try {
    process.env["LYNQ_TEST_ENVIRONMENT"] = JSON.stringify(await serveEnvironment(environment));
    for (const run of ["first", "second"]) {
      log(`${run} run`);
      const args = ["--selectProjects", "cluster", "--maxWorkers=4", ...process.argv.slice(2)];
      if ((await runNode(jest, args)) !== 0) throw new Error(`the ${run} run failed`);
    }
    assertSilent(environment.folder, environment.operator?.logPath ?? "");
  } finally {
    await environment.stop();
  }
}

testTwice().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
