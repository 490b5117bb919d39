import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type LynqNodeObject, resourceListNames } from "../../crds";
import { findCondition } from "../../lib/status";
import { configMap, deployment, job, namespace, persistentVolumeClaim, service } from "../environment/bodies";
import { installCustomKind } from "../environment/custom-kind";
import { eventually } from "../environment/eventually";
import { type Manifest, Scenario } from "../environment/scenario";

const containers = [{ name: "app", image: "nginx:1.27" }];
const template = { spec: { containers } };

/** A resource called `acme-<id>` for the row acme. */
const resource = (id: string, spec: Manifest, more: Record<string, unknown> = {}) => ({
  id,
  nameTemplate: `{{ .uid }}-${id}`,
  spec,
  ...more,
});

/** One of each list; `group` is the API group of the custom kind, `elsewhere` the template of the namespace that the form makes. */
function everyList(group: string, elsewhere: string): Record<string, unknown[]> {
  const clusterRole: Manifest = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
  };
  const widget: Manifest = { apiVersion: `${group}/v1`, kind: "Widget", spec: { size: "{{ .size }}" } };
  // Nobody serves ingresses or metrics here.
  const unready = { waitForReady: false };
  return {
    serviceAccounts: [resource("sa", { apiVersion: "v1", kind: "ServiceAccount" })],
    deployments: [resource("deploy", deployment())],
    statefulSets: [
      resource("sts", {
        apiVersion: "apps/v1",
        kind: "StatefulSet",
        spec: { serviceName: "{{ .uid }}-svc", template },
      }),
    ],
    daemonSets: [resource("ds", { apiVersion: "apps/v1", kind: "DaemonSet", spec: { template } })],
    services: [resource("svc", service())],
    ingresses: [
      resource(
        "ing",
        {
          apiVersion: "networking.k8s.io/v1",
          kind: "Ingress",
          spec: { defaultBackend: { service: { name: "{{ .uid }}-svc", port: { number: 80 } } } },
        },
        unready,
      ),
    ],
    configMaps: [
      resource("cm", configMap()),
      resource("cm-kept", configMap(), { deletionPolicy: "Retain" }),
      resource("cm-away", configMap(), { targetNamespace: elsewhere, dependIds: ["ns"] }),
    ],
    secrets: [resource("secret", { apiVersion: "v1", kind: "Secret", stringData: { uid: "{{ .uid }}" } })],
    persistentVolumeClaims: [resource("pvc", persistentVolumeClaim())],
    jobs: [resource("job", job())],
    cronJobs: [
      resource("cron", {
        apiVersion: "batch/v1",
        kind: "CronJob",
        spec: {
          schedule: "0 0 1 1 *",
          jobTemplate: { spec: { template: { spec: { restartPolicy: "Never", containers } } } },
        },
      }),
    ],
    podDisruptionBudgets: [
      resource("pdb", {
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        spec: { maxUnavailable: 1, selector: { matchLabels: { "lynq.sh/uid": "{{ .uid }}" } } },
      }),
    ],
    networkPolicies: [
      resource("netpol", {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        spec: { podSelector: {}, policyTypes: ["Ingress"] },
      }),
    ],
    horizontalPodAutoscalers: [
      resource(
        "hpa",
        {
          apiVersion: "autoscaling/v2",
          kind: "HorizontalPodAutoscaler",
          spec: {
            maxReplicas: 3,
            scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "{{ .uid }}-deploy" },
          },
        },
        unready,
      ),
    ],
    namespaces: [{ id: "ns", nameTemplate: elsewhere, spec: namespace() }],
    manifests: [{ id: "role", nameTemplate: `${elsewhere}-role`, spec: clusterRole }, resource("widget", widget)],
  };
}

