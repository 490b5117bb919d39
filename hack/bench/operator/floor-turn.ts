import { mustKubectl } from "../../cluster/cluster";
import { type Log, step } from "../../log";
import { waitUntil } from "../../wait";
import { now } from "./clock";
import { Floor, type FloorStack } from "./floor";
import { type BenchArguments } from "./arguments";
import { formSpec, images } from "./form";
import { goneObjects } from "./gone";
import { childKindNames, childKinds, isTenants, PODS } from "./kinds";
import { Milestone } from "./milestone";
import { type AuditLog, type RequestCounts } from "./observers/audit-log";
import { NamespaceWatch } from "./observers/watch";
import { tenantRows } from "./rows";
import { type World } from "./world";
import { NODES } from "../../../lib/controllers/kinds";

/** Seconds of a bare loop until its last request was answered, and until everything had come of it. */
export interface FloorTimes {
  readonly writtenSeconds: number;
  /** All written, and all Deployments available; of a deletion, all objects gone. */
  readonly settledSeconds: number;
}

export interface FloorResult {
  /** Requests at once with which the loop was fastest. */
  readonly concurrency: number;
  /** Requests a second by requests at once, of the short runs that chose it. */
  readonly sweep: Readonly<Record<number, number>>;
  readonly fill: FloorTimes;
  /** Of a new image in every Deployment, and the new revision in every LynqNode. */
  readonly formChange?: FloorTimes;
  readonly deletion?: FloorTimes;
  /** Of the fill. */
  readonly requests: RequestCounts;
  /** Seconds since the fill's start at which each Deployment was available, sorted. */
  readonly available: readonly number[];
}

const floorNamespace = "floor";
const sweepNamespace = "floor-sweep";
const candidates = [8, 16, 32, 64] as const;
/** Rows of each short run, and runs of each candidate, by turns. */
const sweepRows = 40;
const sweepRounds = 2;

/** The floor's turn: only while the operator does not run. What it makes is gone when it ends. */
export async function runFloor(world: World, count: number, given: BenchArguments, log: Log): Promise<FloorResult> {
  const floor = new Floor(world.cluster.operatorKubeconfigPath);
  const limitMs = given.limitMinutes * 60_000;
  const { concurrency, sweep } = await step(log, "floor: how many requests at once are fastest", () =>
    chooseConcurrency(world, floor, limitMs),
  );
  return await inNamespace(world, floorNamespace, limitMs, async watch => {
    const loop: Loop = { floor, watch, concurrency, limitMs, audit: world.meter.audit };
    const rows = tenantRows(count);
    const first = await floor.render(floorNamespace, formSpec(images.first), rows);
    const second = await floor.render(floorNamespace, formSpec(images.second), rows);
    const what = (name: string) => `floor: ${name} of ${count} rows, ${concurrency} requests at once`;
    const fill = await step(log, what("fill"), () => measureFill(loop, first));
    const changes = given.phases.includes("form-change");
    const formChange = changes
      ? await step(log, what("form change"), () => measureChange(loop, first, second))
      : undefined;
    const deletion = await step(log, what("deletion"), () => measureDeletion(loop, first));
    return { concurrency, sweep, ...fill, ...(formChange === undefined ? {} : { formChange }), deletion };
  });
}

/** Short fills of one namespace, each once the Deployments of the one before are available. */
async function chooseConcurrency(
  world: World,
  floor: Floor,
  limitMs: number,
): Promise<Pick<FloorResult, "concurrency" | "sweep">> {
  const sweep: Record<number, number> = {};
  const made: FloorStack[] = [];
  await inNamespace(world, sweepNamespace, limitMs, async watch => {
    for (let round = 0; round < sweepRounds; round++) {
      for (const candidate of candidates) {
        const prefix = `r${round}-${candidate}-`;
        const available = availableDeployments(watch, prefix, sweepRows);
        const stacks = await floor.render(sweepNamespace, formSpec(), tenantRows(sweepRows, prefix));
        const started = now();
        await floor.fill(stacks, candidate);
        const perSecond = (sweepRows * (childKindNames.length + 1) * 1_000) / (now() - started);
        sweep[candidate] = Math.max(sweep[candidate] ?? 0, perSecond);
        await available.reached(limitMs);
        made.push(...stacks);
      }
    }
    await floor.remove(made, candidates[1]);
  });
  const best = [...candidates].sort((a, b) => (sweep[b] ?? 0) - (sweep[a] ?? 0))[0];
  return { concurrency: best ?? candidates[0], sweep };
}

