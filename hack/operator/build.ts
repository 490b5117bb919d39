import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { parse } from "yaml";

import { run } from "../command";
import { withLock } from "../lock";
import { type Log, step } from "../log";
import { moduleId, projectFolder } from "../project";
import { createScratch } from "../scratch";
import { assertFits, describeSize, measure } from "./module-size";
import { digestSources, isModuleSource, moduleSources } from "./sources";

/** What `pepr build` made. */
export interface BuiltModule {
  readonly uuid: string;
  /** The bundle, which is Pepr's whole runtime. */
  readonly bundlePath: string;
  /** The manifests that Pepr generates for a cluster. */
  readonly manifestPath: string;
}

const paths = (dist: string, uuid: string): BuiltModule => ({
  uuid,
  bundlePath: join(dist, `pepr-${uuid}.js`),
  manifestPath: join(dist, `pepr-module-${uuid}.yaml`),
});

const isBuilt = ({ bundlePath, manifestPath }: BuiltModule) => existsSync(bundlePath) && existsSync(manifestPath);

/** What Pepr prints about its own work says nothing about an error. */
const noise = /^\s*$|Formatting errors|^npm warn|\[3[26]m(INFO|DEBUG)/;

/**
 * Runs `pepr build` on a copy of the module's sources only: in the project it would lint the whole tree first, for a message that it then ignores,
 * and a type error in a test would stop it.
 */
async function build(folder: string, stage: string, uuid: string): Promise<void> {
  for (const source of moduleSources.filter(each => existsSync(join(folder, each))))
    cpSync(join(folder, source), join(stage, source), { recursive: true, filter: isModuleSource });
  symlinkSync(join(folder, "node_modules"), join(stage, "node_modules"));
  // Pepr's checks are for its own style; without a configuration they end at once.
  const tsconfig: unknown = parse(readFileSync(join(stage, "tsconfig.json"), "utf8"));
  const include = ["pepr.ts", "capabilities", "lib", "crds"];
  writeFileSync(join(stage, "tsconfig.json"), JSON.stringify({ ...Object(tsconfig), include }));
  const cli = join(folder, "node_modules", "pepr", "dist", "cli.js");
  const env = { ...process.env, LOG_LEVEL: "info", NODE_OPTIONS: "" };
  const { stdout, stderr } = await run(process.execPath, [cli, "build"], { cwd: stage, env });
  // It ends with exit code 0 after a type error too: only what it made tells.
  if (isBuilt(paths(join(stage, "dist"), uuid))) return;
  const lines = `${stdout}\n${stderr}`.split("\n").filter(line => !noise.test(line));
  const errors = lines.filter(line => /error TS\d+|✘|\[ERROR\]/.test(line));
  throw new Error(`pepr build failed:\n${(errors.length > 0 ? errors : lines).slice(0, 20).join("\n")}`);
}

/**
 * Builds the module with `pepr build` when its sources have changed since the last time, and logs its size.
 *
 * @throws Error with the compiler's words, or when the module is too big for its Secret.
 */
export async function ensureBuilt(log: Log, folder = projectFolder): Promise<BuiltModule> {
  const uuid = moduleId(folder);
  const dist = join(folder, "dist");
  const stampPath = join(dist, ".sources");
  const built = paths(dist, uuid);
  const isCurrent = () =>
    isBuilt(built) && existsSync(stampPath) && readFileSync(stampPath, "utf8") === digestSources(folder);

  const lock = join(folder, "node_modules", ".cache", "lynq", `${basename(dist)}.lock`);
  await withLock(
    lock,
    () => undefined,
    async () => {
      if (isCurrent()) return;
      await step(log, "module, built with pepr build", async () => {
        const stage = createScratch();
        const old = `${dist}.${process.pid}.old`;
        try {
          const digest = digestSources(folder);
          await build(folder, stage.path, uuid);
          writeFileSync(join(stage.path, "dist", ".sources"), digest);
          const fresh = `${dist}.${process.pid}.new`;
          cpSync(join(stage.path, "dist"), fresh, { recursive: true });
          mkdirSync(dist, { recursive: true });
          renameSync(dist, old);
          renameSync(fresh, dist);
        } finally {
          stage.remove();
          rmSync(old, { recursive: true, force: true });
        }
      });
    },
  );
  const size = measure(readFileSync(built.bundlePath));
  log(describeSize(size));
  assertFits(size);
  return built;
}
