import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type KubernetesObject } from "../../lib/blueprint/object";
import { type ApiResource } from "../../lib/cluster";
import { configMap, deployment, service } from "../environment/bodies";
import { type CustomKind, installCustomKind } from "../environment/custom-kind";
import { eventually } from "../environment/eventually";
import { OperatorRequests } from "../environment/operator-requests";
import { Scenario } from "../environment/scenario";

const CONFIG_MAPS: ApiResource = {
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
  verbs: [],
};

/** The table is read once an hour, so that whatever is put right here is put right by watch. */
describe("what others do to the objects of a node", () => {
  let scenario: Scenario;
  let widgets: CustomKind;

  const must = async (...args: string[]) => {
    const { code, stderr } = await scenario.kubectl(args);
    if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr.trim()}`);
  };
  const patch = (type: "merge" | "json", what: readonly string[], content: unknown, manager = "kubectl-patch") =>
    must("patch", ...what, `--type=${type}`, "--patch", JSON.stringify(content), `--field-manager=${manager}`);
  const app = () => scenario.get("apps/v1", "Deployment", "acme-app");
  const config = () => scenario.get("v1", "ConfigMap", "acme-config");
  const widget = () => scenario.get(widgets.apiVersion, "Widget", "acme-widget");
  /** Waits until the node has looked at everything that was done before: it works one event after the other. */
  const nodeHasLooked = async (row: string) => {
    const { uid } = (await scenario.get("v1", "Service", `${row}-svc`)).metadata;
    await must("delete", "service", `${row}-svc`);
    await eventually(async () => {
      expect((await scenario.get("v1", "Service", `${row}-svc`)).metadata.uid).not.toBe(uid);
    });
  };
  const contested = () => scenario.get("v1", "ConfigMap", "fight-config");
  const conflict = async () => {
    const { conditions = [] } = (await scenario.node("fight-stack")).status ?? {};
    return conditions.find(({ type }) => type === "Conflicted");
  };
  const isConflicted = async () => (await conflict())?.status === "True";
  /** As the other controller would: without a start of kubectl, as a fight is five corrections within a minute. */
  const setByOther = async (key: string) => {
    const patch = { data: { key } };
    const name = { namespace: scenario.namespace, name: "fight-config" };
    await scenario.client.mergePatch(CONFIG_MAPS, name, patch, { fieldManager: "other-controller" });
  };
  /** Edits until Lynq gives way for a while. Answers how many edits it took. */
  const fight = async () => {
    let edits = 0;
    while (!(await isConflicted())) {
      if (edits === 30) throw new Error("30 edits were put back, and nobody noticed");
      edits++;
      await setByOther(`theirs-${edits}`);
      await eventually(async () => {
        const isOurs = JSON.stringify((await contested())["data"]) === '{"key":"ours"}';
        expect(isOurs || (await isConflicted())).toBe(true);
      });
    }
    return edits;
  };
  const replaced = (before: KubernetesObject, now: () => Promise<KubernetesObject>) =>
    eventually(async () => {
      const after = await now();
      expect(after.metadata.uid).not.toBe(before.metadata.uid);
      return after;
    });

  beforeAll(async () => {
    scenario = await Scenario.open("healing");
    widgets = await installCustomKind(scenario);
    await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN)");
    await scenario.sql("INSERT INTO nodes VALUES ('acme', 1), ('fight', 1)");
    await scenario.form("stack", {
      deployments: [{ id: "app", nameTemplate: "{{ .uid }}-app", spec: deployment({ replicas: 2 }) }],
      services: [{ id: "svc", nameTemplate: "{{ .uid }}-svc", spec: service() }],
      configMaps: [{ id: "config", nameTemplate: "{{ .uid }}-config", spec: configMap({ key: "ours" }) }],
      manifests: [{ id: "widget", nameTemplate: "{{ .uid }}-widget", spec: widgets.body({ size: 3, phase: "on" }) }],
    });
    await scenario.hub({ spec: { syncInterval: "1h" } });
    await scenario.ready("acme-stack");
    await scenario.ready("fight-stack");
  });

  afterAll(async () => {
    await scenario.close();
    await widgets.remove();
  });

  it("a deleted deployment is back at once, and the node is ready again", async () => {
    const before = await app();
    await must("delete", "deployment", "acme-app");
    await replaced(before, app);
    await eventually(async () => {
      expect(await app()).toMatchObject({ spec: { replicas: 2 }, status: { readyReplicas: 2 } });
    });
    await scenario.ready("acme-stack");
  });

  it("an edited field that the form gives is put back", async () => {
    await patch(
      "json",
      ["deployment", "acme-app"],
      [{ op: "replace", path: "/spec/template/spec/containers/0/image", value: "evil:1" }],
    );
    await eventually(async () => {
      expect(await app()).toMatchObject({ spec: { template: { spec: { containers: [{ image: "nginx:1.27" }] } } } });
    });
    await must("scale", "deployment", "acme-app", "--replicas=7");
    await eventually(async () => {
      expect(await app()).toMatchObject({ spec: { replicas: 2 } });
    });
  });

  it("edited and removed data of a config map is put back; what others add stays", async () => {
    const { uid } = (await config()).metadata;
    await patch("merge", ["configmap", "acme-config"], { data: { key: "theirs", added: "by somebody" } });
    await eventually(async () => {
      expect(await config()).toMatchObject({ data: { key: "ours", added: "by somebody" } });
    });
    await patch("json", ["configmap", "acme-config"], [{ op: "remove", path: "/data/key" }]);
    await eventually(async () => {
      expect(await config()).toMatchObject({ data: { key: "ours", added: "by somebody" } });
    });
    expect((await config()).metadata.uid).toBe(uid);
  });

  it("labels, annotations and a rolling restart of somebody else stay, and cost no write", async () => {
    await must("label", "configmap", "acme-config", "team=blue");
    await must("annotate", "configmap", "acme-config", "note=theirs");
    await must("rollout", "restart", "deployment/acme-app");
    const { resourceVersion } = (await config()).metadata;
    await nodeHasLooked("acme");
    const { metadata } = await config();
    expect(metadata.labels).toMatchObject({ team: "blue" });
    expect(metadata.annotations).toMatchObject({ note: "theirs" });
    expect(metadata.resourceVersion).toBe(resourceVersion);
    expect(await app()).toMatchObject({
      spec: { template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": expect.any(String) } } } },
    });
  });

  it("a removed tracking label is put back, and the object stays the same", async () => {
    const { uid, labels } = (await config()).metadata;
    await must("label", "configmap", "acme-config", "lynq.sh/node-", "lynq.sh/uid-");
    await eventually(async () => {
      expect((await config()).metadata).toMatchObject({ uid, labels });
    });
  });

  it("a custom kind is healed as any other: edited, and deleted", async () => {
    await patch(
      "merge",
      ["-n", scenario.namespace, `widgets.${widgets.apiVersion.split("/")[0] ?? ""}`, "acme-widget"],
      {
        spec: { size: 99, extra: "theirs" },
      },
    );
    await eventually(async () => {
      expect(await widget()).toMatchObject({ spec: { size: 3, phase: "on", extra: "theirs" } });
    });
    const before = await widget();
    await must("delete", `widgets.${widgets.apiVersion.split("/")[0] ?? ""}`, "acme-widget");
    expect(await replaced(before, widget)).toMatchObject({ spec: { size: 3, phase: "on" } });
  });

  it("another controller that always changes it back is noticed and named once, and left alone for a while", async () => {
    const requests = await OperatorRequests.since(`${scenario.namespace}/configmaps/fight-config`);
    const edits = await fight();
    expect(edits).toBeGreaterThanOrEqual(5);
    const condition = await conflict();
    expect(condition).toMatchObject({ status: "True", reason: "ResourceConflict" });
    expect(condition?.message).toContain(`${scenario.namespace}/fight-config`);
    expect(condition?.message).toContain('"other-controller"');
    expect(condition?.message).toContain(".data.key");
    expect(condition?.message).toContain("ignoreFields");

    // More of the same is no news, and is left alone.
    for (const key of ["again-1", "again-2", "again-3"]) await setByOther(key);
    await nodeHasLooked("fight");
    expect(await contested()).toMatchObject({ data: { key: "again-3" } });
    // As many writes as edits were put right, one question who it is, and then nothing, however fast the other side is.
    const made = await requests.made();
    expect(made.filter(({ uri }) => uri.includes("dryRun"))).toHaveLength(1);
    expect(made.length - 1).toBeLessThan(edits);
    await eventually(async () => {
      expect(await scenario.events("fight-stack", "ResourceConflict")).toEqual([
        expect.objectContaining({ type: "Warning", count: 1, message: expect.stringContaining('"other-controller"') }),
      ]);
    });
    const events = await scenario.events("fight-stack");
    expect(events.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(5);
  });

  it("naming the contested field in ignoreFields ends the conflict before the pause is over, and leaves the field to the other side", async () => {
    const form = (await scenario.formObject("stack")).spec;
    const configMaps = (form.configMaps ?? []).map(resource => ({ ...resource, ignoreFields: ["$.data.key"] }));
    const since = async () => Date.parse((await conflict())?.lastTransitionTime ?? "");
    // A pause is a minute, and longer each time. One that is about to be over by itself would prove nothing: then there is another one.
    if (Date.now() - (await since()) > 25_000) {
      await eventually(async () => {
        expect(await isConflicted()).toBe(false);
      });
      await fight();
    }
    const began = await since();
    const theirs = (await contested())["data"];
    await scenario.form("stack", { ...form, configMaps });
    await scenario.ready("fight-stack");
    // By the operator's own clock the pause was cut short.
    expect((await since()) - began).toBeLessThan(55_000);
    expect((await contested())["data"]).toEqual(theirs);
    await setByOther("theirs for good");
    await nodeHasLooked("fight");
    expect(await contested()).toMatchObject({ data: { key: "theirs for good" } });
  });
});