describe("a form with every list", () => {
  let scenario: Scenario;
  let elsewhere: string;

  beforeAll(async () => {
    scenario = await Scenario.open("kinds");
    elsewhere = `${scenario.namespace}-acme`;
    scenario.owns(elsewhere);
    await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, size INT)");
    await scenario.sql("INSERT INTO nodes VALUES ('acme', 1, 3)");
    await scenario.hub({ extra: { size: "size" } });
    await scenario.form("all", everyList(`${scenario.namespace}.example.com`, `${scenario.namespace}-{{ .uid }}`));
  });

  afterAll(async () => {
    await scenario.close();
    await scenario.kubectl(["delete", "crd", `widgets.${scenario.namespace}.example.com`, "--ignore-not-found"]);
  });

  /** The objects that the node says it has made, as they are now. */
  const objectsOf = (node: LynqNodeObject) =>
    Promise.all(
      (node.status?.inventory ?? []).map(async entry => ({
        entry,
        object: await scenario.get(entry.apiVersion, entry.kind, entry.name, entry.namespace),
      })),
    );

  it("uses all 16 lists", () => {
    expect(Object.keys(everyList("g", "e")).sort()).toEqual([...resourceListNames].sort());
  });

  it("makes everything whose kind there is, and reports the one whose kind is missing", async () => {
    await eventually(async () => {
      const { status } = await scenario.node("acme-all");
      expect(status).toMatchObject({ desiredResources: 19, readyResources: 18, failedResources: 1 });
      const ready = findCondition(status?.conditions, "Ready");
      expect(ready).toMatchObject({ status: "False", reason: "ResourcesFailed" });
      expect(ready?.message).toContain(
        `this cluster does not serve Widget of ${scenario.namespace}.example.com/v1; install its CustomResourceDefinition`,
      );
      expect(findCondition(status?.conditions, "Degraded")).toMatchObject({
        status: "True",
        reason: "ResourceFailures",
      });
    });
    await eventually(async () => {
      expect(await scenario.events("acme-all", "KindNotServed")).toEqual([
        expect.objectContaining({ type: "Warning", count: 1 }),
      ]);
    });
  });

  it("heals by itself when the kind appears", async () => {
    const before = await objectsOf(await scenario.node("acme-all"));
    const kind = await installCustomKind(scenario);
    const node = await scenario.ready("acme-all");
    expect(node.status).toMatchObject({ desiredResources: 19, readyResources: 19, failedResources: 0 });
    expect(await scenario.get(kind.apiVersion, kind.kind, "acme-widget")).toMatchObject({ spec: { size: 3 } });
    const uids = new Map((await objectsOf(node)).map(({ entry, object }) => [entry.id, object.metadata.uid]));
    for (const { entry, object } of before) expect(uids.get(entry.id)).toBe(object.metadata.uid);
  });

  it("follows the row in the custom kind, too, and heals it by watch", async () => {
    const apiVersion = `${scenario.namespace}.example.com/v1`;
    await scenario.sql("UPDATE nodes SET size = 4");
    const { uid } = await eventually(async () => {
      const widget = await scenario.get(apiVersion, "Widget", "acme-widget");
      expect(widget).toMatchObject({ spec: { size: 4 } });
      return widget.metadata;
    });
    await scenario.kubectl(["delete", `widgets.${scenario.namespace}.example.com`, "acme-widget"]);
    await eventually(async () => {
      const widget = await scenario.get(apiVersion, "Widget", "acme-widget");
      expect(widget.metadata.uid).not.toBe(uid);
      expect(widget).toMatchObject({ spec: { size: 4 } });
    });
    await scenario.ready("acme-all");
  });

  it("names every object as Kind/namespace/name@id", async () => {
    const { status } = await scenario.ready("acme-all");
    const here = scenario.namespace;
    expect(status?.appliedResources).toEqual([
      `ClusterRole//${elsewhere}-role@role`,
      `ConfigMap/${elsewhere}/acme-cm-away@cm-away`,
      `ConfigMap/${here}/acme-cm-kept@cm-kept`,
      `ConfigMap/${here}/acme-cm@cm`,
      `CronJob/${here}/acme-cron@cron`,
      `DaemonSet/${here}/acme-ds@ds`,
      `Deployment/${here}/acme-deploy@deploy`,
      `HorizontalPodAutoscaler/${here}/acme-hpa@hpa`,
      `Ingress/${here}/acme-ing@ing`,
      `Job/${here}/acme-job@job`,
      `Namespace//${elsewhere}@ns`,
      `NetworkPolicy/${here}/acme-netpol@netpol`,
      `PersistentVolumeClaim/${here}/acme-pvc@pvc`,
      `PodDisruptionBudget/${here}/acme-pdb@pdb`,
      `Secret/${here}/acme-secret@secret`,
      `Service/${here}/acme-svc@svc`,
      `ServiceAccount/${here}/acme-sa@sa`,
      `StatefulSet/${here}/acme-sts@sts`,
      `Widget/${here}/acme-widget@widget`,
    ]);
  });

  it("labels every object, and owns those that garbage collection may take", async () => {
    const node = await scenario.ready("acme-all");
    const { namespace: here, name = "", uid } = node.metadata;
    for (const { entry, object } of await objectsOf(node)) {
      expect(object.metadata.labels).toMatchObject({
        "lynq.sh/hub": "hub",
        "lynq.sh/form": "all",
        "lynq.sh/uid": "acme",
        "lynq.sh/node": "acme-all",
        "lynq.sh/node-namespace": here,
      });
      const collected = object.metadata.namespace === here && entry.deletionPolicy === "Delete";
      expect([entry.id, object.metadata.ownerReferences ?? []]).toEqual([
        entry.id,
        collected
          ? [
              {
                apiVersion: "operator.lynq.sh/v1",
                kind: "LynqNode",
                name,
                uid,
                controller: true,
                blockOwnerDeletion: true,
              },
            ]
          : [],
      ]);
    }
    const withoutOwner = (await objectsOf(node)).flatMap(({ entry, object }) =>
      (object.metadata.ownerReferences ?? []).length === 0 ? [entry.id] : [],
    );
    expect(withoutOwner.sort()).toEqual(["cm-away", "cm-kept", "ns", "role"]);
  });

  it("is cleaned up with the row: cluster-scoped, in other namespaces and of custom kinds alike", async () => {
    const node = await scenario.ready("acme-all");
    const kept = (await scenario.get("v1", "ConfigMap", "acme-cm-kept")).metadata.uid;
    await scenario.sql("DELETE FROM nodes");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "acme-all");
    for (const entry of node.status?.inventory ?? []) {
      if (entry.id === "cm-kept") continue;
      await scenario.gone(entry.apiVersion, entry.kind, entry.name, entry.namespace);
    }
    const { metadata } = await scenario.get("v1", "ConfigMap", "acme-cm-kept");
    expect([metadata.uid, metadata.labels]).toEqual([kept, { "lynq.sh/orphaned": "true" }]);
  });
});

