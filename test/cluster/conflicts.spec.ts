import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { isPlainObject, type KubernetesObject } from "../../lib/blueprint/object";
import { findCondition } from "../../lib/status";
import { configMap, deployment, job } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { OperatorRequests } from "../environment/operator-requests";
import { type Manifest, Scenario } from "../environment/scenario";

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.open("conflicts");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, port INT DEFAULT 80)");
  await scenario.sql("INSERT INTO nodes (id, active) VALUES ('acme', 1)");
  await scenario.hub({ extra: { port: "port" } });
});

afterAll(() => scenario.close());

async function kubectl(...args: string[]): Promise<void> {
  const { code, stderr } = await scenario.kubectl(args);
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr.trim()}`);
}

const config = (name: string) => scenario.get("v1", "ConfigMap", name);
const versionOf = ({ metadata: { uid, resourceVersion } }: KubernetesObject) => ({ uid, resourceVersion });
const condition = async (node: string, type: string) =>
  findCondition((await scenario.node(node)).status?.conditions, type);
const resource = (id: string, spec: Manifest, more: Record<string, unknown> = {}) => ({
  id,
  nameTemplate: `{{ .uid }}-${id}`,
  ...more,
  spec,
});

describe("an object that two forms render", () => {
  const shared = (value: string, more: Record<string, unknown> = {}) => ({
    configMaps: [
      { id: "config", nameTemplate: "{{ .uid }}-shared", conflictPolicy: "Force", spec: configMap({ value }), ...more },
    ],
  });
  /** Admission cannot know for which rows the second form writes. */
  const forSome = { includeWhen: '{{ eq .uid "acme" }}' };

  it("is refused to the second, named in both statuses, and the second's at once when the first lets it go", async () => {
    await scenario.form("first", shared("first"));
    await scenario.ready("acme-first");
    await scenario.form("second", shared("second", forSome));
    const { namespace } = scenario;
    await eventually(async () => {
      const theirs = await condition("acme-second", "Conflicted");
      expect(theirs).toMatchObject({ status: "True", reason: "ResourceConflict" });
      expect(theirs?.message).toContain(`LynqNode ${namespace}/acme-first already manages this object`);
      expect(await condition("acme-first", "Contested")).toMatchObject({
        status: "True",
        reason: "ObjectClaimedByAnotherNode",
        message: `ConfigMap ${namespace}/acme-shared is also rendered by LynqNode ${namespace}/acme-second, refused there: two nodes cannot write one object`,
      });
    });
    // The first is well, and both are told once.
    await scenario.ready("acme-first");
    await scenario.afterSyncs();
    await eventually(async () => {
      expect(await scenario.events("acme-first", "ObjectContested")).toMatchObject([{ type: "Warning", count: 1 }]);
      expect(await scenario.events("acme-second", "ResourceConflict")).toMatchObject([{ type: "Warning", count: 1 }]);
    });

    await kubectl("delete", "lynqform", "first");
    await scenario.ready("acme-second");
    expect(await config("acme-shared")).toMatchObject({
      data: { value: "second" },
      metadata: { labels: { "lynq.sh/node": "acme-second" } },
    });
    await kubectl("delete", "lynqform", "second");
    await scenario.gone("v1", "ConfigMap", "acme-shared");
  });

  it("is no longer contested when the second stops to want it", async () => {
    await scenario.form("owner", shared("owner"));
    await scenario.ready("acme-owner");
    await scenario.form("rival", shared("rival", forSome));
    await eventually(async () => {
      expect(await condition("acme-owner", "Contested")).toMatchObject({ status: "True" });
    });
    await scenario.form("rival", { configMaps: [resource("other", configMap())] });
    await scenario.ready("acme-rival");
    await eventually(async () => {
      expect(await condition("acme-owner", "Contested")).toBeUndefined();
    });
    expect(await config("acme-shared")).toMatchObject({ data: { value: "owner" } });
  });
});

describe("an object of another tool", () => {
  it("is not asked for at every look at the node, and told once", async () => {
    await kubectl("create", "configmap", "acme-foreign", "--from-literal=key=theirs");
    const before = versionOf(await config("acme-foreign"));
    const requests = await OperatorRequests.since(`${scenario.namespace}/configmaps/acme-foreign`);
    await scenario.form("stuck", {
      configMaps: [
        resource("foreign", configMap({ key: "ours" })),
        resource("own", configMap({ key: "ours" })),
        resource("needs-it", configMap(), { dependIds: ["foreign"] }),
      ],
    });
    await eventually(async () => {
      expect(await condition("acme-stuck", "Conflicted")).toMatchObject({ status: "True" });
      const { status } = await scenario.node("acme-stuck");
      expect(status).toMatchObject({ readyResources: 1, conflictedResources: 1, skippedResourceIds: ["needs-it"] });
    });
    // Each edit is put right, by one look at the node.
    for (const edit of Array.from({ length: 4 }, (_, index) => `edit-${index}`)) {
      await kubectl("patch", "configmap", "acme-own", "--type=merge", "-p", JSON.stringify({ data: { key: edit } }));
      await eventually(async () => {
        expect(await config("acme-own")).toMatchObject({ data: { key: "ours" } });
      });
    }
    // One look is an attempt to create and a read; a minute has place for three of them, at 0, 10 and 30 s.
    const asked = (await requests.made()).length;
    expect(asked).toBeLessThanOrEqual(2 * Math.max(3, requests.mostAttempts()));
    await eventually(async () => {
      expect(await scenario.events("acme-stuck", "ResourceConflict")).toMatchObject([{ type: "Warning", count: 1 }]);
    });
    expect(versionOf(await config("acme-foreign"))).toEqual(before);
  });

  it("that another node left behind is not taken up, and told whose it was", async () => {
    const left = (data: string) => ({
      configMaps: [resource("left", configMap({ key: data }), { deletionPolicy: "Retain" })],
    });
    await scenario.form("leaver", left("same"));
    await scenario.ready("acme-leaver");
    await kubectl("delete", "lynqform", "leaver");
    await eventually(async () => {
      expect((await config("acme-left")).metadata.labels).toEqual({ "lynq.sh/orphaned": "true" });
    });
    const before = versionOf(await config("acme-left"));
    await scenario.form("taker", left("same"));
    await eventually(async () => {
      expect((await condition("acme-taker", "Conflicted"))?.message).toContain(
        `LynqNode ${scenario.namespace}/acme-leaver, which left it behind`,
      );
    });
    await scenario.afterSyncs();
    expect(versionOf(await config("acme-left"))).toEqual(before);
    await kubectl("delete", "lynqform", "taker");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "acme-taker");
    expect(versionOf(await config("acme-left"))).toEqual(before);
  });

  it.each(["apply", "merge", "replace"])(
    "%s: that is taken by force from its controller keeps that controller, through later changes, too",
    async patchStrategy => {
      const name = `acme-controlled-${patchStrategy}`;
      await kubectl("create", "configmap", `owner-${patchStrategy}`);
      const { uid } = (await config(`owner-${patchStrategy}`)).metadata;
      const controller = { apiVersion: "v1", kind: "ConfigMap", name: `owner-${patchStrategy}`, uid, controller: true };
      await scenario.apply({
        ...configMap({ key: "theirs" }),
        metadata: { name, ownerReferences: [controller] },
      });
      const form = (key: string, deletionPolicy: string) =>
        scenario.form(`forced-${patchStrategy}`, {
          configMaps: [
            {
              id: "config",
              nameTemplate: `{{ .uid }}-controlled-${patchStrategy}`,
              conflictPolicy: "Force",
              patchStrategy,
              deletionPolicy,
              spec: configMap({ key }),
            },
          ],
        });
      const owners = async () => ((await config(name)).metadata.ownerReferences ?? []).map(owner => owner.kind).sort();
      await form("first", "Delete");
      await eventually(async () => {
        expect(await config(name)).toMatchObject({ data: { key: "first" } });
        expect(await owners()).toEqual(["ConfigMap", "LynqNode"]);
      });
      await form("second", "Delete");
      await eventually(async () => {
        expect(await config(name)).toMatchObject({ data: { key: "second" } });
        expect(await owners()).toEqual(["ConfigMap", "LynqNode"]);
      });
      await form("third", "Retain");
      await eventually(async () => {
        expect(await config(name)).toMatchObject({ data: { key: "third" } });
        expect(await owners()).toEqual(["ConfigMap"]);
      });
      await scenario.ready(`acme-forced-${patchStrategy}`);
      // What is left behind is still owned by who owned it.
      await kubectl("delete", "lynqform", `forced-${patchStrategy}`);
      await eventually(async () => {
        expect((await config(name)).metadata.labels).toMatchObject({ "lynq.sh/orphaned": "true" });
      });
      expect(await owners()).toEqual(["ConfigMap"]);
    },
  );
});

describe("an object that is made once", () => {
  it("follows a changed deletionPolicy on the live object, in both directions, and nothing else of it", async () => {
    const form = (deletionPolicy: string, word: string) =>
      scenario.form("once", {
        jobs: [resource("init", job(["echo", word]), { creationPolicy: "Once", deletionPolicy })],
        configMaps: [resource("word", configMap({ word }))],
      });
    const init = () => scenario.get("batch/v1", "Job", "acme-init");
    await form("Delete", "one");
    await scenario.ready("acme-once");
    const { metadata, ...body } = await init();
    expect(metadata.ownerReferences).toMatchObject([{ kind: "LynqNode", name: "acme-once", controller: true }]);
    await kubectl("label", "job", "acme-init", "mine=too");

    await form("Retain", "two");
    await eventually(async () => {
      const kept = (await init()).metadata;
      expect(kept.annotations).toMatchObject({ "lynq.sh/deletion-policy": "Retain" });
      expect(kept.ownerReferences).toBeUndefined();
    });
    const { metadata: after, ...same } = await init();
    expect(same).toEqual(body);
    expect(after).toMatchObject({ uid: metadata.uid, generation: metadata.generation, labels: { mine: "too" } });
    await scenario.ready("acme-once");
    await scenario.afterSyncs();
    // It comes to rest.
    const { resourceVersion } = (await init()).metadata;
    await form("Retain", "three");
    await eventually(async () => {
      expect(await config("acme-word")).toMatchObject({ data: { word: "three" } });
    });
    expect((await init()).metadata.resourceVersion).toBe(resourceVersion);

    await form("Delete", "four");
    await eventually(async () => {
      const back = (await init()).metadata;
      expect(back.annotations).toMatchObject({ "lynq.sh/deletion-policy": "Delete" });
      expect(back.ownerReferences).toMatchObject([{ kind: "LynqNode", name: "acme-once" }]);
    });
    await kubectl("delete", "lynqform", "once");
    await scenario.gone("batch/v1", "Job", "acme-init");
  });
});

describe("ignoreFields", () => {
  const SCALE = "horizontal-pod-autoscaler";
  const app = () => scenario.get("apps/v1", "Deployment", "acme-scaled");
  const form = (image: string, ignoreFields: string[]) =>
    scenario.form("scaled", {
      deployments: [
        { id: "app", nameTemplate: "{{ .uid }}-scaled", ignoreFields, spec: deployment({ replicas: 2 }, image) },
      ],
    });
  const ownersOf = (object: KubernetesObject, field: string) =>
    (object.metadata.managedFields ?? [])
      .filter(({ fieldsV1 }) => {
        const spec = isPlainObject(fieldsV1) ? fieldsV1["f:spec"] : undefined;
        return isPlainObject(spec) && Object.hasOwn(spec, `f:${field}`);
      })
      .map(({ manager, subresource }) => (subresource === undefined ? manager : `${manager ?? ""}/${subresource}`));

  it("give the field to whoever sets it: an autoscaler owns replicas alone after the next change of ours", async () => {
    await form("nginx:1.27", ["$.spec.replicas"]);
    await scenario.ready("acme-scaled");
    expect(ownersOf(await app(), "replicas")).toEqual(["lynq"]);
    for (const replicas of [5, 3, 6, 4, 7]) {
      const patch = JSON.stringify({ spec: { replicas } });
      const args = ["patch", "deployment", "acme-scaled", "--subresource=scale", "--type=merge", "--patch", patch];
      await kubectl(...args, `--field-manager=${SCALE}`);
    }
    await form("nginx:1.28", ["$.spec.replicas"]);
    await eventually(async () => {
      expect(await app()).toMatchObject({
        spec: { replicas: 7, template: { spec: { containers: [{ image: "nginx:1.28" }] } } },
      });
    });
    expect(ownersOf(await app(), "replicas")).toEqual([`${SCALE}/scale`]);
    const node = await scenario.ready("acme-scaled");
    expect(node.status).toMatchObject({ conflictedResources: 0 });
    // What it does from now on is no drift: it costs nothing.
    const requests = await OperatorRequests.since(`${scenario.namespace}/deployments/acme-scaled`);
    for (const replicas of [2, 8]) {
      const patch = JSON.stringify({ spec: { replicas } });
      const args = ["patch", "deployment", "acme-scaled", "--subresource=scale", "--type=merge", "--patch", patch];
      await kubectl(...args, `--field-manager=${SCALE}`);
    }
    await scenario.afterSyncs();
    expect(await requests.made()).toEqual([]);
    expect(await app()).toMatchObject({ spec: { replicas: 8 } });
  });

  it("that match nothing are told, once a path", async () => {
    await form("nginx:1.29", ["$.spec.replicsa", "$.spec.replicas", "$.spec.revisionHistoryLimit"]);
    await eventually(async () => {
      expect(await scenario.events("acme-scaled", "IgnoreFieldsMatchNothing")).toEqual([
        {
          type: "Warning",
          reason: "IgnoreFieldsMatchNothing",
          message:
            'ignoreFields "$.spec.replicsa" of resource app matches nothing in Deployment acme-scaled: ' +
            "neither the form nor the cluster has such a field; check its spelling",
          count: 1,
        },
      ]);
    });
    await form("nginx:1.30", ["$.spec.replicsa", "$.spec.replicas", "$.spec.revisionHistoryLimit"]);
    await eventually(async () => {
      expect(await app()).toMatchObject({ spec: { template: { spec: { containers: [{ image: "nginx:1.30" }] } } } });
    });
    await scenario.ready("acme-scaled");
    await scenario.afterSyncs();
    expect(await scenario.events("acme-scaled", "IgnoreFieldsMatchNothing")).toMatchObject([{ count: 1 }]);
  });
});

describe("a write that the API server refuses", () => {
  it("is not asked for at every look at the node, and told once; a wish tries it at once, a better row ends it", async () => {
    const service = { apiVersion: "v1", kind: "Service", spec: { ports: [{ port: "{{ .port }}" }] } };
    await scenario.form("refused", {
      services: [resource("svc", service)],
      configMaps: [resource("beside", configMap({ key: "ours" }))],
    });
    await scenario.ready("acme-refused");
    const requests = await OperatorRequests.since(`${scenario.namespace}/services/acme-svc`);
    const asked = async () => (await requests.writes()).length;
    await scenario.sql("UPDATE nodes SET port = 99999");
    await eventually(async () => {
      const stalled = await condition("acme-refused", "Stalled");
      expect(stalled).toMatchObject({ status: "True", reason: "ResourcesFailed" });
      expect(stalled?.message).toMatch(
        /spec.ports\[0\].port: Invalid value: 99999.*; what is refused is tried again after 10 s, then ever less often, every 5 minutes at most; `lynq reconcile` tries it at once$/,
      );
    });
    for (const edit of Array.from({ length: 4 }, (_, index) => `edit-${index}`)) {
      await kubectl("patch", "configmap", "acme-beside", "--type=merge", "-p", JSON.stringify({ data: { key: edit } }));
      await eventually(async () => {
        expect(await config("acme-beside")).toMatchObject({ data: { key: "ours" } });
      });
    }
    // A minute has place for three, at 0, 10 and 30 s.
    const before = await asked();
    expect(before).toBeLessThanOrEqual(Math.max(3, requests.mostAttempts()));
    await kubectl("annotate", "lynqnode", "acme-refused", "lynq.sh/reconcile-at=now");
    await eventually(async () => {
      expect((await scenario.node("acme-refused")).status?.lastHandledReconcileAt).toBe("now");
    });
    expect(await asked()).toBeGreaterThan(before);
    await eventually(async () => {
      expect(await scenario.events("acme-refused", "ApplyFailed")).toMatchObject([{ type: "Warning", count: 1 }]);
    });
    await scenario.sql("UPDATE nodes SET port = 81");
    await eventually(async () => {
      expect(await scenario.get("v1", "Service", "acme-svc")).toMatchObject({ spec: { ports: [{ port: 81 }] } });
    });
    await scenario.ready("acme-refused");
  });
});
