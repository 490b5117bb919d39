import { join } from "node:path";

import { runNode } from "./child";
import { projectFolder } from "./project";

const dependency = (path: string) => join(projectFolder, "node_modules", path);

/** Every check of the sources; all of them, so that one run tells everything. */
const checks: readonly (readonly [name: string, script: string, ...args: string[]])[] = [
  ["eslint", dependency("eslint/bin/eslint.js"), "."],
  ["prettier", dependency("prettier/bin/prettier.cjs"), "--check", "--log-level=warn", "."],
  ["tsc", dependency("typescript/bin/tsc"), "--noEmit"],
];

async function lint(): Promise<void> {
  const failed: string[] = [];
  for (const [name, script, ...args] of checks) if ((await runNode(script, args)) !== 0) failed.push(name);
  if (failed.length === 0) console.log(`${checks.map(([name]) => name).join(", ")}: nothing to complain about`);
  else {
    console.log(`${failed.join(", ")}: see above`);
    process.exitCode = 1;
  }
}

lint().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
