import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { SetupError } from "./errors";
import { startEnvironment } from "./environment";
import { freePort } from "./port";
import { parseArguments, type ProfileArguments, usage } from "./profile/arguments";
import { Inspector } from "./profile/inspector";
import { measureProcess, watchLoop } from "./profile/process-use";
import { endCpuProfile, startCpuProfile, takeHeapSnapshot } from "./profile/recording";
import { SourceNames } from "./profile/source-names";
import { Stacks } from "./profile/stacks";
import { projectFolder } from "./project";
import { moduleId } from "./project";

const names = () => new SourceNames(join(projectFolder, "dist", `pepr-${moduleId()}.js`));

/** A folder of this run's own. */
function newFolder(): string {
  const folder = join(projectFolder, "profiles", new Date().toISOString().replaceAll(":", "-").slice(0, 19));
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The operator, while it makes the stacks of all rows, and after a restart that finds nothing to do. */
async function profileOperator({ rows, heap }: ProfileArguments): Promise<void> {
  const folder = newFolder();
  const environment = await startEnvironment({ log: console.error, withOperator: true });
  try {
    const { operator } = environment;
    if (operator === undefined) throw new Error("the environment has no operator");
    const stacks = await Stacks.open(environment);
    const restart = async (): Promise<Inspector> => {
      await operator.stop();
      const address = `127.0.0.1:${await freePort()}`;
      const starting = operator.start({ NODE_OPTIONS: `--inspect=${address}` });
      const inspector = await Inspector.connectPatiently(address);
      await watchLoop(inspector);
      await startCpuProfile(inspector);
      await starting;
      return inspector;
    };
    const filling = await restart();
    await stacks.grow(rows, console.error);
    const filled = await endCpuProfile(filling, join(folder, "fill.cpuprofile"), names());
    console.log(`\nwhile ${rows} stacks were made\n${filled}`);
    filling.close();
    const starting = await restart();
    await stacks.quiet();
    const started = await endCpuProfile(starting, join(folder, "restart.cpuprofile"), names());
    console.log(`\nafter a restart with nothing to do\n${started}`);
    // Before the snapshot, which stops everything and takes as much memory again.
    const { cpuSeconds, peakBytes, lagMilliseconds } = await measureProcess(starting);
    console.log(
      `\nCPU ${cpuSeconds.toFixed(1)} s, peak RSS ${(peakBytes / 1024 / 1024).toFixed(0)} MiB, longest pause of the event loop ${lagMilliseconds.toFixed(0)} ms`,
    );
    if (heap) console.log(`\nheap\n${await takeHeapSnapshot(starting, join(folder, "heap.heapsnapshot"), names())}`);
    starting.close();
    await stacks.close();
  } finally {
    await environment.stop();
  }
  console.log(`\nfiles for Chrome DevTools: ${folder}`);
}

async function profileRunning(address: string, { seconds, heap }: ProfileArguments): Promise<void> {
  const inspector = await Inspector.connect(address);
  const folder = newFolder();
  console.error(`… profiling ${address} for ${seconds} s`);
  await startCpuProfile(inspector);
  await new Promise(resolve => setTimeout(resolve, seconds * 1_000));
  console.log(await endCpuProfile(inspector, join(folder, "running.cpuprofile"), names()));
  if (heap) console.log(`\nheap\n${await takeHeapSnapshot(inspector, join(folder, "heap.heapsnapshot"), names())}`);
  inspector.close();
  console.log(`\nfiles for Chrome DevTools: ${folder}`);
}

async function profile(): Promise<void> {
  const options = parseArguments(process.argv.slice(2));
  if (options.help) console.log(usage);
  else if (options.attach === undefined) await profileOperator(options);
  else await profileRunning(options.attach, options);
}

profile().catch((error: unknown) => {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
});
