import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type LynqFormObject, type LynqHubObject, type PendingPlan } from "../../crds";
import { findCondition } from "../../lib/status";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { runLynq } from "../environment/lynq";
import { atRest, OperatorRequests } from "../environment/operator-requests";
import { Scenario } from "../environment/scenario";

const settings = (plan: string) => ({
  configMaps: [{ id: "settings", nameTemplate: "{{ .uid }}", spec: configMap({ plan }) }],
});

let scenario: Scenario;

/** Waits until the plan of a form or a hub is about so many nodes. */
async function pending(
  look: () => Promise<LynqFormObject | LynqHubObject>,
  counts: { creations?: number; updates?: number; deletions?: number },
): Promise<PendingPlan> {
  return await eventually(async () => {
    const plan = (await look()).status?.plan;
    expect(plan).toMatchObject({ creations: 0, updates: 0, deletions: 0, ...counts });
    if (plan === undefined) throw new Error("nothing is pending");
    return plan;
  });
}

async function nothingPending(look: () => Promise<LynqFormObject | LynqHubObject>): Promise<void> {
  await eventually(async () => {
    const { status } = await look();
    expect(status?.plan).toBeUndefined();
    expect(findCondition(status?.conditions, "PlanPending")).toMatchObject({
      status: "False",
      reason: "NothingToApprove",
      message: "no change waits for approval",
    });
  });
}

const theForm = () => scenario.formObject("form");
const theHub = () => scenario.hubObject();

async function approve(what: string, digest: string): Promise<void> {
  const { code, stderr } = await scenario.kubectl(["annotate", "--overwrite", what, `lynq.sh/approve-plan=${digest}`]);
  expect([code, stderr]).toEqual([0, ""]);
}

const lynq = (...args: string[]) => runLynq(scenario, ["approve", ...args]);

/** Content of every ConfigMap of the form, by name. */
async function content(): Promise<Record<string, unknown>> {
  const objects = await scenario.list("v1", "ConfigMap", "lynq.sh/form=form");
  return Object.fromEntries(
    objects.map(({ metadata, data }) => [metadata.name ?? "", (data as Record<string, string>)["plan"]]),
  );
}

async function becomes(expected: Record<string, unknown>): Promise<void> {
  await eventually(async () => {
    expect(await content()).toEqual(expected);
  });
}

