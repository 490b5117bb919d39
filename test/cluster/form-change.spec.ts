import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type KubernetesObject } from "../../lib/blueprint/object";
import { toForm } from "../../lib/controllers/kinds";
import { configMap, deployment, namespace, service } from "../environment/bodies";
import { type CustomKind, installCustomKind } from "../environment/custom-kind";
import { eventually } from "../environment/eventually";
import { held, releasePods } from "../environment/held-pods";
import { type Manifest, Scenario } from "../environment/scenario";

describe("a form that changes under running nodes", () => {
  let scenario: Scenario;
  let widgets: CustomKind;

  /** Waits until the newest content of a form is what its nodes have applied, and the form says so. */
  const rolledOut = async (form: string) => {
    await scenario.applied(form);
    await eventually(async () => {
      const { conditions } = (await scenario.formObject(form)).status ?? {};
      expect(conditions?.find(({ type }) => type === "Applied")).toMatchObject({ status: "True" });
    });
  };
  const data = async (name: string) => (await scenario.get("v1", "ConfigMap", name))["data"];
  const versionOf = ({ metadata: { uid, resourceVersion } }: KubernetesObject) => ({ uid, resourceVersion });

  beforeAll(async () => {
    scenario = await Scenario.open("form-change");
    widgets = await installCustomKind(scenario);
    await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, plan VARCHAR(20))");
    await scenario.sql("INSERT INTO nodes VALUES ('a', 1, 'basic'), ('b', 1, 'basic'), ('c', 1, 'pro')");
    await scenario.hub({ extra: { plan: "plan" } });
  });

  afterAll(async () => {
    await scenario.close();
    await widgets.remove();
  });

  it("reaches every node", async () => {
    const form = (release: string) =>
      scenario.form("spread", {
        configMaps: [{ id: "config", nameTemplate: "{{ .uid }}-spread", spec: configMap({ release }) }],
      });
    await form("1");
    for (const row of ["a", "b", "c"]) await scenario.ready(`${row}-spread`);
    await form("2");
    for (const row of ["a", "b", "c"]) {
      await eventually(async () => {
        expect(await data(`${row}-spread`)).toEqual({ release: "2" });
      });
    }
    await rolledOut("spread");
    await eventually(async () => {
      expect((await scenario.formObject("spread")).status).toMatchObject({ totalNodes: 3, readyNodes: 3 });
    });
  });

  it("prunes what it drops, of every kind, in templated namespaces, however it is named; the rest stays untouched", async () => {
    const theirs = (row: string) => `${scenario.namespace}-${row}`;
    scenario.owns(...["a", "b", "c"].map(theirs));
    const place = { nameTemplate: "{{ .uid }}-pruned", namespaceTemplate: `${scenario.namespace}-{{ .uid }}` };
    const kept = {
      namespaces: [{ id: "ns", nameTemplate: `${scenario.namespace}-{{ .uid }}`, spec: namespace() }],
      deployments: [{ id: "app", ...place, dependIds: ["ns"], spec: deployment() }],
    };
    const matchLabels = { "lynq.sh/uid": "{{ .uid }}" };
    const dropped: [string, string, string][] = [
      ["autoscaling/v2", "HorizontalPodAutoscaler", "a-pruned"],
      ["policy/v1", "PodDisruptionBudget", "a-pruned"],
      ["networking.k8s.io/v1", "NetworkPolicy", "a-pruned"],
      ["v1", "ConfigMap", "a-by-body"],
      [widgets.apiVersion, "Widget", "a-pruned"],
      ["rbac.authorization.k8s.io/v1", "ClusterRole", `${scenario.namespace}-a`],
    ];
    await scenario.form("dropping", {
      ...kept,
      horizontalPodAutoscalers: [
        {
          id: "hpa",
          ...place,
          dependIds: ["app"],
          spec: {
            apiVersion: "autoscaling/v2",
            kind: "HorizontalPodAutoscaler",
            spec: {
              maxReplicas: 3,
              scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "{{ .uid }}-pruned" },
            },
          },
        },
      ],
      podDisruptionBudgets: [
        {
          id: "pdb",
          ...place,
          dependIds: ["ns"],
          spec: {
            apiVersion: "policy/v1",
            kind: "PodDisruptionBudget",
            spec: { maxUnavailable: 1, selector: { matchLabels } },
          },
        },
      ],
      networkPolicies: [
        {
          id: "network",
          ...place,
          dependIds: ["ns"],
          spec: {
            apiVersion: "networking.k8s.io/v1",
            kind: "NetworkPolicy",
            spec: { podSelector: { matchLabels }, policyTypes: ["Ingress"] },
          },
        },
      ],
      configMaps: [
        {
          id: "by-body",
          dependIds: ["ns"],
          spec: {
            ...configMap(),
            metadata: { name: "{{ .uid }}-by-body", namespace: `${scenario.namespace}-{{ .uid }}` },
          },
        },
      ],
      manifests: [
        { id: "widget", ...place, dependIds: ["ns"], spec: widgets.body({ size: 1 }) },
        {
          id: "role",
          nameTemplate: `${scenario.namespace}-{{ .uid }}`,
          spec: { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", rules: [] },
        },
      ],
    });
    for (const row of ["a", "b", "c"]) await scenario.ready(`${row}-dropping`);
    for (const [apiVersion, kind, name] of dropped) await scenario.get(apiVersion, kind, name, theirs("a"));
    const before = versionOf(await scenario.get("apps/v1", "Deployment", "a-pruned", theirs("a")));

    await scenario.form("dropping", kept);
    for (const [apiVersion, kind, name] of dropped) await scenario.gone(apiVersion, kind, name, theirs("a"));
    await scenario.gone(widgets.apiVersion, "Widget", "c-pruned", theirs("c"));
    await rolledOut("dropping");
    expect(versionOf(await scenario.get("apps/v1", "Deployment", "a-pruned", theirs("a")))).toEqual(before);
    await eventually(async () => {
      expect((await scenario.node("a-dropping")).status?.appliedResources).toEqual([
        `Deployment/${theirs("a")}/a-pruned@app`,
        `Namespace//${theirs("a")}@ns`,
      ]);
    });
    // So that the namespaces are empty when the scenario ends.
    expect((await scenario.kubectl(["delete", "lynqform", "dropping"])).code).toBe(0);
    for (const row of ["a", "b", "c"]) await scenario.gone("operator.lynq.sh/v1", "LynqNode", `${row}-dropping`);
  });

  it("a renamed id and a moved entry delete nothing, make nothing anew, write nothing", async () => {
    const app = (id: string) => ({ id, nameTemplate: "{{ .uid }}-rename", spec: deployment() });
    const svc = (id: string, app: string) => ({
      id,
      nameTemplate: "{{ .uid }}-rename",
      dependIds: [app],
      spec: service(),
    });
    const config = (id: string) => ({ id, nameTemplate: `{{ .uid }}-rename-${id}`, spec: configMap({ id }) });
    const current = async () =>
      Promise.all([
        scenario.get("apps/v1", "Deployment", "a-rename").then(versionOf),
        scenario.get("v1", "Service", "a-rename").then(versionOf),
        ...["one", "two", "three"].map(id => scenario.get("v1", "ConfigMap", `a-rename-${id}`).then(versionOf)),
      ]);
    await scenario.form("rename", {
      deployments: [app("app")],
      services: [svc("svc", "app")],
      configMaps: [config("one"), config("two"), config("three")],
    });
    await scenario.ready("a-rename");
    await rolledOut("rename");
    const before = await current();

    await scenario.form("rename", {
      deployments: [app("web")],
      services: [svc("front", "web")],
      configMaps: [config("three"), config("one")],
      manifests: [config("two")],
    });
    await eventually(async () => {
      expect((await scenario.node("a-rename")).status?.appliedResources).toEqual([
        `ConfigMap/${scenario.namespace}/a-rename-one@one`,
        `ConfigMap/${scenario.namespace}/a-rename-three@three`,
        `ConfigMap/${scenario.namespace}/a-rename-two@two`,
        `Deployment/${scenario.namespace}/a-rename@web`,
        `Service/${scenario.namespace}/a-rename@front`,
      ]);
    });
    await rolledOut("rename");
    await scenario.afterSyncs();
    expect(await current()).toEqual(before);
  });

  it("a changed nameTemplate: the new one exists and is ready before the old one goes", async () => {
    const form = (suffix: string, pod: Record<string, unknown> = {}) => {
      const body = deployment();
      const template = { spec: { containers: [{ name: "app", image: "nginx:1.27" }], ...pod } };
      return scenario.form("renamed", {
        deployments: [
          {
            id: "app",
            nameTemplate: `{{ .uid }}-${suffix}`,
            spec: { ...body, spec: { replicas: 1, template } },
          },
        ],
      });
    };
    await form("blue");
    await scenario.ready("a-renamed");
    const blue = versionOf(await scenario.get("apps/v1", "Deployment", "a-blue"));

    await form("green", held);
    await eventually(() => scenario.get("apps/v1", "Deployment", "a-green"));
    await eventually(async () => {
      expect((await scenario.node("a-renamed")).status).toMatchObject({ desiredResources: 1, readyResources: 0 });
    });
    await scenario.afterSyncs();
    expect(versionOf(await scenario.get("apps/v1", "Deployment", "a-blue"))).toEqual(blue);

    await releasePods(scenario, "a-green");
    await scenario.gone("apps/v1", "Deployment", "a-blue");
    expect(await scenario.get("apps/v1", "Deployment", "a-green")).toMatchObject({ status: { readyReplicas: 1 } });
    await scenario.ready("a-renamed");
  });

  describe("behind the webhook's back", () => {
    // No webhook watches over kube-system: Kubernetes' own namespaces must work without us. The objects are in the scenario's namespace.
    const inKubeSystem = async (args: string[], manifest?: Manifest) => {
      const input = manifest === undefined ? undefined : JSON.stringify(manifest);
      const { code, stderr } = await scenario.kubectl(["--namespace=kube-system", ...args], input);
      expect([code, stderr]).toEqual([0, ""]);
    };
    const apply = (manifest: Manifest) => inKubeSystem(["apply", "-f", "-"], manifest);
    const hub = (extra: Record<string, string>) => {
      const name = scenario.namespace;
      const { host, port } = scenario.environment.details.database;
      const { name: database, user: username } = scenario.database;
      const passwordRef = { name, key: "password" };
      const mysql = { host, port, database, table: "nodes", username, passwordRef };
      return scenario.hubManifest({ name, extra, spec: { source: { type: "mysql", mysql } } });
    };
    const form = (value: string) => {
      const name = scenario.namespace;
      const targetNamespace = name;
      const listed = { id: "config", nameTemplate: "{{ .uid }}-behind", targetNamespace, spec: configMap({ value }) };
      return scenario.formManifest(name, { configMaps: [listed] }, name);
    };
    const config = () => scenario.get("v1", "ConfigMap", "a-behind");
    const valid = async () => {
      const { status } = await scenario
        .get("operator.lynq.sh/v1", "LynqForm", scenario.namespace, "kube-system")
        .then(toForm);
      return status?.conditions?.find(({ type }) => type === "Valid");
    };

    beforeAll(async () => {
      const { namespace: name, database } = scenario;
      const secret = {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name },
        stringData: { password: database.password },
      };
      for (const manifest of [secret, hub({ plan: "plan" }), form("{{ .plan }}")]) await apply(manifest);
      await eventually(async () => {
        expect(await config()).toMatchObject({ data: { value: "basic" } });
        expect(await valid()).toMatchObject({ status: "True" });
      });
    });

    afterAll(() => inKubeSystem(["delete", "lynqhub,lynqform,secret", scenario.namespace]));

    it("a form that prints a column which its hub stops mapping keeps its nodes as they are, and says so", async () => {
      const before = versionOf(await config());
      await apply(hub({}));
      await eventually(async () => {
        expect(await valid()).toMatchObject({ status: "False" });
        expect((await valid())?.message).toContain("plan");
        const [node] = await scenario.list(
          "operator.lynq.sh/v1",
          "LynqNode",
          `lynq.sh/hub=${scenario.namespace}`,
          "kube-system",
        );
        expect(node?.["status"]).toMatchObject({ failedResources: 1, readyResources: 0 });
      });
      await scenario.afterSyncs();
      expect(versionOf(await config())).toEqual(before);

      await apply(hub({ plan: "plan" }));
      await eventually(async () => {
        expect(await valid()).toMatchObject({ status: "True" });
      });
      expect(versionOf(await config())).toEqual(before);
    });

    it("a form that is broken keeps its nodes as they are, and says where it is broken", async () => {
      await apply(form("right"));
      await eventually(async () => {
        expect(await config()).toMatchObject({ data: { value: "right" } });
      });
      const before = versionOf(await config());

      await apply(form("{{ .uid | nonsense }}"));
      await eventually(async () => {
        expect(await valid()).toMatchObject({ status: "False" });
        expect((await valid())?.message).toMatch(/spec\.configMaps\[0\]\.spec\.data\.value.*nonsense/);
      });
      await scenario.afterSyncs();
      await scenario.afterSyncs();
      expect(versionOf(await config())).toEqual(before);

      // The node goes on with the last content that worked: it heals what is deleted.
      await scenario.kubectl(["delete", "configmap", "a-behind"]);
      await eventually(async () => {
        expect(await config()).toMatchObject({ data: { value: "right" } });
      });

      await apply(form("repaired"));
      await eventually(async () => {
        expect(await config()).toMatchObject({ data: { value: "repaired" } });
      });
    });
  });
});