function availableDeployments(watch: NamespaceWatch, prefix: string, count: number): Milestone {
  const available = new Milestone("available Deployments of the floor", count);
  watch.onChild("Deployment", (name, fact) => {
    if (name.startsWith(prefix)) available.mark(name, fact?.deployment?.available === true);
  });
  return available;
}

interface Loop {
  readonly floor: Floor;
  readonly watch: NamespaceWatch;
  readonly concurrency: number;
  readonly limitMs: number;
  readonly audit: AuditLog;
}

async function measureFill(
  { floor, watch, concurrency, limitMs, audit }: Loop,
  stacks: readonly FloorStack[],
): Promise<Pick<FloorResult, "fill" | "requests" | "available">> {
  const available = availableDeployments(watch, "t", stacks.length);
  const from = await audit.position();
  const started = now();
  await floor.fill(stacks, concurrency);
  const fill = await timesOf(started, available, limitMs);
  return {
    fill,
    requests: await audit.count(from, await audit.position()),
    available: available.times.map(at => (at - started) / 1_000),
  };
}

async function measureChange(
  { floor, watch, concurrency, limitMs }: Loop,
  before: readonly FloorStack[],
  after: readonly FloorStack[],
): Promise<FloorTimes> {
  const available = new Milestone("changed Deployments of the floor", after.length);
  watch.onChild("Deployment", (name, fact) => {
    available.mark(name, fact?.deployment?.image === images.second && fact.deployment.available);
  });
  const started = now();
  await floor.change(before, after, concurrency);
  return await timesOf(started, available, limitMs);
}

async function measureDeletion(
  { floor, watch, concurrency, limitMs }: Loop,
  stacks: readonly FloorStack[],
): Promise<FloorTimes> {
  const gone = goneObjects(watch, stacks.length, isTenants);
  const started = now();
  await floor.remove(stacks, concurrency);
  return await timesOf(started, gone, limitMs);
}

/** To be called when the last request is answered. */
async function timesOf(started: number, milestone: Milestone, limitMs: number): Promise<FloorTimes> {
  const written = now();
  // What is written last may be no Deployment.
  const settled = Math.max(written, await milestone.reached(limitMs));
  return { writtenSeconds: (written - started) / 1_000, settledSeconds: (settled - started) / 1_000 };
}

/** A namespace, and what is seen of it, for as long as `work` takes; resolves when everything in it is gone. */
async function inNamespace<T>(
  world: World,
  name: string,
  limitMs: number,
  work: (watch: NamespaceWatch) => Promise<T>,
): Promise<T> {
  await mustKubectl(world.cluster, ["create", "namespace", name]);
  const watch = new NamespaceWatch(world.admin, name);
  await watch.start();
  let result: T;
  try {
    result = await work(watch);
  } finally {
    await watch.stop();
  }
  await mustKubectl(world.cluster, ["delete", "namespace", name, "--wait=false"]);
  await waitUntil(
    `the end of namespace ${name}`,
    async () => {
      const { stdout } = await world.cluster.kubectl(["get", "namespace", name, "--ignore-not-found", "-o", "name"]);
      return stdout.trim() === "" ? undefined : "it is still there";
    },
    { limit: limitMs, interval: 500 },
  );
  await assertEmpty(world, name);
  return result;
}

/** Nothing that the other turn would see may be left. */
async function assertEmpty({ admin }: World, namespace: string): Promise<void> {
  for (const resource of [NODES, PODS, ...childKindNames.map(kind => childKinds[kind])]) {
    const { items } = await admin.list(resource, { namespace, metadataOnly: true });
    if (items.length > 0) throw new Error(`${items.length} ${resource.plural} of namespace ${namespace} are left`);
  }
}
