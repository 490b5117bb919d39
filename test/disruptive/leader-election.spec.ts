import { afterAll, afterEach, beforeAll, expect, it } from "@jest/globals";
import { readLease } from "../../lib/cluster/lease/lease-record";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { type OperatorRequests } from "../environment/operator-requests";
import { Replica } from "../environment/replicas";
import { Scenario } from "../environment/scenario";

/** Short enough not to be waited for, and long enough for a busy machine to renew. */
const election = { LYNQ_LEADER_ELECTION: "on", LYNQ_LEASE_SECONDS: "6" };

let scenario: Scenario;
let replicas: Replica[] = [];
let rows = 0;

const form = {
  configMaps: [
    { id: "first", nameTemplate: "{{ .uid }}-first", spec: configMap() },
    { id: "second", nameTemplate: "{{ .uid }}-second", dependIds: ["first"], spec: configMap() },
  ],
};

beforeAll(async () => {
  scenario = await Scenario.open("election");
  await scenario.environment.act("operator/stop");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN DEFAULT TRUE)");
  await scenario.hub();
  await scenario.form("form", form);
});

afterEach(async () => {
  for (const replica of replicas) await replica.remove();
  replicas = [];
});

afterAll(async () => {
  await scenario.environment.act("operator/start");
  await scenario.close();
});

async function start(name: string, env: Readonly<Record<string, string>> = election): Promise<Replica> {
  const replica = await Replica.start(scenario, name, env);
  replicas.push(replica);
  return replica;
}

async function holder(namespace = scenario.namespace): Promise<string> {
  const lease = await scenario.find("coordination.k8s.io/v1", "Lease", "lynq-leader", namespace);
  return lease === undefined ? "" : readLease(lease).holder;
}

/** Resolves when the process with that name holds the Lease. */
function leads(name: string, namespace = scenario.namespace): Promise<void> {
  return eventually(async () => {
    expect(await holder(namespace)).toMatch(new RegExp(`^${name}_`));
  });
}

/** Resolves when the process knows that another one leads. */
function waits(replica: Replica, leader: string): Promise<void> {
  return eventually(() => {
    expect(replica.log).toContain(`lynq-leader is held by ${leader}_`);
  });
}

async function insert(count: number): Promise<void> {
  const names = Array.from({ length: count }, () => `('row-${String(rows++).padStart(3, "0")}')`);
  await scenario.sql(`INSERT INTO nodes (id) VALUES ${names.join()}`);
}

async function objects(): Promise<number> {
  return (await scenario.list("v1", "ConfigMap", "lynq.sh/node")).length;
}

/** Resolves in the middle of a fill. */
function someObjects(count: number): Promise<void> {
  return eventually(async () => {
    if ((await objects()) < count) throw new Error("too early");
  });
}

function allReady(): Promise<void> {
  return eventually(async () => {
    expect((await scenario.hubObject()).status).toMatchObject({ desired: rows, ready: rows, failed: 0 });
    expect(await objects()).toBe(2 * rows);
  });
}

/** One after the other: the last answer of the first came before the first request of the second. */
async function expectNoOverlap(first: OperatorRequests, second: OperatorRequests): Promise<void> {
  const before = (await first.work()).map(({ answeredAt }) => answeredAt).sort();
  const after = (await second.work()).map(({ receivedAt }) => receivedAt).sort();
  expect(before.length).toBeGreaterThan(0);
  expect(after.length).toBeGreaterThan(0);
  expect((before.at(-1) ?? "") < (after[0] ?? "")).toBe(true);
}

it("goes to the other when the leader is killed in the middle of its work; none writes while the other does, and one that waits does nothing", async () => {
  const a = await start("a");
  await leads("a");
  const b = await start("b");
  await waits(b, "a");
  const [ofA, ofB] = await Promise.all([a.requests(), b.requests()]);
  await insert(40);
  await someObjects(10);
  await a.kill();
  // However far it has come, something is left to do.
  await insert(5);
  await leads("b");
  await allReady();
  await expectNoOverlap(ofA, ofB);
  const made = [...(await ofA.work()), ...(await ofB.work())].filter(
    ({ code, uri }) => code === 201 && uri.includes("/configmaps/"),
  );
  const places = made.map(({ uri }) => uri.split("?")[0]);
  expect(new Set(places).size).toBe(places.length);

  // The one that comes back waits: it watches, and neither writes nor reads a table.
  await a.start();
  await waits(a, "b");
  const idle = await a.requests();
  await insert(5);
  await allReady();
  expect(await idle.writes()).toEqual([]);
  const connections = await scenario.environment.database.query(
    "SELECT COUNT(*) AS count FROM information_schema.PROCESSLIST WHERE USER = ?",
    [scenario.database.user],
  );
  expect(Number(connections[0]?.["count"])).toBe(1);
});

it("is lost by a process that is stopped for too long: when it wakes up, it writes nothing of what it was about to", async () => {
  const c = await start("c");
  await leads("c");
  const d = await start("d");
  await waits(d, "c");
  const [ofC, ofD] = await Promise.all([c.requests(), d.requests()]);
  const before = await objects();
  await insert(60);
  await someObjects(before + 10);
  c.signal("SIGSTOP");
  await insert(5);
  await leads("d");
  await allReady();
  const asleep = (await ofC.work()).length;

  // Its queues are full of what it wanted to write.
  c.signal("SIGCONT");
  await waits(c, "d");
  expect(c.log).toContain("stopped working");
  await insert(5);
  await allReady();
  expect((await ofC.work()).length).toBe(asleep);
  await expectNoOverlap(ofC, ofD);

  // Its turn comes again, without a start.
  await d.kill();
  await leads("c");
  await insert(5);
  await allReady();
});

it("is handed over at once by a process that ends in good order", async () => {
  // Nobody could wait for this one to run out.
  const long = { LYNQ_LEADER_ELECTION: "on", LYNQ_LEASE_SECONDS: "600", LYNQ_LEASE_NAMESPACE: "default" };
  try {
    const e = await start("e", long);
    await leads("e", "default");
    const f = await start("f", long);
    await waits(f, "e");
    const [ofE, ofF] = await Promise.all([e.requests(), f.requests()]);
    await insert(30);
    await someObjects(2 * (rows - 30) + 5);
    await e.stop();
    await insert(5);
    await leads("f", "default");
    await allReady();
    await expectNoOverlap(ofE, ofF);
  } finally {
    await scenario.kubectl(["delete", "lease", "lynq-leader", "--namespace=default"]);
  }
});
