import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type LynqNodeObject } from "../../crds";
import { Shard } from "../../lib/controllers/shard";
import { findCondition } from "../../lib/status";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { type OperatorRequest, type OperatorRequests } from "../environment/operator-requests";
import { Replica } from "../environment/replicas";
import { Scenario } from "../environment/scenario";

const COUNT = 3;
const HUBS = ["north", "east", "south", "west"];
const ROWS = 15;

let scenario: Scenario;
const replicas: Replica[] = [];

const slot = (index: number) => ({ LYNQ_SHARD: `${index}/${COUNT}`, LYNQ_LEASE_SECONDS: "6" });
const shards = Array.from({ length: COUNT }, (_, index) => new Shard({ index, count: COUNT }));
const nodeName = (row: number, hub: string) => `row-${String(row).padStart(2, "0")}-${hub}`;
const shardOfNode = (name: string) => shards.findIndex(shard => shard.hasNode(`${scenario.namespace}/${name}`));
const shardOfHub = (name: string) => shards.findIndex(shard => shard.leadsHub(`${scenario.namespace}/${name}`));

/** Two objects a row: `row-07-north-first` and `row-07-north-second`. */
const form = (hub: string) => ({
  configMaps: ["first", "second"].map((id, index) => ({
    id,
    nameTemplate: `{{ .uid }}-${hub}-${id}`,
    ...(index === 0 ? {} : { dependIds: ["first"] }),
    spec: configMap(),
  })),
});

async function start(index: number): Promise<Replica> {
  return await Replica.start(scenario, `shard-${index}`, slot(index));
}

beforeAll(async () => {
  scenario = await Scenario.open("shards");
  await scenario.environment.act("operator/stop");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN DEFAULT TRUE)");
  for (const hub of HUBS) {
    await scenario.hub({ name: hub });
    await scenario.form(hub, form(hub), hub);
  }
  replicas.push(...(await Promise.all(shards.map((_, index) => start(index)))));
});

afterAll(async () => {
  for (const replica of replicas) await replica.remove();
  await scenario.environment.act("operator/start");
  await scenario.close();
});

function allReady(rows: number): Promise<LynqNodeObject[]> {
  return eventually(async () => {
    for (const hub of HUBS) {
      expect((await scenario.hubObject(hub)).status).toMatchObject({ desired: rows, ready: rows, failed: 0 });
    }
    expect(await scenario.list("v1", "ConfigMap", "lynq.sh/node")).toHaveLength(2 * rows * HUBS.length);
    return await scenario.nodes();
  });
}

/** Which shard a write is for, by its path. */
function shardFor({ uri }: OperatorRequest): number | undefined {
  const [path = ""] = uri.split("?");
  const [, child] = /\/configmaps\/(row-\d\d-[a-z]+)-(?:first|second)$/.exec(path) ?? [];
  if (child !== undefined) return shardOfNode(child);
  const [, node, status] = /\/lynqnodes\/([^/]+)(\/status)?$/.exec(path) ?? [];
  // A node is made by its hub's shard, and told of by its own.
  if (node !== undefined) return status === undefined ? shardOfHub(node.slice("row-00-".length)) : shardOfNode(node);
  const [, owner] = /\/lynq(?:hubs|forms)\/([^/]+)(?:\/status)?$/.exec(path) ?? [];
  return owner === undefined ? undefined : shardOfHub(owner);
}

async function expectOwnWritesOnly(requests: readonly OperatorRequests[]): Promise<void> {
  for (const [index, one] of requests.entries()) {
    const writes = (await one.work()).flatMap(request => {
      const shard = shardFor(request);
      return shard === undefined ? [] : [{ shard, uri: request.uri }];
    });
    expect(writes.length).toBeGreaterThan(0);
    expect(writes.filter(({ shard }) => shard !== index)).toEqual([]);
  }
}

/** Connections to the database now, and queries so far, of the scenario's hubs. */
async function database(): Promise<{ connections: number; queries: number }> {
  const [connected] = await scenario.environment.database.query(
    "SELECT COUNT(*) AS count FROM information_schema.PROCESSLIST WHERE USER = ?",
    [scenario.database.user],
  );
  const [asked] = await scenario.environment.database.query(
    "SELECT SELECT_COMMANDS AS count FROM information_schema.USER_STATISTICS WHERE USER = ?",
    [scenario.database.user],
  );
  return { connections: Number(connected?.["count"]), queries: Number(asked?.["count"]) };
}

it("share the nodes of all hubs; one that is killed in the middle of a fill goes on where it was when it is started again", async () => {
  const requests = await Promise.all(replicas.map(replica => replica.requests(scenario.namespace)));
  const rows = Array.from({ length: ROWS }, (_, row) => `('row-${String(row).padStart(2, "0")}')`);
  await scenario.sql(`INSERT INTO nodes (id) VALUES ${rows.join()}`);
  const victim = shardOfNode(nodeName(0, "north"));
  await eventually(async () => {
    const mine = (await scenario.list("v1", "ConfigMap", "lynq.sh/node")).filter(
      ({ metadata }) => shardOfNode(metadata.labels?.["lynq.sh/node"] ?? "") === victim,
    );
    if (mine.length < 3) throw new Error("too early to kill");
  });
  await replicas[victim]?.kill();
  await replicas[victim]?.start();
  const nodes = await allReady(ROWS);
  for (const { status } of nodes) expect(status).toMatchObject({ desiredResources: 2, readyResources: 2 });
  expect(new Set(nodes.map(({ metadata }) => shardOfNode(metadata.name ?? "")))).toEqual(new Set([0, 1, 2]));
  await expectOwnWritesOnly(requests);
  const made = (await Promise.all(requests.map(one => one.work()))).flat().filter(({ code }) => code === 201);
  const places = made.map(({ uri }) => uri.split("?")[0] ?? "").filter(uri => /\/configmaps\/./.test(uri));
  expect(new Set(places).size).toBe(places.length);
});

