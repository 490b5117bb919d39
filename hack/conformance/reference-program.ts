import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

import { cacheFolder } from "../cluster/binaries";
import { mustRun } from "../command";
import { SetupError } from "../errors";
import { findOnPath } from "../executable";
import { type Log, step } from "../log";
import { projectFolder } from "../project";
import { type ConformanceCase, lineOf, type Outcome } from "./case";

const sources = join(projectFolder, "hack", "conformance", "reference");

/** One file in the cache for each version of the sources and of Go. */
function cachedProgram(goVersion: string): string {
  const digest = createHash("sha256").update(goVersion);
  for (const file of readdirSync(sources).sort()) digest.update(readFileSync(join(sources, file)));
  return join(cacheFolder(), "bin", `template-reference-${digest.digest("hex").slice(0, 16)}`);
}

/** Go's own text/template and Sprig, as a program beside this one. */
export class ReferenceProgram {
  private constructor(
    private readonly path: string,
    /** Such as `go1.24.0`. */
    readonly goVersion: string,
  ) {}

  /**
   * Finds the program in the cache, or builds it there.
   *
   * @throws SetupError when there is no Go
   */
  static async ensure(log: Log): Promise<ReferenceProgram> {
    const go = findOnPath("go");
    if (go === undefined)
      throw new SetupError("there is no Go to compare with: install Go 1.24 or newer (https://go.dev)");
    const version = (await mustRun(go, ["env", "GOVERSION"], { cwd: sources })).trim();
    const path = cachedProgram(version);
    if (!existsSync(path)) {
      await step(log, "Go builds the reference program", async () => {
        mkdirSync(dirname(path), { recursive: true });
        const unfinished = `${path}.${process.pid}`;
        try {
          await mustRun(go, ["build", "-mod=readonly", "-trimpath", "-o", unfinished, "."], { cwd: sources });
          renameSync(unfinished, path);
        } finally {
          rmSync(unfinished, { force: true });
        }
      });
    }
    return new ReferenceProgram(path, version);
  }

  /** What Go makes of each case, in their order. */
  async render(cases: readonly ConformanceCase[]): Promise<Outcome[]> {
    const answers = await this.run([], cases.map(each => `${lineOf(each)}\n`).join(""));
    const outcomes = answers
      .split("\n")
      .filter(line => line !== "")
      .map(outcomeOf);
    if (outcomes.length !== cases.length)
      throw new Error(`Go answered ${outcomes.length} of ${cases.length} cases; the next one ended it`);
    return outcomes;
  }

  /** Runs the program on an input. */
  run(args: readonly string[], input: string): Promise<string> {
    // Local time is UTC in templates of ours; the clock is the machine's.
    return mustRun(this.path, args, { input, env: { ...process.env, TZ: "UTC" } });
  }
}

function outcomeOf(line: string): Outcome {
  const {
    output,
    error,
    line: at,
    column,
  } = JSON.parse(line) as {
    readonly output?: string;
    readonly error?: string;
    readonly line?: number;
    readonly column?: number;
  };
  return output === undefined ? { error: error ?? "", line: at ?? 0, column: column ?? 0 } : { output };
}
