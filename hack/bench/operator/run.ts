import { cpSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { seconds, type Log, step } from "../../log";
import { errorMessage } from "../../errors";
import { FORMS, HUBS } from "../../../lib/controllers/kinds";
import { findObject } from "../../../lib/cluster";
import { waitUntil } from "../../wait";
import { type BenchArguments } from "./arguments";
import { checkEndState } from "./end-state";
import { type FloorResult, runFloor } from "./floor-turn";
import { formManifest, formName, formSpec, hubManifest, hubName, images } from "./form";
import { NamespaceWatch } from "./observers/watch";
import { phases } from "./phases";
import { type PhaseContext, type PhaseResult } from "./phases/phase";
import { createWorld, namespace, type World } from "./world";

/** One operator over one number of rows. */
export interface SizeResult {
  readonly operator: string;
  readonly isOurs: boolean;
  readonly rows: number;
  readonly floorTurn: "before" | "after" | "none";
  readonly floor: FloorResult | undefined;
  readonly phases: readonly PhaseResult[];
  /** Phases without a result. Ours may have none: after the first, nothing more is run. */
  readonly failures: readonly Failure[];
}

export interface Failure {
  /** A phase, or the floor. */
  readonly where: string;
  readonly reason: string;
}

export interface SizeOptions {
  readonly rows: number;
  readonly isOurs: boolean;
  readonly floorTurn: SizeResult["floorTurn"];
  readonly arguments: BenchArguments;
  readonly log: Log;
  /** Told what there is after each phase. */
  readonly onProgress: (sofar: SizeResult) => void;
}

/** Every phase in a world of its own. What fails is told in the result. @throws Error when the world itself cannot be had */
export async function runSize(options: SizeOptions): Promise<SizeResult> {
  const { rows, isOurs, floorTurn, arguments: given, log, onProgress } = options;
  const world = await createWorld({ log, isOurs, arguments: given });
  let result: SizeResult = {
    operator: world.subject.name,
    isOurs,
    rows,
    floorTurn,
    floor: undefined,
    phases: [],
    failures: [],
  };
  const tell = (news: Partial<SizeResult>) => {
    result = { ...result, ...news };
    onProgress(result);
  };
  const fail = (where: string, error: unknown) => {
    const reason = errorMessage(error);
    log(`${where} has no result: ${reason}\nthe operator's last words:\n${lastWords(world.subject.logPath)}`);
    tell({ failures: [...result.failures, { where, reason }] });
  };
  const measureFloor = async () => {
    try {
      tell({ floor: await runFloor(world, rows, given, log) });
    } catch (error) {
      fail("floor", error);
    }
  };
  try {
    if (floorTurn === "before") await measureFloor();
    await runPhases(world, options, {
      done: phase => {
        tell({ phases: [...result.phases, phase] });
      },
      fail,
    });
    await step(log, "operator, stopped", () => world.subject.stop());
    if (floorTurn === "after") await measureFloor();
  } catch (error) {
    fail("run", error);
  } finally {
    if (given.keep) keepLogs(world.folder, join(given.out, `logs-${isOurs ? "ours" : "other"}-${rows}`), log);
    await world.stop();
  }
  return result;
}

/** The logs of all processes, and the audit log. */
function keepLogs(from: string, to: string, log: Log): void {
  cpSync(from, to, { recursive: true, filter: path => statSync(path).isDirectory() || path.endsWith(".log") });
  log(`logs: ${to}`);
}

interface Recorder {
  readonly done: (result: PhaseResult) => void;
  readonly fail: (where: string, error: unknown) => void;
}

async function runPhases(
  world: World,
  { rows, arguments: given, log }: SizeOptions,
  { done, fail }: Recorder,
): Promise<void> {
  const { subject } = world;
  await subject.start();
  await admit(world);
  const watch = new NamespaceWatch(world.admin, namespace);
  await watch.start();
  const context: PhaseContext = {
    world,
    watch,
    arguments: given,
    count: rows,
    log,
    image: images.first,
    neverRests: false,
  };
  try {
    for (const name of given.phases) {
      try {
        const result = await step(log, `${name}, ${rows} rows`, () => phases[name](context));
        subject.assertRunning();
        await step(log, `end state after ${name}`, () => checkEndState(world, context.image));
        done(result);
        const moments = Object.entries(result.seconds).map(([moment, at]) => `${moment} ${seconds(at * 1_000)}`);
        if (moments.length > 0) log(`  ${moments.join(", ")}`);
      } catch (error) {
        fail(name, error);
        // Nothing can be said of what builds on that. Another operator may have weaknesses, and is to be seen in the other phases.
        if (subject.isOurs || name === "fill" || subject.processes === undefined) return;
      }
    }
  } finally {
    await watch.stop();
  }
}

/** Creates hub and form, once the operator's webhooks answer, and waits until the hub has read its empty table. */
async function admit(world: World): Promise<void> {
  const { admin, subject, hub } = world;
  const create = async (resource: typeof HUBS, manifest: ReturnType<typeof hubManifest>) => {
    await waitUntil(
      manifest.kind,
      async () => {
        subject.assertRunning();
        try {
          await admin.create(resource, manifest);
          return undefined;
        } catch (error) {
          return errorMessage(error);
        }
      },
      { interval: 500 },
    );
  };
  await create(HUBS, hubManifest(hub));
  await create(FORMS, formManifest(namespace, formSpec()));
  await waitUntil("the first read of the table", async () => {
    subject.assertRunning();
    const found = await findObject(admin, HUBS, { namespace, name: hubName });
    return JSON.stringify(found?.["status"] ?? {}).includes('"status":"True"')
      ? undefined
      : `hub ${hubName} and form ${formName} are not Ready`;
  });
}

function lastWords(path: string): string {
  try {
    return readFileSync(path, "utf8").trimEnd().split("\n").slice(-12).join("\n");
  } catch {
    return "(it wrote no log)";
  }
}