it("read each table once an interval, by one process, and write nothing while nothing changes", async () => {
  await scenario.afterSyncs();
  await scenario.afterSyncs();
  const requests = await Promise.all(replicas.map(replica => replica.requests(scenario.namespace)));
  const begun = { ...(await database()), at: performance.now() };
  await scenario.afterSyncs();
  await scenario.afterSyncs();
  const { connections, queries } = await database();
  const intervals = (performance.now() - begun.at) / 1000;
  expect(connections).toBe(HUBS.length);
  // Every second, or up to a tenth earlier; the first one may have been due just then. A read of a table may take two statements.
  expect(queries - begun.queries).toBeLessThanOrEqual(2 * HUBS.length * (intervals / 0.9 + 1));
  expect((await Promise.all(requests.map(one => one.work()))).flat()).toEqual([]);
});

it("write all nodes of a form again when it is asked to, and answer when the last one has", async () => {
  const requests = await Promise.all(replicas.map(replica => replica.requests(scenario.namespace)));
  await scenario.kubectl(["annotate", "lynqform", "north", "lynq.sh/reconcile-at=now"]);
  await eventually(async () => {
    expect((await scenario.formObject("north")).status?.lastHandledReconcileAt).toBe("now");
  });
  const written = (await Promise.all(requests.map(one => one.work())))
    .flat()
    .map(({ uri }) => /\/configmaps\/([^/?]+)/.exec(uri)?.[1])
    .filter(name => name !== undefined);
  expect(new Set(written).size).toBe(2 * ROWS);
  await expectOwnWritesOnly(requests);
});

it("respect each other's objects, and take one over when its node goes", async () => {
  // The same name for all: whichever node comes first has it.
  const shared = (hub: string) => ({
    configMaps: [{ id: "shared", nameTemplate: "shared", creationPolicy: "WhenNeeded", spec: configMap({ hub }) }],
  });
  await scenario.sql("CREATE TABLE others (id VARCHAR(63) PRIMARY KEY, active BOOLEAN DEFAULT TRUE)");
  await scenario.sql("INSERT INTO others (id) VALUES ('one')");
  // Two nodes of different shards.
  const names = ["ash", "birch", "cedar", "fir", "oak"];
  const first = names[0] ?? "";
  const second = names.find(name => shardOfNode(`one-${name}`) !== shardOfNode(`one-${first}`)) ?? "";
  await scenario.hub({ name: "others", table: "others" });
  await scenario.form(first, shared(first), "others");
  await scenario.ready(`one-${first}`);
  await scenario.form(second, shared(second), "others");
  await eventually(async () => {
    const conflicted = findCondition((await scenario.node(`one-${second}`)).status?.conditions, "Conflicted");
    expect(conflicted?.message).toContain(`LynqNode ${scenario.namespace}/one-${first} already manages this object`);
  });
  await scenario.kubectl(["delete", "lynqform", first]);
  await scenario.ready(`one-${second}`);
  expect((await scenario.get("v1", "ConfigMap", "shared"))["data"]).toEqual({ hub: second });
  await scenario.kubectl(["delete", "lynqhub", "others"]);
  await scenario.gone("v1", "ConfigMap", "shared");
});

it("wait, and say so, while shards of another number live; when the last of those has gone, they take over", async () => {
  const fresh = await Replica.start(scenario, "new-0", { LYNQ_SHARD: "0/1", LYNQ_LEASE_SECONDS: "6" });
  replicas.push(fresh);
  const requests = await fresh.requests();
  await eventually(() => {
    expect(fresh.log).toMatch(
      /waits, as shard 0 of 1: Lease \S+\/lynq-leader-\d-of-3 of 3 is held by shard-\d_\S+, and two numbers of shards never work at once/,
    );
  });
  await scenario.sql("INSERT INTO nodes (id) VALUES ('row-20')");
  await allReady(ROWS + 1);
  expect(await requests.writes()).toEqual([]);

  await replicas[0]?.stop();
  await replicas[1]?.kill();
  await scenario.sql("INSERT INTO nodes (id) VALUES ('row-21')");
  await eventually(async () => {
    expect(await scenario.find("coordination.k8s.io/v1", "Lease", "lynq-leader-0-of-3")).toMatchObject({
      spec: { leaseDurationSeconds: 1 },
    });
  });
  expect(await requests.writes()).toEqual([]);
  await replicas[2]?.stop();
  await allReady(ROWS + 2);
  expect((await requests.work()).length).toBeGreaterThan(0);
  const leases = await scenario.list("coordination.k8s.io/v1", "Lease");
  expect(leases.map(({ metadata }) => metadata.name)).toEqual(["lynq-leader"]);
});