describe("a form in mode Plan", () => {
  beforeAll(async () => {
    scenario = await Scenario.open("planform");
    await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, plan VARCHAR(20))");
    await scenario.sql("INSERT INTO nodes VALUES ('a', 1, 'basic'), ('b', 1, 'basic')");
    await scenario.hub({ extra: { plan: "plan" } });
    await scenario.form("form", { mode: "Plan", ...settings("{{ .plan }}") });
  });

  afterAll(() => scenario.close());

  it("makes nothing, and says what would be made and how to let it happen", async () => {
    const plan = await pending(theForm, { creations: 2 });
    expect(plan.digest).toMatch(/^[0-9a-f]{16}$/);
    expect(plan.changes).toMatchObject([
      { action: "Create", node: "a-form", row: "a", objects: [`create ConfigMap ${scenario.namespace}/a`] },
      { action: "Create", node: "b-form", row: "b", objects: [`create ConfigMap ${scenario.namespace}/b`] },
    ]);
    await eventually(async () => {
      expect(findCondition((await theForm()).status?.conditions, "PlanPending")).toMatchObject({
        status: "True",
        reason: "ApprovalNeeded",
        message:
          "2 nodes would change (2 created, 0 updated, 0 deleted): create a-form; create b-form; to let exactly this happen, run: " +
          `kubectl annotate --overwrite -n ${scenario.namespace} lynqform form lynq.sh/approve-plan=${plan.digest}`,
      });
    });
    await scenario.afterSyncs();
    expect(await scenario.nodes()).toEqual([]);
    expect(await content()).toEqual({});
  });

  it("writes nothing while nothing changes, and keeps the time of its plan", async () => {
    const { computedAt } = await pending(theForm, { creations: 2 });
    await atRest(scenario);
    const requests = await OperatorRequests.since(scenario.namespace);
    await scenario.afterSyncs();
    expect(await requests.made()).toEqual([]);
    expect((await theForm()).status?.plan?.computedAt).toBe(computedAt);
  });

  it("is not let go by anything but its digest", async () => {
    const { digest } = await pending(theForm, { creations: 2 });
    for (const other of ["true", "", digest.slice(0, 8), digest.replace(/./, one => (one === "0" ? "1" : "0"))]) {
      await approve("lynqform/form", other);
      await scenario.afterSyncs();
      expect(await scenario.nodes()).toEqual([]);
    }
  });

  it("is another plan when a row comes, and the yes to the old one lets nothing pass", async () => {
    const { digest } = await pending(theForm, { creations: 2 });
    await scenario.sql("INSERT INTO nodes VALUES ('c', 1, 'basic')");
    const plan = await pending(theForm, { creations: 3 });
    expect(plan.digest).not.toBe(digest);
    await approve("lynqform/form", digest);
    await scenario.afterSyncs();
    expect(await scenario.nodes()).toEqual([]);
  });

  it("runs exactly the plan that was approved", async () => {
    await approve("lynqform/form", (await pending(theForm, { creations: 3 })).digest);
    await becomes({ a: "basic", b: "basic", c: "basic" });
    await nothingPending(theForm);
    await eventually(async () => {
      expect((await theForm()).status?.approvedPlan?.changes).toEqual([]);
    });
  });

  it("changes nothing for a row that changes, one that goes and one that comes; and heals what runs", async () => {
    await scenario.sql("UPDATE nodes SET plan = 'pro' WHERE id = 'a'");
    await scenario.sql("DELETE FROM nodes WHERE id = 'b'");
    await scenario.sql("INSERT INTO nodes VALUES ('d', 1, 'basic')");
    const plan = await pending(theForm, { creations: 1, updates: 1, deletions: 1 });
    expect(plan.changes).toMatchObject([
      { action: "Create", node: "d-form" },
      { action: "Update", node: "a-form", because: "values" },
      { action: "Delete", node: "b-form" },
    ]);
    await scenario.kubectl(["patch", "configmap", "a", "--type=merge", '-p={"data":{"plan":"by hand"}}']);
    await scenario.kubectl(["delete", "configmap", "b"]);
    await becomes({ a: "basic", b: "basic", c: "basic" });
    await scenario.afterSyncs();
    expect(await content()).toEqual({ a: "basic", b: "basic", c: "basic" });
  });

  it("runs what was approved, and nothing that comes later", async () => {
    const { digest } = await pending(theForm, { creations: 1, updates: 1, deletions: 1 });
    const refused = await lynq("form/form", "--digest", "0123456789abcdef");
    const said =
      "form/form: 3 nodes would change (1 created, 1 updated, 1 deleted):\n" +
      `  create d-form\n    create ConfigMap ${scenario.namespace}/d\n` +
      `  update a-form\n    change ConfigMap ${scenario.namespace}/a (.data.plan: "basic" → "pro")\n` +
      `  delete b-form\n    delete ConfigMap ${scenario.namespace}/b\n` +
      `If exactly this is to happen: lynq approve form/form --digest ${digest} -n ${scenario.namespace}\n`;
    expect(refused).toEqual({
      code: 1,
      out: "",
      err:
        'lynq approve: form/form holds nothing back under the digest "0123456789abcdef"; nothing was let go\n' +
        `What it holds back now:\n${said}`,
    });
    expect(await lynq("form/form", "--digest", digest)).toEqual({
      code: 0,
      out: "form/form: approved: 3 nodes would change (1 created, 1 updated, 1 deleted)\n",
      err: "",
    });
    await eventually(async () => {
      expect((await theForm()).status?.approvedPlan?.digest).toBe(digest);
    });
    await scenario.sql("INSERT INTO nodes VALUES ('late', 1, 'basic')");
    await becomes({ a: "pro", c: "basic", d: "basic" });
    await pending(theForm, { creations: 1 });
    await scenario.afterSyncs();
    expect(await content()).toEqual({ a: "pro", c: "basic", d: "basic" });
  });

  it("rolls no change of its content out before the yes, and is not ready until then", async () => {
    await approve("lynqform/form", (await pending(theForm, { creations: 1 })).digest);
    await becomes({ a: "pro", c: "basic", d: "basic", late: "basic" });
    await nothingPending(theForm);
    await scenario.form("form", { mode: "Plan", ...settings("new {{ .plan }}") });
    const plan = await pending(theForm, { updates: 4 });
    expect(plan.changes[0]).toMatchObject({ action: "Update", node: "a-form", because: "revision" });
    await eventually(async () => {
      const { status } = await theForm();
      expect(findCondition(status?.conditions, "Ready")).toMatchObject({ status: "False", reason: "PlanPending" });
      expect(findCondition(status?.conditions, "Reconciling")).toMatchObject({ status: "True", reason: "PlanPending" });
    });
    await scenario.afterSyncs();
    expect(await content()).toEqual({ a: "pro", c: "basic", d: "basic", late: "basic" });
    await approve("lynqform/form", plan.digest);
    await becomes({ a: "new pro", c: "new basic", d: "new basic", late: "new basic" });
    await eventually(async () => {
      expect(findCondition((await theForm()).status?.conditions, "Ready")).toMatchObject({ status: "True" });
    });
  });

  it("needs another yes for the same change another time", async () => {
    await scenario.sql("DELETE FROM nodes WHERE id = 'late'");
    await approve("lynqform/form", (await pending(theForm, { deletions: 1 })).digest);
    await becomes({ a: "new pro", c: "new basic", d: "new basic" });
    const created = async () => {
      await scenario.sql("INSERT INTO nodes VALUES ('late', 1, 'basic')");
      return (await pending(theForm, { creations: 1 })).digest;
    };
    const first = await created();
    await approve("lynqform/form", first);
    await becomes({ a: "new pro", c: "new basic", d: "new basic", late: "new basic" });
    // The yes is used up with the pass that sees the node.
    await eventually(async () => {
      expect((await theForm()).status?.approvedPlan).toMatchObject({ digest: first, changes: [] });
    });
    await scenario.kubectl(["delete", "lynqnode", "late-form"]);
    const again = await pending(theForm, { creations: 1 });
    expect(again.digest).not.toBe(first);
    await scenario.afterSyncs();
    expect(await content()).toEqual({ a: "new pro", c: "new basic", d: "new basic" });
  });

  it("goes on by itself in mode Apply", async () => {
    await scenario.form("form", settings("new {{ .plan }}"));
    await becomes({ a: "new pro", c: "new basic", d: "new basic", late: "new basic" });
    await eventually(async () => {
      const { status } = await theForm();
      expect(status?.plan).toBeUndefined();
      expect(findCondition(status?.conditions, "PlanPending")).toBeUndefined();
    });
  });

  it("tells each plan in one event", async () => {
    const events = await eventually(async () => {
      const found = await scenario.events("form", "PlanPending");
      expect(found.length).toBeGreaterThan(3);
      return found;
    });
    expect(new Set(events.map(({ message }) => message)).size).toBe(events.length);
    expect(events.every(({ type, count }) => type === "Normal" && count === 1)).toBe(true);
  });
});

