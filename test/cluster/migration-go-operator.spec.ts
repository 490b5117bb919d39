import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { configMap, namespace, persistentVolumeClaim, service } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { type Manifest, Scenario } from "../environment/scenario";
import { StackState } from "../environment/stack-state";

/**
 * Nodes and objects exactly as the Go operator (v1.1.20) leaves them when it is stopped: two tables rows long ago, `acme` runs, `gone` was deleted while
 * no operator ran, and `back` was off and is on again.
 */
describe("what the Go operator has made", () => {
  let scenario: Scenario;
  /** Where it put objects of other namespaces. */
  let far: string;
  let space: string;
  let role: string;
  let nodeUid: string;
  let before: StackState;

  const LEGACY = ["apply", "--server-side", "--field-manager=lynq-operator", "-f", "-"];
  /** Its `merge` and `replace` go by the name of its binary. */
  const MANAGER = ["create", "--field-manager=manager", "-f", "-"];

  async function kubectl(args: readonly string[], manifest: Manifest, into = scenario.namespace): Promise<void> {
    const { code, stderr } = await scenario.kubectl([`--namespace=${into}`, ...args], JSON.stringify(manifest));
    if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr.trim()}`);
  }
  const notes = (deletionPolicy: string, more: Record<string, string> = {}) => ({
    "lynq.sh/applied-hash": "fe6114e10b32323d",
    "lynq.sh/apply-start-time": "2026-01-01T00:00:00.03939381Z",
    "lynq.sh/deletion-policy": deletionPolicy,
    ...more,
  });
  const owned = () => [
    {
      apiVersion: "operator.lynq.sh/v1",
      kind: "LynqNode",
      name: "acme-web",
      uid: nodeUid,
      controller: true,
      blockOwnerDeletion: true,
    },
  ];
  const tracked = (node = "acme-web") => ({ "lynq.sh/node": node, "lynq.sh/node-namespace": scenario.namespace });
  const legacyNode = async (uid: string, finalizers: readonly string[]): Promise<string> => {
    // Its copy of the form is pruned by our CRD, as it is when the API server reads what is stored.
    await kubectl(["create", "--validate=ignore", "--field-manager=manager", "-f", "-"], {
      apiVersion: "operator.lynq.sh/v1",
      kind: "LynqNode",
      metadata: {
        name: `${uid}-web`,
        labels: { "lynq.sh/hub": "legacy", "lynq.sh/uid": uid },
        annotations: {
          "lynq.sh/activate": "1",
          "lynq.sh/extra": `{"text":"first","token":"s3cr3t-${uid}"}`,
          "lynq.sh/hostOrUrl": "",
          "lynq.sh/hubId": "legacy",
          "lynq.sh/rollout-update-start": "2026-01-01T00:00:00Z",
          "lynq.sh/template-generation": "1",
        },
        finalizers,
      },
      spec: { uid, templateRef: "web", configMaps: [{ id: "config", spec: configMap() }] },
    });
    return (await scenario.node(`${uid}-web`)).metadata.uid ?? "";
  };

  const pods = {
    replicas: 2,
    selector: { matchLabels: { app: "acme" } },
    template: {
      metadata: { labels: { app: "acme" } },
      spec: { containers: [{ name: "app", image: "nginx:1.27" }] },
    },
  };
  const references = [
    ["apps/v1", "Deployment", "acme-app"],
    ["v1", "Service", "acme-svc"],
    ["v1", "ConfigMap", "acme-once"],
    ["v1", "ConfigMap", "acme-merged"],
    ["v1", "PersistentVolumeClaim", "acme-data"],
    ["v1", "ConfigMap", "back-kept"],
  ] as const;
  const stack = () => StackState.read(scenario, scenario.namespace, references);
  const clusterRole = () => scenario.get("rbac.authorization.k8s.io/v1", "ClusterRole", role);

  beforeAll(async () => {
    scenario = await Scenario.open("migration-go");
    far = `${scenario.namespace}-far`;
    space = `${scenario.namespace}-space`;
    role = `${scenario.namespace}-acme`;
    scenario.owns(space);
    await scenario.createNamespace(far);
    await scenario.sql(
      "CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, text VARCHAR(20), token VARCHAR(20))",
    );
    await scenario.sql(
      "INSERT INTO nodes VALUES ('acme', 1, 'first', 's3cr3t-acme'), ('back', 1, 'first', 's3cr3t-back')",
    );
    nodeUid = await legacyNode("acme", ["lynqnode.operator.lynq.sh/finalizer"]);
    await legacyNode("gone", ["lynqnode.operator.lynq.sh/finalizer"]);

    const deployment = { apiVersion: "apps/v1", kind: "Deployment", spec: pods };
    const metadata = (name: string, policy: string, more: Record<string, unknown> = {}) => ({
      name,
      annotations: notes(policy),
      ...more,
    });
    await kubectl(LEGACY, {
      ...deployment,
      metadata: metadata("acme-app", "Delete", { ownerReferences: owned(), labels: { team: "blue" } }),
    });
    await kubectl(MANAGER, {
      ...service(),
      spec: { selector: { app: "acme" }, ports: [{ port: 80 }] },
      metadata: metadata("acme-svc", "Delete", { ownerReferences: owned() }),
    });
    await kubectl(LEGACY, {
      ...configMap({ text: "at first" }),
      metadata: {
        name: "acme-once",
        annotations: notes("Delete", { "lynq.sh/created-once": "true" }),
        ownerReferences: owned(),
      },
    });
    // Merged while the policy was Delete; the form says Retain since, and the owner reference has stayed.
    await kubectl(MANAGER, {
      ...configMap({ text: "first" }),
      metadata: metadata("acme-merged", "Retain", { ownerReferences: owned() }),
    });
    await kubectl(LEGACY, {
      ...persistentVolumeClaim(),
      metadata: metadata("acme-data", "Retain", { labels: tracked() }),
    });
    await kubectl(LEGACY, { ...namespace(), metadata: metadata(space, "Delete", { labels: tracked() }) });
    await kubectl(LEGACY, {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      rules: [],
      metadata: metadata(role, "Delete", { ownerReferences: owned() }),
    });
    for (const uid of ["acme", "gone"]) {
      const labels = tracked(`${uid}-web`);
      await kubectl(
        LEGACY,
        { ...configMap({ text: "first" }), metadata: metadata(`${uid}-far`, "Delete", { labels }) },
        far,
      );
    }
    await kubectl(LEGACY, {
      ...configMap({ text: "first" }),
      metadata: metadata("gone-kept", "Retain", { labels: tracked("gone-web") }),
    });
    await kubectl(LEGACY, {
      ...configMap({ text: "first" }),
      metadata: {
        name: "back-kept",
        labels: { "lynq.sh/orphaned": "true" },
        annotations: {
          ...notes("Retain"),
          "lynq.sh/orphaned-at": "2026-01-01T00:00:00Z",
          "lynq.sh/orphaned-reason": "LynqNodeDeleted",
        },
      },
    });
    before = await eventually(async () => {
      const now = await stack();
      expect(now.pods).toHaveLength(2);
      // Being bound is written into the claim, too.
      const claim = await scenario.get("v1", "PersistentVolumeClaim", "acme-data");
      expect(claim["status"]).toMatchObject({ phase: "Bound" });
      return now;
    });

    await scenario.form(
      "web",
      {
        deployments: [
          {
            id: "app",
            includeWhen: '{{ eq .uid "acme" }}',
            nameTemplate: "{{ .uid }}-app",
            labelsTemplate: { team: "blue" },
            spec: { apiVersion: "apps/v1", kind: "Deployment", spec: pods },
          },
        ],
        services: [
          {
            id: "svc",
            patchStrategy: "merge",
            nameTemplate: "{{ .uid }}-svc",
            spec: { ...service(), spec: { selector: { app: "{{ .uid }}" }, ports: [{ port: 80 }] } },
          },
        ],
        configMaps: [
          {
            id: "once",
            creationPolicy: "Once",
            nameTemplate: "{{ .uid }}-once",
            spec: configMap({ text: "{{ .text }}" }),
          },
          {
            id: "merged",
            deletionPolicy: "Retain",
            nameTemplate: "{{ .uid }}-merged",
            spec: configMap({ text: "{{ .text }}" }),
          },
          {
            id: "kept",
            deletionPolicy: "Retain",
            nameTemplate: "{{ .uid }}-kept",
            spec: configMap({ text: "{{ .text }}" }),
          },
          {
            id: "far",
            nameTemplate: "{{ .uid }}-far",
            targetNamespace: far,
            spec: configMap({ text: "{{ .text }}" }),
          },
        ],
        persistentVolumeClaims: [
          { id: "data", deletionPolicy: "Retain", nameTemplate: "{{ .uid }}-data", spec: persistentVolumeClaim() },
        ],
        namespaces: [
          {
            id: "space",
            includeWhen: '{{ eq .uid "acme" }}',
            nameTemplate: space,
            spec: namespace(),
          },
        ],
        manifests: [
          {
            id: "role",
            nameTemplate: `${scenario.namespace}-{{ .uid }}`,
            spec: { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", rules: [] },
          },
        ],
      },
      "legacy",
    );
    // The hub comes last, as the new operator comes to what is there.
    await scenario.hub({
      name: "legacy",
      extra: { text: "text", token: "token" },
      spec: { sensitiveValues: ["token"] },
    });
  });

  afterAll(() => scenario.close());

  it("is taken over as it is: the same node, the same objects, the same pods", async () => {
    const node = await scenario.ready("acme-web");
    await scenario.ready("back-web");
    expect(node.metadata.uid).toBe(nodeUid);
    expect(node.metadata.ownerReferences).toMatchObject([{ kind: "LynqHub", name: "legacy", controller: true }]);
    expect(node.metadata.finalizers).toEqual(["lynqnode.operator.lynq.sh/finalizer"]);
    expect(node.status).toMatchObject({ desiredResources: 9, readyResources: 9, conflictedResources: 0 });
    expect((await stack()).withoutOwnership()).toEqual(before.withoutOwnership());
  });

  it("loses the row that was written on the node for everybody to read", async () => {
    const node = await eventually(async () => {
      const found = await scenario.node("acme-web");
      expect(Object.keys(found.metadata.annotations ?? {}).filter(key => key.startsWith("lynq.sh/"))).toEqual([]);
      return found;
    });
    expect(JSON.stringify(node)).not.toContain("s3cr3t");
  });

  it("is tracked as ours is, and its own notes go", async () => {
    const { objects } = await stack();
    for (const { metadata } of [
      ...objects,
      await clusterRole(),
      await scenario.get("v1", "ConfigMap", "acme-far", far),
    ]) {
      expect(metadata.labels).toMatchObject({ "lynq.sh/hub": "legacy", "lynq.sh/form": "web" });
      expect(metadata.labels).not.toHaveProperty(["lynq.sh/orphaned"]);
      expect(metadata.annotations).not.toHaveProperty(["lynq.sh/orphaned-reason"]);
      // An object that was made once is not written again.
      if (metadata.name !== "acme-once") expect(metadata.annotations).not.toHaveProperty(["lynq.sh/applied-hash"]);
    }
  });

  it("is owned by the node only where that is legal", async () => {
    const { objects } = await stack();
    const owners = [...objects, await clusterRole()].map(({ metadata: { name, ownerReferences = [] } }) => [
      name,
      ownerReferences.map(({ uid }) => uid),
    ]);
    expect(Object.fromEntries(owners)).toEqual({
      "acme-app": [nodeUid],
      "acme-svc": [nodeUid],
      "acme-once": [nodeUid],
      "acme-merged": [],
      "acme-data": [],
      "back-kept": [],
      [role]: [],
    });
  });

  it("goes with a row that was deleted while no operator ran; what is Retain stays", async () => {
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "gone-web");
    await scenario.gone("v1", "ConfigMap", "gone-far", far);
    const { metadata } = await scenario.get("v1", "ConfigMap", "gone-kept");
    expect(metadata.labels).toEqual({ "lynq.sh/orphaned": "true" });
  });

  it("heals, changes and goes like everything that Lynq makes", async () => {
    await scenario.sql("UPDATE nodes SET text = 'second'");
    await eventually(async () => {
      const data = await Promise.all(
        [["acme-merged"], ["acme-far", far], ["acme-once"]].map(
          async ([name = "", into]) => (await scenario.get("v1", "ConfigMap", name, into))["data"],
        ),
      );
      expect(data).toEqual([{ text: "second" }, { text: "second" }, { text: "at first" }]);
    });
    await scenario.sql("UPDATE nodes SET active = 0");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "acme-web");
    await scenario.gone("apps/v1", "Deployment", "acme-app");
    await scenario.gone("v1", "ConfigMap", "acme-far", far);
    await scenario.gone("v1", "ConfigMap", "acme-once");
    expect(await scenario.find("rbac.authorization.k8s.io/v1", "ClusterRole", role)).toBeUndefined();
    const { uids } = await StackState.read(scenario, scenario.namespace, references.slice(3));
    expect(uids).toEqual(before.uids.slice(3));
  });
});
