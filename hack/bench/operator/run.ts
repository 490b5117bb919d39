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
}

export interface SizeOptions {
  readonly rows: number;
  readonly isOurs: boolean;
  readonly floorTurn: SizeResult["floorTurn"];
  readonly arguments: BenchArguments;
  readonly log: Log;
}

/** Every phase in a world of its own. @throws Error when a phase does not come to its end, or leaves something wrong */
export async function runSize(options: SizeOptions): Promise<SizeResult> {
  const { rows, isOurs, floorTurn, arguments: given, log } = options;
  const world = await createWorld({ log, isOurs, arguments: given });
  const limit = given.limitMinutes * 60_000;
  try {
    const before = floorTurn === "before" ? await runFloor(world, rows, limit, log) : undefined;
    const results = await runPhases(world, options);
    await step(log, "operator, stopped", () => world.subject.stop());
    const floor = floorTurn === "after" ? await runFloor(world, rows, limit, log) : before;
    return { operator: world.subject.name, isOurs, rows, floorTurn, floor, phases: results };
  } catch (error) {
    log(errorMessage(error));
    log(`the operator's last words:\n${lastWords(world.subject.logPath)}`);
    throw error;
  } finally {
    if (given.keep) keepLogs(world.folder, join(given.out, `logs-${isOurs ? "ours" : "other"}-${rows}`), log);
    await world.stop();
  }
}

/** The logs of all processes, and the audit log. */
function keepLogs(from: string, to: string, log: Log): void {
  cpSync(from, to, { recursive: true, filter: path => statSync(path).isDirectory() || path.endsWith(".log") });
  log(`logs: ${to}`);
}

async function runPhases(world: World, { rows, arguments: given, log }: SizeOptions): Promise<PhaseResult[]> {
  await world.subject.start();
  await admit(world);
  const watch = new NamespaceWatch(world.admin, namespace);
  await watch.start();
  const context: PhaseContext = { world, watch, arguments: given, count: rows, log, image: images.first };
  const results: PhaseResult[] = [];
  try {
    for (const name of given.phases) {
      const result = await step(log, `${name}, ${rows} rows`, () => phases[name](context));
      world.subject.assertRunning();
      await step(log, `end state after ${name}`, () => checkEndState(world, context.image));
      results.push(result);
      const moments = Object.entries(result.seconds).map(([moment, at]) => `${moment} ${seconds(at * 1_000)}`);
      if (moments.length > 0) log(`  ${moments.join(", ")}`);
    }
  } finally {
    await watch.stop();
  }
  return results;
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
