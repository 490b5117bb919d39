import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type LynqHubStatus } from "../../crds";
import { findCondition } from "../../lib/status";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

const APPROVAL = "lynq.sh/approve-deletion";

const form = {
  configMaps: [
    {
      id: "settings",
      nameTemplate: "{{ .uid }}",
      spec: { apiVersion: "v1", kind: "ConfigMap", data: { plan: "{{ .plan }}" } },
    },
  ],
};

let scenario: Scenario;

async function insert(count: number, from = 0): Promise<void> {
  const rows = Array.from(
    { length: count },
    (_, index) => `('row-${String(from + index).padStart(2, "0")}', 1, 'basic')`,
  );
  await scenario.sql(`INSERT INTO nodes VALUES ${rows.join()}`);
}

/** UIDs by name of every node and of every object that the form makes. */
async function everything(): Promise<Map<string, string | undefined>> {
  const objects = [...(await scenario.nodes()), ...(await scenario.list("v1", "ConfigMap", "lynq.sh/form=form"))];
  return new Map(objects.map(({ kind, metadata }) => [`${kind}/${metadata.name ?? ""}`, metadata.uid]));
}

function allReady(count: number): Promise<void> {
  return eventually(async () => {
    const { status } = await scenario.hubObject();
    expect(status).toMatchObject({ desired: count, ready: count });
    expect((await everything()).size).toBe(2 * count);
  });
}

/** Waits until the hub holds so many deletions back. */
function held(count: number): Promise<NonNullable<LynqHubStatus["deletionHeld"]>> {
  return eventually(async () => {
    const { status } = await scenario.hubObject();
    expect(status?.deletionHeld?.count).toBe(count);
    if (status?.deletionHeld === undefined) throw new Error("nothing is held");
    return status.deletionHeld;
  });
}

async function approve(digest: string): Promise<void> {
  const { code, stderr } = await scenario.kubectl([
    "annotate",
    "--overwrite",
    "lynqhub",
    "hub",
    `${APPROVAL}=${digest}`,
  ]);
  expect([code, stderr]).toEqual([0, ""]);
}

