import { type LynqFormSpec, resourceListNames } from "../../crds";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Findings } from "../../lib/blueprint/admission/findings";
import { type KubernetesObject } from "../../lib/blueprint/object";
import { ApiClient, ApiError, Discovery, loadConnection, SchemaStore } from "../../lib/cluster";
import { FORMS, HUBS } from "../../lib/controllers/kinds";
import { knownRows } from "../../lib/controllers/known-rows";
import { ObjectReview } from "../../lib/controllers/admission/object-review";
import { mustKubectl } from "../cluster/cluster";
import { startEnvironment, type Environment } from "../environment";
import { waitUntil } from "../wait";
import { benchForm } from "./admission-form";

const namespace = "default";
const hubId = "bench";
const rows = 20;
/** Requests of each kind, in turns, so that all see the same machine. */
const requests = 200;
const warmUp = 10;

/** Milliseconds, in the order of size. */
type Times = readonly number[];

const at = (times: Times, share: number): number =>
  times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
const milliseconds = (value: number) => `${value.toFixed(1)} ms`;

const form = (name: string, spec: Omit<LynqFormSpec, "hubId">, metadata: object = {}): KubernetesObject => ({
  apiVersion: "operator.lynq.sh/v1",
  kind: "LynqForm",
  metadata: { namespace, name, ...metadata },
  spec: { hubId, ...spec },
});

/** The same form with something else in every resource; with another name, it is the form of other objects. */
const variant = (round: number, suffix = ""): typeof benchForm => {
  const lists = resourceListNames.flatMap(list => {
    const resources = benchForm[list];
    return resources === undefined
      ? []
      : [
          [
            list,
            resources.map(one => ({
              ...one,
              nameTemplate: `${one.nameTemplate ?? ""}${suffix}`,
              timeoutSeconds: 100 + (round % 100),
            })),
          ],
        ];
  });
  return { ...benchForm, ...(Object.fromEntries(lists) as typeof benchForm) };
};