describe("a hub in mode Plan", () => {
  beforeAll(async () => {
    scenario = await Scenario.open("planhub");
    await scenario.sql(
      "CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, plan VARCHAR(20), token VARCHAR(40))",
    );
    for (const number of [2, 3, 4, 5]) scenario.plant(`hunter-of-plans-${number}`);
    await scenario.sql(
      "INSERT INTO nodes VALUES ('a', 1, 'basic', 'hunter-of-plans-2'), ('b', 1, 'basic', 'hunter-of-plans-3')",
    );
    await scenario.hub({
      extra: { plan: "plan", token: "token" },
      spec: { mode: "Plan", sensitiveValues: ["token"] },
    });
    await scenario.form("form", settings("{{ .plan }}"));
  });

  afterAll(() => scenario.close());

  it("plans for all of its forms, and runs it with one yes", async () => {
    const plan = await pending(theHub, { creations: 2 });
    expect((await theForm()).status?.plan).toBeUndefined();
    await scenario.afterSyncs();
    expect(await scenario.nodes()).toEqual([]);
    expect((await lynq("hub/hub")).out).toContain(`lynq approve hub/hub --digest ${plan.digest}`);
    expect(await lynq("hub/hub", "--digest", plan.digest)).toMatchObject({ code: 0, err: "" });
    await becomes({ a: "basic", b: "basic" });
    await nothingPending(theHub);
    expect(findCondition((await theHub()).status?.conditions, "Ready")).toMatchObject({ status: "True" });
  });

  it("counts a change of a sensitive value as a change, and shows nothing of it", async () => {
    await scenario.sql("UPDATE nodes SET token = 'hunter-of-plans-4' WHERE id = 'a'");
    const first = await pending(theHub, { updates: 1 });
    await scenario.sql("UPDATE nodes SET token = 'hunter-of-plans-5' WHERE id = 'a'");
    await eventually(async () => {
      expect((await pending(theHub, { updates: 1 })).digest).not.toBe(first.digest);
    });
    const { stdout } = await scenario.kubectl(["get", "lynqhubs,lynqforms,lynqnodes,events", "-o", "yaml"]);
    expect(stdout).not.toMatch(/hunter/);
    await approve("lynqhub/hub", (await pending(theHub, { updates: 1 })).digest);
    await nothingPending(theHub);
  });

  it("holds back the nodes of a form that is gone", async () => {
    const before = await content();
    await scenario.form("other", {
      configMaps: [{ id: "settings", nameTemplate: "{{ .uid }}-other", spec: configMap({ plan: "x" }) }],
    });
    await approve("lynqhub/hub", (await pending(theHub, { creations: 2 })).digest);
    await nothingPending(theHub);
    await scenario.kubectl(["delete", "lynqform", "other"]);
    const plan = await pending(theHub, { deletions: 2 });
    await scenario.afterSyncs();
    expect((await scenario.nodes()).length).toBe(4);
    await approve("lynqhub/hub", plan.digest);
    await eventually(async () => {
      expect((await scenario.nodes()).length).toBe(2);
    });
    expect(await content()).toEqual(before);
  });

  it("leaves the guard its say over what was approved", async () => {
    const rows = Array.from({ length: 12 }, (_, index) => `('row-${index}', 1, 'basic', 'x')`);
    await scenario.sql(`INSERT INTO nodes VALUES ${rows.join()}`);
    await approve("lynqhub/hub", (await pending(theHub, { creations: 12 })).digest);
    await eventually(async () => {
      expect((await scenario.hubObject()).status).toMatchObject({ ready: 14 });
    });
    await scenario.sql("DELETE FROM nodes");
    await approve("lynqhub/hub", (await pending(theHub, { deletions: 14 })).digest);
    await eventually(async () => {
      expect((await theHub()).status?.deletionHeld?.count).toBe(14);
    });
    expect((await theHub()).status?.approvedPlan?.changes.length).toBe(14);
    await scenario.afterSyncs();
    expect(Object.keys(await content()).length).toBe(14);
    const digest = (await theHub()).status?.deletionHeld?.digest ?? "";
    await scenario.kubectl(["annotate", "--overwrite", "lynqhub/hub", `lynq.sh/approve-deletion=${digest}`]);
    await becomes({});
  });

  it("is deleted like any other: it was a human's wish", async () => {
    await scenario.sql("INSERT INTO nodes VALUES ('last', 1, 'basic', 'x')");
    await approve("lynqhub/hub", (await pending(theHub, { creations: 1 })).digest);
    await becomes({ last: "basic" });
    await scenario.kubectl(["delete", "lynqhub", "hub", "--wait=false"]);
    await scenario.gone("operator.lynq.sh/v1", "LynqHub", "hub");
    await becomes({});
  });
});