describe("a sync that would delete more than 10 nodes and more than half", () => {
  beforeAll(async () => {
    scenario = await Scenario.open("guard");
    await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, plan VARCHAR(20))");
    await insert(16);
    await scenario.hub({ extra: { plan: "plan" } });
    await scenario.form("form", form);
    await allReady(16);
  });

  afterAll(() => scenario.close());

  it("deletes nothing when the table is truncated", async () => {
    const before = await everything();
    await scenario.sql("TRUNCATE TABLE nodes");
    await held(16);
    await scenario.afterSyncs();
    expect(await everything()).toEqual(before);
  });

  it("says how many are held, which, and the command that lets them go", async () => {
    const { digest, examples } = await held(16);
    expect(digest).toMatch(/^[0-9a-f]{16}$/);
    expect(examples).toEqual(Array.from({ length: 10 }, (_, index) => `row-${String(index).padStart(2, "0")}-form`));
    const { status } = await scenario.hubObject();
    expect(findCondition(status?.conditions, "DeletionHeld")).toMatchObject({
      status: "True",
      reason: "DeletionGuard",
      message:
        "16 of 16 nodes would be deleted: row-00-form; row-01-form; row-02-form; and 13 more; if they are to go, run: " +
        `kubectl annotate --overwrite -n ${scenario.namespace} lynqhub hub ${APPROVAL}=${digest}`,
    });
    expect(findCondition(status?.conditions, "Ready")).toMatchObject({ status: "True" });
  });

  it("tells it in one event", async () => {
    await scenario.afterSyncs();
    const events = await eventually(async () => {
      const found = await scenario.events("hub", "DeletionHeld");
      expect(found).not.toEqual([]);
      return found;
    });
    expect(events).toEqual([expect.objectContaining({ type: "Warning", count: 1 })]);
  });

  it("goes on by itself when the rows are back, and no node was touched", async () => {
    const before = await everything();
    await insert(16);
    await eventually(async () => {
      const { status } = await scenario.hubObject();
      expect(status?.deletionHeld).toBeUndefined();
      expect(findCondition(status?.conditions, "DeletionHeld")).toMatchObject({
        status: "False",
        reason: "WithinGuard",
      });
    });
    expect(await everything()).toEqual(before);
  });

  it("deletes nothing when every row is switched off", async () => {
    const before = await everything();
    await scenario.sql("UPDATE nodes SET active = false");
    await held(16);
    await scenario.afterSyncs();
    expect(await everything()).toEqual(before);
    await scenario.sql("UPDATE nodes SET active = true");
    await eventually(async () => {
      expect((await scenario.hubObject()).status?.deletionHeld).toBeUndefined();
    });
  });

  it("still creates and updates", async () => {
    await scenario.sql("DELETE FROM nodes WHERE id >= 'row-04'");
    await held(12);
    const before = await everything();
    await scenario.sql("UPDATE nodes SET plan = 'pro' WHERE id = 'row-00'");
    await scenario.sql("INSERT INTO nodes VALUES ('newcomer', 1, 'trial')");
    await eventually(async () => {
      expect(await scenario.get("v1", "ConfigMap", "row-00")).toMatchObject({ data: { plan: "pro" } });
      expect(await scenario.get("v1", "ConfigMap", "newcomer")).toMatchObject({ data: { plan: "trial" } });
    });
    await scenario.ready("newcomer-form");
    await scenario.afterSyncs();
    const after = await everything();
    expect(new Map([...before.keys()].map(key => [key, after.get(key)]))).toEqual(before);
    expect([...after.keys()].filter(key => !before.has(key)).sort()).toEqual([
      "ConfigMap/newcomer",
      "LynqNode/newcomer-form",
    ]);
  });

  it("still heals what it holds", async () => {
    const { uid } = (await scenario.get("v1", "ConfigMap", "row-10")).metadata;
    await scenario.kubectl(["delete", "configmap", "row-10"]);
    await eventually(async () => {
      expect((await scenario.get("v1", "ConfigMap", "row-10")).metadata.uid).not.toBe(uid);
    });
  });

  it("is not let go by another digest", async () => {
    const before = await everything();
    const { digest } = await held(12);
    const wrong = digest.replace(/./, first => (first === "0" ? "1" : "0"));
    for (const other of [
      wrong,
      "true",
      "",
      digest.slice(0, 8),
      digest.toUpperCase() === digest ? wrong : digest.toUpperCase(),
    ]) {
      await approve(other);
      await scenario.afterSyncs();
      expect(await everything()).toEqual(before);
    }
  });

  it("is let go by its digest, exactly that set and nothing else", async () => {
    const before = await everything();
    const { digest } = await held(12);
    await approve(digest);
    const rest = ["newcomer", "row-00", "row-01", "row-02", "row-03"];
    const expected = new Map(
      rest.flatMap(name => [`LynqNode/${name}-form`, `ConfigMap/${name}`]).map(key => [key, before.get(key)]),
    );
    await eventually(async () => {
      expect(await everything()).toEqual(expected);
    });
    await scenario.afterSyncs();
    expect(await everything()).toEqual(expected);
    await eventually(async () => {
      expect((await scenario.hubObject()).status?.deletionHeld).toBeUndefined();
    });
  });

  it("cannot be let go by an approval of an earlier set", async () => {
    await insert(16, 20);
    await allReady(21);
    await scenario.sql("DELETE FROM nodes WHERE id >= 'row-20' AND id <> 'row-35'");
    const first = await held(15);
    await scenario.sql("DELETE FROM nodes WHERE id = 'row-35'");
    const second = await held(16);
    expect(second.digest).not.toBe(first.digest);
    const before = await everything();
    await approve(first.digest);
    await scenario.afterSyncs();
    expect(await everything()).toEqual(before);
    expect((await held(16)).digest).toBe(second.digest);
  });
});

describe("a sync within the guard", () => {
  beforeEach(async () => {
    scenario = await Scenario.open("guarded");
    await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, plan VARCHAR(20))");
  });

  afterEach(() => scenario.close());

  const open = async (rows: number, spec: Record<string, unknown> = {}): Promise<void> => {
    await insert(rows);
    await scenario.hub({ extra: { plan: "plan" }, spec });
    await scenario.form("form", form);
    await allReady(rows);
  };

  const nothingLeft = (): Promise<void> =>
    eventually(async () => {
      expect(await everything()).toEqual(new Map());
    });

  it("cleans up all 5 of 5 rows of a small table", async () => {
    await open(5);
    await scenario.sql("DELETE FROM nodes");
    await nothingLeft();
    expect(await scenario.events("hub", "DeletionHeld")).toEqual([]);
  });

  it("cleans up 12 of 25 rows, fewer than half", async () => {
    await open(25);
    await scenario.sql("DELETE FROM nodes WHERE id < 'row-12'");
    await eventually(async () => {
      expect((await scenario.nodes()).map(({ spec }) => spec.uid).sort()).toEqual(
        Array.from({ length: 13 }, (_, index) => `row-${String(12 + index)}`),
      );
    });
  });

  it("may be set tighter by the hub", async () => {
    await open(3, { deletionGuard: { minCount: 0, maxPercent: 0 } });
    const before = await everything();
    await scenario.sql("DELETE FROM nodes WHERE id = 'row-02'");
    const { digest, examples } = await held(1);
    expect(examples).toEqual(["row-02-form"]);
    await scenario.afterSyncs();
    expect(await everything()).toEqual(before);
    await approve(digest);
    await scenario.gone("v1", "ConfigMap", "row-02");
  });

  it("may be turned off by the hub", async () => {
    await open(12, { deletionGuard: { disabled: true } });
    await scenario.sql("TRUNCATE TABLE nodes");
    await nothingLeft();
  });
});