/** A hub whose rows have been read, and a stored form. */
async function prepare({ controlPlane, database }: Environment, client: ApiClient): Promise<void> {
  const tenants = await database.createDatabase("bench");
  await tenants.query(
    "CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN, plan VARCHAR(20), replicas INT, image VARCHAR(60))",
  );
  const values = Array.from(
    { length: rows },
    (_, index) => `('tenant-${index}', 1, 'basic', 2, 'registry.example.com/app:2')`,
  );
  await tenants.query(`INSERT INTO nodes VALUES ${values.join()}`);
  const { host, port } = database;
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: hubId },
    stringData: { password: tenants.password },
  };
  await mustKubectl(controlPlane, ["apply", "-n", namespace, "-f", "-"], JSON.stringify(secret));
  await client.create(HUBS, {
    apiVersion: "operator.lynq.sh/v1",
    kind: "LynqHub",
    metadata: { namespace, name: hubId },
    spec: {
      source: {
        type: "mysql",
        syncInterval: "1m",
        mysql: {
          host,
          port,
          database: tenants.name,
          table: "nodes",
          username: tenants.user,
          passwordRef: { name: hubId, key: "password" },
        },
      },
      valueMappings: { uid: "id", activate: "active" },
      extraValueMappings: { plan: "plan", replicas: "replicas", image: "image" },
    },
  });
  const first = {
    configMaps: [{ id: "c", nameTemplate: "{{ .uid }}-first", spec: { apiVersion: "v1", kind: "ConfigMap" } }],
  };
  await client.create(FORMS, form("first", first));
  await waitUntil("rows", async () => {
    const known = await knownRows(client, { namespace, name: "new", hubId }, AbortSignal.timeout(5000));
    return known.length === rows ? undefined : `${known.length} of ${rows} are known`;
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** What is done in turns, and how long each took. */
async function measure(
  kinds: Readonly<Record<string, (round: number) => Promise<unknown>>>,
): Promise<ReadonlyMap<string, Times>> {
  const taken = new Map<string, number[]>(Object.keys(kinds).map(name => [name, []]));
  for (let round = -warmUp; round < requests; round++) {
    for (const [name, work] of Object.entries(kinds)) {
      const time = await timed(() => work(round + warmUp));
      if (round >= 0) taken.get(name)?.push(time);
    }
  }
  return new Map([...taken].map(([name, times]) => [name, times.sort((a, b) => a - b)]));
}

function collectGarbage(): () => void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("this Node has no garbage collector to call");
  return () => {
    Reflect.apply(collect, undefined, []);
  };
}

/** Heap that each kind's schema takes when the first form with it is tried, in a store of its own. */
async function memory(client: ApiClient): Promise<void> {
  const collect = collectGarbage();
  const schemas = new SchemaStore(client);
  const objects = new ObjectReview({ client, discovery: new Discovery(client), schemas });
  const rowsKnown = await knownRows(client, { namespace, name: "new", hubId }, AbortSignal.timeout(5000));
  const review = (spec: Omit<LynqFormSpec, "hubId">) =>
    objects.review({
      form: { namespace, name: "new", spec: { hubId, ...spec } },
      hub: { source: { type: "mysql" }, valueMappings: { uid: "id", activate: "active" } },
      rows: rowsKnown,
      found: new Findings(),
      dryRun: "misfits",
      signal: AbortSignal.timeout(30_000),
      renderMs: 30_000,
    });
  const used = () => {
    collect();
    collect();
    return process.memoryUsage().heapUsed;
  };
  // What the code itself takes on its first use is no schema.
  await new ObjectReview({ client, discovery: new Discovery(client), schemas: new SchemaStore(client) }).review({
    form: { namespace, name: "new", spec: { hubId, ...benchForm } },
    hub: undefined,
    rows: [],
    found: new Findings(),
    dryRun: "misfits",
    signal: AbortSignal.timeout(30_000),
    renderMs: 30_000,
  });
  const start = used();
  console.log("\nmemory of each schema, in the order of use; what several kinds share is counted with the first");
  let before = start;
  for (const list of resourceListNames) {
    const [resource] = benchForm[list] ?? [];
    if (resource === undefined) continue;
    await review({ [list]: [resource] });
    const after = used();
    console.log(
      `  ${String(resource.spec["kind"]).padEnd(26)} ${Math.round((after - before) / 1024)
        .toLocaleString("en-US")
        .padStart(7)} KB`,
    );
    before = after;
  }
  const { units, bytes } = objects.kinds.validator.cached;
  const texts = await schemas.keptBytes();
  const whole = (value: number) => `${Math.round(value / 1024).toLocaleString("en-US")} KB`;
  console.log(
    `all: ${whole(before - start)} of heap; ${units} compiled units, counted as ${whole(bytes)} of at most ${whole(objects.kinds.validator.limit)}; texts ${whole(texts)}`,
  );
}

/**
 * `npm run bench -- admission`: how long `kubectl apply` of a form of 16 resources takes the API server, with every check, as a ratio to the same request
 * when the webhook says yes at once (docs/decisions/api-server-has-the-last-word.md).
 */
export async function benchAdmission(): Promise<void> {
  const environment = await startEnvironment({ log: console.error, withOperator: true });
  const client = new ApiClient(loadConnection({ kubeconfig: environment.controlPlane.kubeconfigPath }));
  try {
    await prepare(environment, client);
    await client.create(FORMS, form("stored", benchForm, { labels: { bench: "0" } }));
    const stored = { namespace, name: "stored" };
    const update = (patch: object) => client.mergePatch(FORMS, stored, patch, { dryRun: true });
    const times = await measure({
      yes: round => update({ metadata: { labels: { bench: String(round + 1) } } }),
      one: round =>
        update({
          spec: {
            configMaps: variant(round + 1).configMaps?.map((one, index) =>
              index === 0 ? one : benchForm.configMaps?.[index],
            ),
          },
        }),
      create: round => client.create(FORMS, form(`new-${round}`, variant(round, "-new")), { dryRun: true }),
    });
    const bare = times.get("yes") ?? [];
    const line = (name: string, title: string) => {
      const taken = times.get(name) ?? [];
      const ratio = (share: number) => `${(at(taken, share) / at(bare, share)).toFixed(1)} times`;
      console.log(
        `${title.padEnd(52)} p50 ${milliseconds(at(taken, 0.5)).padStart(9)} (${ratio(0.5)})   p99 ${milliseconds(at(taken, 0.99)).padStart(9)} (${ratio(0.99)})`,
      );
    };
    const count = resourceListNames.reduce((total, list) => total + (benchForm[list]?.length ?? 0), 0);
    console.log(
      `a form of ${count} resources, tried with ${rows} rows; ${requests} requests each, in turns; nothing is stored`,
    );
    line("yes", "the webhook says yes at once (a label changes)");
    line("one", "a change of one resource, every check");
    line("create", "a new form, every check");
    await memory(client);
  } catch (error) {
    if (error instanceof ApiError) throw new Error(error.message, { cause: error });
    throw error;
  } finally {
    client.close();
    await environment.stop();
  }
}
