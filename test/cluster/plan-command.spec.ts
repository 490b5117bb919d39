import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NodePlan, type ObjectPlan, objectTitle } from "../../lib/plan/object-plan";
import { type PlanSummary } from "../../lib/plan/plan-summary";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { OperatorRequests } from "../environment/operator-requests";
import { runLynq } from "../environment/lynq";
import { inForce } from "../environment/rbac";
import { type Manifest, Scenario } from "../environment/scenario";

const LYNQ = /^lynq-cli/;

const resource = (id: string, spec: Manifest, more: Record<string, unknown> = {}) => ({
  id,
  nameTemplate: `{{ .uid }}-${id}`,
  spec,
  ...more,
});
const secret: Manifest = { apiVersion: "v1", kind: "Secret", stringData: { token: "{{ .token }}" } };
/** A workload with a sensitive value in its pods. */
const app = (image: string, app = "{{ .uid }}"): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  spec: {
    replicas: 2,
    selector: { matchLabels: { app } },
    template: {
      metadata: { labels: { app } },
      spec: { containers: [{ name: "app", image, env: [{ name: "URL", value: "db://u:{{ .token }}@host" }] }] },
    },
  },
});

const before = {
  configMaps: [
    resource("settings", configMap({ plan: "{{ .plan }}", tier: "one" })),
    resource("same", configMap({ plan: "{{ .plan }}" })),
    resource("old", configMap({ plan: "{{ .plan }}" })),
    resource("dropped", configMap()),
    resource("kept", configMap(), { deletionPolicy: "Retain" }),
    resource("once", configMap({ tier: "one" }), { creationPolicy: "Once" }),
  ],
  secrets: [resource("token", secret)],
  deployments: [resource("app", app("nginx:1"))],
};
const after = {
  configMaps: [
    resource("settings", configMap({ plan: "{{ .plan }}", tier: "two", extra: "{{ .token | sha256sum }}" })),
    resource("same", configMap({ plan: "{{ .plan }}" })),
    { ...resource("old", configMap({ plan: "{{ .plan }}" })), nameTemplate: "{{ .uid }}-renamed" },
    resource("new", configMap({ plan: "{{ .plan }}" })),
    resource("foreign", configMap({ plan: "{{ .plan }}" })),
    resource("once", configMap({ tier: "two" }), { creationPolicy: "Once", deletionPolicy: "Retain" }),
  ],
  secrets: [resource("token", secret)],
  deployments: [resource("app", app("nginx:2"))],
};

interface PlanDocument {
  readonly summary: PlanSummary;
  readonly nodes: readonly NodePlan[];
  readonly notes: readonly string[];
}

let scenario: Scenario;

/** The manifest of a form, as a file. */
function formFile(spec: Record<string, unknown>, name = "form"): string {
  const manifest = {
    apiVersion: "operator.lynq.sh/v1",
    kind: "LynqForm",
    metadata: { name },
    spec: { hubId: "hub", ...spec },
  };
  return JSON.stringify(manifest);
}

const lynq = (args: string[], stdin = "", KUBECONFIG = scenario.environment.details.kubeconfigPath) =>
  runLynq(scenario, ["plan", ...args], { stdin, env: { KUBECONFIG } });

async function planOf(input: string, ...args: string[]): Promise<PlanDocument & { code: number; text: string }> {
  const { code, out, err } = await lynq(["-f", "-", "-o", "json", ...args], input);
  expect(err).toBe("");
  return { ...(JSON.parse(out) as PlanDocument), code, text: out };
}

function objectsOf({ nodes }: PlanDocument, row: string): readonly ObjectPlan[] {
  return nodes.find(node => node.row === row)?.objects ?? [];
}

/** `change ConfigMap ns/a-settings`, sorted. */
function actions(objects: readonly ObjectPlan[]): string[] {
  return objects.map(object => `${object.action} ${objectTitle(object).replace(`${scenario.namespace}/`, "")}`).sort();
}

const databaseUrl = () => {
  const { user, password, name } = scenario.database;
  const { host, port } = scenario.environment.details.database;
  return `mysql://${user}:${password}@${host}:${port}/${name}`;
};

beforeAll(async () => {
  scenario = await Scenario.open("plancommand");
  await scenario.sql(
    "CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, plan VARCHAR(20), token VARCHAR(40))",
  );
  for (const row of ["a", "b", "new"]) scenario.plant(`hunter2-of-row-${row}`);
  await scenario.sql(
    "INSERT INTO nodes VALUES ('a', 1, 'basic', 'hunter2-of-row-a'), ('b', 1, 'pro', 'hunter2-of-row-b')",
  );
  await scenario.hub({ extra: { plan: "plan", token: "token" }, spec: { sensitiveValues: ["token"] } });
  await scenario.form("form", before);
  await scenario.ready("a-form");
  await scenario.ready("b-form");
  await scenario.apply({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a-foreign" },
    data: { plan: "theirs" },
  });
});

