import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { findCondition } from "../../lib/status";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { type OperatorRequest, OperatorRequests } from "../environment/operator-requests";
import { Scenario } from "../environment/scenario";

describe("lynq.sh/reconcile-at", () => {
  let scenario: Scenario;

  beforeAll(async () => {
    scenario = await Scenario.open("now");
    await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN)");
    await scenario.sql("INSERT INTO nodes VALUES ('a', 1), ('b', 1)");
    await scenario.hub({ spec: { syncInterval: "1h" } });
    await scenario.form("form", {
      configMaps: [{ id: "settings", nameTemplate: "{{ .uid }}-settings", spec: configMap() }],
      secrets: [
        {
          id: "once",
          nameTemplate: "{{ .uid }}-once",
          creationPolicy: "Once",
          spec: { apiVersion: "v1", kind: "Secret", stringData: { key: "{{ .uid }}" } },
        },
      ],
    });
    await quiet();
  });

  afterAll(() => scenario.close());

  async function quiet(rows = 2): Promise<void> {
    await eventually(async () => {
      expect((await scenario.hubObject()).status).toMatchObject({ desired: rows, ready: rows });
      expect((await scenario.formObject("form")).status).toMatchObject({ totalNodes: rows, readyNodes: rows });
    });
  }

  async function ask(resource: string, name: string, at: string): Promise<void> {
    const { code, stderr } = await scenario.kubectl([
      "annotate",
      "--overwrite",
      resource,
      name,
      `lynq.sh/reconcile-at=${at}`,
    ]);
    expect([code, stderr]).toEqual([0, ""]);
  }

  const applied = (requests: readonly OperatorRequest[]): string[] =>
    [...new Set(requests.flatMap(({ uri }) => /\/(?:configmaps|secrets)\/([^?]*)/.exec(uri)?.[1] ?? []))].sort();

  /** Admission tries a form's objects, and stores nothing. */
  const stored = async (requests: OperatorRequests): Promise<OperatorRequest[]> =>
    (await requests.writes()).filter(({ uri }) => !uri.includes("dryRun=All"));

  it("on a hub reads the table at once, and is answered when its rows have their nodes", async () => {
    await scenario.sql("INSERT INTO nodes VALUES ('c', 1)");
    await ask("lynqhub", "hub", "first");
    await eventually(async () => {
      expect((await scenario.hubObject()).status?.lastHandledReconcileAt).toBe("first");
    });
    expect((await scenario.nodes()).map(({ metadata }) => metadata.name).sort()).toEqual([
      "a-form",
      "b-form",
      "c-form",
    ]);
    await quiet(3);
  });

  it("on a hub is answered, too, when the table cannot be read", async () => {
    await scenario.sql("RENAME TABLE nodes TO elsewhere");
    await ask("lynqhub", "hub", "second");
    await eventually(async () => {
      const { status } = await scenario.hubObject();
      expect(status?.lastHandledReconcileAt).toBe("second");
      expect(findCondition(status?.conditions, "Ready")).toMatchObject({ status: "False" });
    });
    await scenario.sql("RENAME TABLE elsewhere TO nodes");
    await ask("lynqhub", "hub", "third");
    await eventually(async () => {
      const { status } = await scenario.hubObject();
      expect(status?.lastHandledReconcileAt).toBe("third");
      expect(findCondition(status?.conditions, "Ready")).toMatchObject({ status: "True" });
    });
  });

  it("on a hub that is suspended waits until it is resumed", async () => {
    const set = (suspend: boolean) =>
      scenario.kubectl(["patch", "lynqhub", "hub", "--type=merge", "-p", JSON.stringify({ spec: { suspend } })]);
    await set(true);
    await eventually(async () => {
      expect(findCondition((await scenario.hubObject()).status?.conditions, "Suspended")?.status).toBe("True");
    });
    await ask("lynqhub", "hub", "fourth");
    await ask("lynqnode", "a-form", "barrier");
    await eventually(async () => {
      expect((await scenario.node("a-form")).status?.lastHandledReconcileAt).toBe("barrier");
    });
    expect((await scenario.hubObject()).status?.lastHandledReconcileAt).toBe("third");
    await set(false);
    await eventually(async () => {
      expect((await scenario.hubObject()).status?.lastHandledReconcileAt).toBe("fourth");
    });
    await quiet(3);
  });

  it("on a node writes its objects again, and no others; what is made once is left alone", async () => {
    const requests = await OperatorRequests.since(scenario.namespace);
    await ask("lynqnode", "a-form", "now");
    await eventually(async () => {
      expect((await scenario.node("a-form")).status?.lastHandledReconcileAt).toBe("now");
      expect(applied(await stored(requests))).toEqual(["a-settings"]);
    });
    await scenario.ready("a-form");
  });

  it("on a form writes the objects of all of its nodes again, and is answered when that is done", async () => {
    await quiet(3);
    const requests = await OperatorRequests.since(scenario.namespace);
    await ask("lynqform", "form", "now");
    await eventually(async () => {
      expect((await scenario.formObject("form")).status?.lastHandledReconcileAt).toBe("now");
    });
    await eventually(async () => {
      expect(applied(await stored(requests))).toEqual(["a-settings", "b-settings", "c-settings"]);
    });
  });

  it("costs nothing afterwards, however often it is set to what was answered", async () => {
    await quiet(3);
    const requests = await OperatorRequests.since(scenario.namespace);
    await ask("lynqnode", "a-form", "now");
    await ask("lynqform", "form", "now");
    await ask("lynqhub", "hub", "fourth");
    // A request that is new is answered after those would have been.
    await ask("lynqhub", "hub", "last");
    await eventually(async () => {
      expect((await scenario.hubObject()).status?.lastHandledReconcileAt).toBe("last");
    });
    await eventually(async () => {
      const uris = (await stored(requests)).map(
        ({ verb, uri }) => `${verb} ${uri.replace(/^.*\/lynqhubs/, "lynqhubs").replace(/\?.*/, "")}`,
      );
      expect(uris).toEqual(["patch lynqhubs/hub/status"]);
    });
  });
});
