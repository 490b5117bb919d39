import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Condition, type LynqFormStatus, type LynqHubStatus, type LynqNodeStatus } from "../../crds";
import { type KubernetesObject } from "../../lib/blueprint/object";
import { type ApiResource, Informer } from "../../lib/cluster";
import { FORMS, HUBS, NODES, toForm, toHub, toNode } from "../../lib/controllers/kinds";
import { findCondition, isTrue } from "../../lib/status";
import { configMap, deployment, job } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

const ROWS = 5;

let scenario: Scenario;

/** Every status that an object has had since it was made, in order. */
class History<Status> {
  readonly statuses = new Map<string, Status[]>();
  private readonly informer: Informer<Status | undefined>;

  constructor(resource: ApiResource, statusOf: (object: KubernetesObject) => Status | undefined) {
    this.informer = new Informer<Status | undefined>({
      client: scenario.client,
      resource,
      namespace: scenario.namespace,
      toFact: statusOf,
      onChange: (key, status) => {
        const name = key.slice(key.indexOf("/") + 1);
        if (status !== undefined) this.statuses.set(name, [...(this.statuses.get(name) ?? []), status]);
      },
    });
    this.informer.start();
  }

  of(name: string): Status[] {
    return this.statuses.get(name) ?? [];
  }

  ready(): Promise<void> {
    return this.informer.waitForSync();
  }

  stop(): Promise<void> {
    return this.informer.stop();
  }
}

/** Values in the order in which they were seen, without repetitions. */
function changes<T>(values: readonly T[]): T[] {
  return values.filter((value, index) => index === 0 || value !== values[index - 1]);
}

function rises(values: readonly (number | undefined)[]): boolean {
  return values.every((value, index) => index === 0 || (value ?? 0) >= (values[index - 1] ?? 0));
}

const statusOf = (conditions: Condition[] | undefined, type: string) => findCondition(conditions, type)?.status;