afterAll(() => scenario.close());

describe("lynq plan of a form", () => {
  it("shows for each row what would be created, changed, recreated, deleted, retained and in conflict", async () => {
    const plan = await planOf(formFile(after));
    expect(plan.nodes.map(({ row, action, node }) => [row, action, node])).toEqual([
      ["a", "update", "a-form"],
      ["b", "update", "b-form"],
    ]);
    expect(actions(objectsOf(plan, "a"))).toEqual([
      "change ConfigMap a-once",
      "change ConfigMap a-settings",
      "change Deployment a-app",
      "conflict ConfigMap a-foreign",
      "create ConfigMap a-new",
      "delete ConfigMap a-dropped",
      "delete ConfigMap a-old",
      "recreate ConfigMap a-renamed",
      "retain ConfigMap a-kept",
    ]);
    expect(actions(objectsOf(plan, "b"))).toContain("create ConfigMap b-foreign");
    expect(objectsOf(plan, "a").find(({ name }) => name === "a-renamed")?.replaces).toBe(
      `ConfigMap ${scenario.namespace}/a-old`,
    );
    expect(objectsOf(plan, "a").find(({ action }) => action === "conflict")?.message).toContain(
      `Resource conflict detected for ${scenario.namespace}/a-foreign (Kind: ConfigMap, Policy: Stuck)`,
    );
  });

  it("shows the changed leaves only, sensitive values masked", async () => {
    const plan = await planOf(formFile(after));
    const changesOf = (name: string) => objectsOf(plan, "a").find(object => object.name === name)?.changes;
    expect(changesOf("a-settings")).toEqual([
      { path: ".data.extra", change: "added", after: "***" },
      { path: ".data.tier", change: "changed", before: "one", after: "two" },
    ]);
    expect(changesOf("a-app")).toEqual([
      {
        path: '.spec.template.spec.containers[name="app"].image',
        change: "changed",
        before: "nginx:1",
        after: "nginx:2",
      },
    ]);
    expect(plan.text).not.toContain("hunter2");
  });

  it("sums up how far it reaches", async () => {
    await eventually(async () => {
      expect((await scenario.get("apps/v1", "Deployment", "a-app")).status).toMatchObject({ replicas: 2 });
      expect((await scenario.get("apps/v1", "Deployment", "b-app")).status).toMatchObject({ replicas: 2 });
    });
    const { summary } = await planOf(formFile(after));
    expect(summary).toEqual({
      rows: 2,
      rowsAffected: 2,
      nodes: { create: 0, update: 2, delete: 0, unchanged: 0 },
      heldByGuard: 0,
      objects: {
        create: 3,
        change: 6,
        recreate: 2,
        delete: 4,
        retain: 2,
        conflict: 1,
        fail: 0,
        wait: 0,
        unchanged: 4,
      },
      kinds: ["ConfigMap", "Deployment"],
      namespaces: [scenario.namespace],
      podsRestarted: 4,
    });
  });

  it("tells what only another object can have", async () => {
    const plan = await planOf(
      formFile({ ...before, deployments: [resource("app", app("nginx:1", "other"))] }),
      "--uid",
      "a",
    );
    expect(plan.code).toBe(1);
    expect(objectsOf(plan, "a")).toMatchObject([
      {
        action: "recreate",
        kind: "Deployment",
        name: "a-app",
        message: expect.stringMatching(
          /^a field of it is immutable; delete the object, and it is made anew as the form says: /,
        ),
      },
    ]);
    expect(plan.text).not.toContain("hunter2");
  });

  it("tells what would fail, for a row and in the whole", async () => {
    const broken = resource("settings", configMap({ plan: '{{ if eq .plan "pro" }}{{ fail "no pro" }}{{ end }}' }));
    const plan = await planOf(formFile({ ...before, configMaps: [broken, ...before.configMaps.slice(1)] }));
    expect(plan.code).toBe(1);
    expect(plan.summary.objects).toMatchObject({ fail: 1, change: 1 });
    expect(objectsOf(plan, "b")).toMatchObject([
      { action: "fail", id: "settings", message: expect.stringContaining("no pro") },
    ]);
  });

  it("finds nothing to do in the form as it is, and asks for no dry-run", async () => {
    const requests = await OperatorRequests.since(scenario.namespace, LYNQ);
    const plan = await planOf(formFile(before));
    expect(plan.nodes).toEqual([]);
    expect(plan.summary.objects).toMatchObject({ unchanged: 16, change: 0 });
    expect(await requests.writes()).toEqual([]);
  });

  it("makes one dry-run request for each object that is not as it would be, and no write", async () => {
    const requests = await OperatorRequests.since(scenario.namespace, LYNQ);
    const { resourceVersion } = (await scenario.get("v1", "ConfigMap", "a-settings")).metadata;
    const changed = [
      resource("settings", configMap({ plan: "x" })),
      ...before.configMaps.slice(1),
      resource("new", configMap()),
    ];
    await planOf(formFile({ ...before, configMaps: changed }));
    const made = await eventually(async () => {
      const writes = await requests.writes();
      expect(writes).toHaveLength(4);
      return writes;
    });
    expect(
      made.every(
        ({ verb, uri }) => verb === "patch" && /[?&]dryRun=All(&|$)/.test(uri) && uri.includes("fieldManager=lynq"),
      ),
    ).toBe(true);
    expect((await scenario.get("v1", "ConfigMap", "a-settings")).metadata.resourceVersion).toBe(resourceVersion);
    expect(await scenario.find("v1", "ConfigMap", "a-new")).toBeUndefined();
  });

  it("looks at one row, or at a sample that it states", async () => {
    const one = await planOf(formFile(after), "--uid", "b");
    expect(one.summary.rows).toBe(1);
    const sample = await planOf(formFile(after), "--sample", "1");
    expect(sample.summary.rows).toBe(1);
    expect(sample.notes).toContain("a sample of 1 of 2 rows");
  });

  it("plans a form that is not there yet for the rows that other nodes know", async () => {
    const plan = await planOf(formFile({ configMaps: [resource("x", configMap({ plan: "{{ .plan }}" }))] }, "second"));
    expect(plan.nodes.map(({ action, node }) => [action, node])).toEqual([
      ["create", "a-second"],
      ["create", "b-second"],
    ]);
    expect(actions(objectsOf(plan, "b"))).toEqual(["create ConfigMap b-x"]);
    expect(plan.notes.join("\n")).toContain(
      "the rows of hub hub are those that its nodes know; rows that are new, changed or gone since were not looked at (see --database-url)",
    );
  });

  it("prints it for people", async () => {
    const { out, err } = await lynq(["-f", "-", "--uid", "a"], formFile(after));
    const ns = scenario.namespace;
    expect(err).toBe("");
    for (const line of [
      "~ row a, form form: node a-form is updated",
      `  ~ ConfigMap ${ns}/a-settings`,
      '      .data.tier: "one" → "two"',
      "      .data.extra: + ***",
      `  ± ConfigMap ${ns}/a-renamed: takes the place of ConfigMap ${ns}/a-old`,
      `  - ConfigMap ${ns}/a-old`,
      `  ~ ConfigMap ${ns}/a-once`,
      `      .metadata.annotations["lynq.sh/deletion-policy"]: "Delete" → "Retain"`,
      `  o ConfigMap ${ns}/a-kept: is retained, and marked as orphaned`,
      `  + ConfigMap ${ns}/a-new`,
      `  ~ Deployment ${ns}/a-app: restarts 2 pods`,
      "1 of 1 row affected",
      "nodes: 1 updated",
      "pods restarted: 2",
    ]) {
      expect(out.split("\n")).toContain(line);
    }
    expect(out).not.toContain("hunter2");
  });

  it("says by its exit code whether anything would change", async () => {
    const changed = formFile({ ...before, configMaps: [...before.configMaps, resource("new", configMap())] });
    expect((await lynq(["-f", "-", "--exit-code"], formFile(before))).code).toBe(0);
    expect((await lynq(["-f", "-", "--exit-code"], changed)).code).toBe(2);
    expect((await lynq(["-f", "-"], changed)).code).toBe(0);
    expect((await lynq(["--nope", "--exit-code"])).code).toBe(1);
    expect((await lynq(["--nope"])).code).toBe(2);
  });

  it("plans nothing for a form that admission would refuse", async () => {
    const { code, out, err } = await lynq(
      ["-f", "-"],
      formFile({ configMaps: [resource("x", configMap({ a: "{{ nope }}" }))] }),
    );
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain("stdin:1:");
    const unknown = await lynq(["-f", "-"], formFile({ configMaps: [resource("x", configMap({ a: "{{ .nope }}" }))] }));
    expect([unknown.code, unknown.out]).toEqual([1, ""]);
    expect(unknown.err).toContain("lynq plan: form form is refused: ");
  });
});

