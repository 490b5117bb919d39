import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { findCondition } from "../../lib/status";
import { configMap, deployment, job, persistentVolumeClaim, service } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { atRest, OperatorRequests } from "../environment/operator-requests";
import { type Manifest, Scenario } from "../environment/scenario";

const ROWS = 5;

const resource = (id: string, spec: Manifest, more: Record<string, unknown> = {}) => ({
  id,
  nameTemplate: `{{ .uid }}-${id}`,
  spec,
  ...more,
});

describe("with everything ready and nothing changing", () => {
  let scenario: Scenario;

  beforeAll(async () => {
    scenario = await Scenario.open("idle");
    const clusterRole: Manifest = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", rules: [] };
    await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN, plan VARCHAR(20), token VARCHAR(20))");
    const rows = Array.from({ length: ROWS }, (_, index) => `('row-${index}', 1, 'basic', 'secret')`);
    await scenario.sql(`INSERT INTO nodes VALUES ${rows.join()}, ('', 1, 'quarantined', ''), ('off', 0, '', '')`);
    await scenario.hub({ extra: { plan: "plan", token: "token" }, spec: { sensitiveValues: ["token"] } });
    await scenario.form("form", {
      configMaps: [
        resource("cm", configMap({ plan: "{{ .plan }}" })),
        resource("left-out", configMap(), { includeWhen: '{{ eq .plan "gold" }}' }),
      ],
      secrets: [resource("token", { apiVersion: "v1", kind: "Secret", stringData: { token: "{{ .token }}" } })],
      deployments: [resource("app", deployment(), { dependIds: ["cm"], ignoreFields: ["$.spec.replicas"] })],
      services: [resource("svc", service(), { dependIds: ["app"], patchStrategy: "merge" })],
      jobs: [resource("once", job(), { creationPolicy: "Once" })],
      persistentVolumeClaims: [resource("data", persistentVolumeClaim(), { deletionPolicy: "Retain" })],
      manifests: [{ id: "role", nameTemplate: `${scenario.namespace}-{{ .uid }}`, spec: clusterRole }],
    });
    for (let row = 0; row < ROWS; row++) await scenario.ready(`row-${row}-form`);
    await quiet();
  });

  afterAll(() => scenario.close());

  /** Waits until the hub and the form have counted their nodes, and everything is written that is to be. */
  async function quiet(): Promise<void> {
    await eventually(async () => {
      expect((await scenario.hubObject()).status).toMatchObject({ desired: ROWS, ready: ROWS });
      expect((await scenario.formObject("form")).status).toMatchObject({ totalNodes: ROWS, readyNodes: ROWS });
    });
    await atRest(scenario);
  }

  it("the operator reads its table and asks the API server for nothing", async () => {
    const requests = await OperatorRequests.since(scenario.namespace);
    await scenario.afterSyncs();
    await scenario.afterSyncs();
    await scenario.afterSyncs();
    expect(await requests.made()).toEqual([]);
  });

  it("a row that is written again as it was costs nothing either", async () => {
    const requests = await OperatorRequests.since(scenario.namespace);
    await scenario.sql("UPDATE nodes SET plan = 'basic', id = id WHERE active");
    await scenario.sql("ALTER TABLE nodes ADD COLUMN unmapped INT DEFAULT 7, ORDER BY id DESC");
    await scenario.afterSyncs();
    await scenario.afterSyncs();
    expect(await requests.made()).toEqual([]);
  });

  it("a row that changes costs requests for its own node and object, and for no other row", async () => {
    const requests = await OperatorRequests.since(scenario.namespace);
    await scenario.sql("UPDATE nodes SET plan = 'silver' WHERE id = 'row-2'");
    await eventually(async () => {
      expect((await scenario.get("v1", "ConfigMap", "row-2-cm"))["data"]).toEqual({ plan: "silver" });
    });
    await scenario.ready("row-2-form");
    await quiet();
    const made = await requests.made();
    expect(made.some(({ verb, uri }) => verb === "patch" && uri.includes("/configmaps/row-2-cm"))).toBe(true);
    expect(made.filter(({ uri }) => /row-[01345]/.test(uri))).toEqual([]);
    expect(made.filter(({ uri }) => /row-2-(?!cm|form)/.test(uri))).toEqual([]);
  });

  it("a table that cannot be read is told once, and then nothing more is asked or written", async () => {
    await scenario.sql("RENAME TABLE nodes TO elsewhere");
    await eventually(async () => {
      const { status } = await scenario.hubObject();
      expect(findCondition(status?.conditions, "Ready")).toMatchObject({ status: "False" });
      expect(await scenario.events("hub", "DatabaseQueryFailed")).toHaveLength(1);
    });
    await atRest(scenario);
    const requests = await OperatorRequests.since(scenario.namespace);
    await scenario.afterSyncs();
    await scenario.afterSyncs();
    expect(await requests.made()).toEqual([]);
    await scenario.sql("RENAME TABLE elsewhere TO nodes");
  });
});