describe("during a normal start", () => {
  let nodes: History<LynqNodeStatus>;
  let hubs: History<LynqHubStatus>;
  let forms: History<LynqFormStatus>;

  beforeAll(async () => {
    scenario = await Scenario.open("conditions");
    nodes = new History(NODES, object => toNode(object).status);
    hubs = new History(HUBS, object => toHub(object).status);
    forms = new History(FORMS, object => toForm(object).status);
    await Promise.all([nodes.ready(), hubs.ready(), forms.ready()]);
    await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN)");
    const rows = Array.from({ length: ROWS }, (_, index) => `('row-${index}', 1)`);
    await scenario.sql(`INSERT INTO nodes VALUES ${rows.join()}, ('off', 0), ('', 1)`);
    await scenario.hub();
    // A form that is looked at before its hub is known is told so; that is not this test's matter.
    await eventually(() => {
      expect(hubs.of("hub")).not.toEqual([]);
    });
    await scenario.form("form", {
      configMaps: [{ id: "settings", nameTemplate: "{{ .uid }}-settings", spec: configMap() }],
      jobs: [{ id: "init", nameTemplate: "{{ .uid }}-init", dependIds: ["settings"], spec: job() }],
      deployments: [{ id: "app", nameTemplate: "{{ .uid }}-app", dependIds: ["init"], spec: deployment() }],
    });
    for (let row = 0; row < ROWS; row++) await scenario.ready(`row-${row}-form`);
    await eventually(async () => {
      expect((await scenario.hubObject()).status).toMatchObject({ desired: ROWS, ready: ROWS });
      expect((await scenario.formObject("form")).status).toMatchObject({ totalNodes: ROWS, readyNodes: ROWS });
      // What is told here comes by other watches, each in its own time.
      expect([hubs.of("hub").at(-1)?.ready, forms.of("form").at(-1)?.readyNodes]).toEqual([ROWS, ROWS]);
      for (let row = 0; row < ROWS; row++)
        expect(isTrue(nodes.of(`row-${row}-form`).at(-1)?.conditions, "Ready")).toBe(true);
    });
  });

  afterAll(async () => {
    await Promise.all([nodes.stop(), hubs.stop(), forms.stop()]);
    await scenario.close();
  });

  it("a node is never Degraded, Stalled or failed; it becomes Ready once, and its counts only rise", () => {
    for (let row = 0; row < ROWS; row++) {
      const seen = nodes.of(`row-${row}-form`);
      expect(seen.filter(({ conditions }) => isTrue(conditions, "Degraded") || isTrue(conditions, "Stalled"))).toEqual(
        [],
      );
      expect(
        seen.filter(({ failedResources, skippedResources }) => failedResources !== 0 || skippedResources !== 0),
      ).toEqual([]);
      // Progress is told when it lasts; a quick start has nothing to tell before it is over.
      expect([["True"], ["False", "True"]]).toContainEqual(
        changes(seen.map(({ conditions }) => statusOf(conditions, "Ready"))),
      );
      expect(rises(seen.map(({ readyResources }) => readyResources))).toBe(true);
      expect(new Set(seen.map(({ desiredResources }) => desiredResources))).toEqual(new Set([3]));
      // Reconciling holds exactly as long as Ready does not.
      for (const { conditions } of seen) {
        expect(isTrue(conditions, "Reconciling")).toBe(!isTrue(conditions, "Ready"));
        expect(statusOf(conditions, "Progressing")).toBe(isTrue(conditions, "Ready") ? "False" : "True");
      }
    }
  });

  it("a hub becomes Ready once, counts no failed node, and its ready nodes only rise", () => {
    const seen = hubs.of("hub");
    expect(
      changes(seen.map(({ conditions }) => statusOf(conditions, "Ready"))).filter(one => one !== "Unknown"),
    ).toEqual(["True"]);
    expect(seen.filter(({ failed, conditions }) => failed !== 0 || isTrue(conditions, "Stalled"))).toEqual([]);
    expect(rises(seen.map(({ ready }) => ready))).toBe(true);
    expect(rises(seen.map(({ desired }) => desired))).toBe(true);
  });

  it("a form is valid from the first, never Stalled, and its ready nodes only rise", () => {
    const seen = forms.of("form");
    expect(changes(seen.map(({ conditions }) => statusOf(conditions, "Valid")))).toEqual(["True"]);
    expect(seen.filter(({ conditions }) => isTrue(conditions, "Stalled"))).toEqual([]);
    expect(rises(seen.map(({ readyNodes }) => readyNodes))).toBe(true);
    expect(rises(seen.map(({ totalNodes }) => totalNodes))).toBe(true);
  });

  it("the hub says when it was read, and which rows it has seen", async () => {
    const { status } = await scenario.hubObject();
    expect(status).toMatchObject({
      observedGeneration: 1,
      rows: { seen: ROWS + 2, active: ROWS, quarantined: 1 },
      quarantined: [{ uid: "", reason: "the uid is empty" }],
    });
    expect(Date.parse(status?.lastSuccessfulSyncTime ?? "")).toBeGreaterThan(0);
    expect((status?.conditions ?? []).map(({ type, status: is, reason }) => `${type}=${is}/${reason}`)).toEqual([
      "Ready=True/DatabaseConnected",
      "DeletionHeld=False/WithinGuard",
      "RowsQuarantined=True/InvalidRows",
    ]);
  });

  it("a form without a hub says so once by the Go operator's name for it, and passes when the hub comes", async () => {
    await scenario.form(
      "early",
      { configMaps: [{ id: "cm", nameTemplate: "early-{{ .uid }}", spec: configMap() }] },
      "later",
    );
    const told = async (reason: string) =>
      (await scenario.events("early", reason)).map(({ message, count }) => [message, count]);
    const missing = `spec.hubId: there is no LynqHub ${scenario.namespace}/later`;
    await eventually(async () => {
      expect(await told("HubNotFound")).toEqual([[missing, 1]]);
      expect(await told("ValidationFailed")).toEqual([[missing, 1]]);
    });
    await scenario.hub({ name: "later" });
    await scenario.ready("row-0-early");
    await eventually(async () => {
      expect(await told("ValidationPassed")).toHaveLength(1);
    });
    expect(await told("HubNotFound")).toEqual([[missing, 1]]);
  });

  it("kubectl wait ends for all three", async () => {
    const { code, stderr } = await scenario.kubectl([
      "wait",
      "--for=condition=Ready",
      "--timeout=180s",
      "lynqhub/hub",
      "lynqform/form",
      "lynqnode/row-0-form",
    ]);
    expect([code, stderr]).toEqual([0, ""]);
  });
});