describe("lynq plan of the next sync", () => {
  it("reads the table as the operator does, finds nothing, and writes nothing", async () => {
    const requests = await OperatorRequests.since(scenario.namespace, LYNQ);
    const { code, out, err } = await lynq(["--exit-code"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("0 of 2 rows affected\nnodes: 2 unchanged\nobjects: 16 unchanged\n");
    expect(out).not.toContain("note:");
    expect(await requests.writes()).toEqual([]);
  });

  it("sees rows that come, change and go, and what the guard would hold, with the rows of a database that is named", async () => {
    // The operator does nothing of it: the hub waits for a yes.
    await scenario.kubectl([
      "patch",
      "lynqhub",
      "hub",
      "--type=merge",
      '-p={"spec":{"mode":"Plan","deletionGuard":{"minCount":0,"maxPercent":0}}}',
    ]);
    await eventually(async () => {
      const { metadata, status } = await scenario.hubObject();
      expect(status?.observedGeneration).toBe(metadata.generation);
    });
    await scenario.sql("INSERT INTO nodes VALUES ('new', 1, 'basic', 'hunter2-of-row-new')");
    await scenario.sql("UPDATE nodes SET plan = 'gold' WHERE id = 'a'");
    await scenario.sql("DELETE FROM nodes WHERE id = 'b'");
    const { code, out, err } = await lynq(["--hub", "hub", "--database-url", databaseUrl(), "-o", "json"]);
    expect([code, err]).toEqual([0, ""]);
    const plan = JSON.parse(out) as PlanDocument;
    expect(plan.nodes.map(({ row, action, heldByGuard }) => [row, action, heldByGuard])).toEqual([
      ["a", "update", undefined],
      ["b", "delete", true],
      ["new", "create", undefined],
    ]);
    expect(objectsOf(plan, "a").find(({ name }) => name === "a-same")?.changes).toEqual([
      { path: ".data.plan", change: "changed", before: "basic", after: "gold" },
    ]);
    expect(actions(objectsOf(plan, "b"))).toContain("retain ConfigMap b-kept");
    expect(plan.notes).toContain("hub hub is in mode Plan: nothing of it happens before it is approved");
    expect(out).not.toContain("hunter2");
    expect(await scenario.find("v1", "ConfigMap", "new-same")).toBeUndefined();
  });
});

describe("without the right to read the nodes' Secrets", () => {
  it("says what was not compared, and compares the rest", async () => {
    const reader = `${scenario.namespace}-reader`;
    await scenario.apply(
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "reader" } },
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRole",
        metadata: { name: reader },
        rules: [
          { apiGroups: ["operator.lynq.sh", "apps"], resources: ["*"], verbs: ["get", "list", "patch", "create"] },
          { apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "patch", "create"] },
        ],
      },
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRoleBinding",
        metadata: { name: reader },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: reader },
        subjects: [{ kind: "ServiceAccount", name: "reader", namespace: scenario.namespace }],
      },
    );
    const user = `system:serviceaccount:${scenario.namespace}:reader`;
    await inForce(scenario, user, { group: "operator.lynq.sh", resource: "lynqnodes" }, { list: true });
    await inForce(scenario, user, { resource: "configmaps" }, { patch: true });
    const { stdout: token } = await scenario.kubectl(["create", "token", "reader"]);
    const { server, caPath } = scenario.environment.details;
    const folder = await mkdtemp(join(tmpdir(), "lynq-plan-"));
    const kubeconfig = join(folder, "kubeconfig.json");
    await writeFile(
      kubeconfig,
      JSON.stringify({
        clusters: [{ name: "c", cluster: { server, "certificate-authority": caPath } }],
        users: [{ name: "u", user: { token: token.trim() } }],
        contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
        "current-context": "c",
      }),
    );
    try {
      const changed = [
        resource("settings", configMap({ plan: "{{ .plan }}", tier: "three" })),
        ...before.configMaps.slice(1),
      ];
      const { code, out } = await lynq(
        ["-f", "-", "-o", "json", "--uid", "a"],
        formFile({ ...before, configMaps: changed }),
        kubeconfig,
      );
      const plan = JSON.parse(out) as PlanDocument;
      expect(actions(objectsOf(plan, "a"))).toEqual(["change ConfigMap a-settings", "fail Secret a-token"]);
      expect(plan.summary.objects.unchanged).toBe(6);
      expect(plan.notes).toContainEqual(
        expect.stringMatching(
          /^sensitive values have stand-ins, and what they are part of is not compared: secrets is forbidden/,
        ),
      );
      expect(out).not.toContain("hunter2");
      expect(code).toBe(1);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