describe("a custom kind that goes away under a running node", () => {
  let scenario: Scenario;

  beforeAll(async () => {
    scenario = await Scenario.open("lost-kind");
  });

  afterAll(() => scenario.close());

  it("hinders neither the other resources nor the end of the node", async () => {
    const kind = await installCustomKind(scenario);
    await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, size INT)");
    await scenario.sql("INSERT INTO nodes VALUES ('acme', 1, 3)");
    await scenario.hub({ extra: { size: "size" } });
    await scenario.form("form", {
      configMaps: [resource("cm", configMap({ size: "{{ .size }}" }))],
      manifests: [resource("widget", kind.body({ size: "{{ .size }}" }))],
    });
    await scenario.ready("acme-form");
    const { uid } = (await scenario.get("v1", "ConfigMap", "acme-cm")).metadata;
    await kind.remove();
    await scenario.sql("UPDATE nodes SET size = 4");
    await eventually(async () => {
      expect(await scenario.get("v1", "ConfigMap", "acme-cm")).toMatchObject({
        metadata: { uid },
        data: { size: "4" },
      });
    });
    await eventually(async () => {
      const { status } = await scenario.node("acme-form");
      expect(findCondition(status?.conditions, "Ready")?.message).toContain("does not serve Widget");
    });
    await scenario.sql("DELETE FROM nodes");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "acme-form");
    await scenario.gone("v1", "ConfigMap", "acme-cm");
  });
});
