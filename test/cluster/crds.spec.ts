import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { formResourceDefaults, resourceListNames } from "../../crds";
import { isPlainObject } from "../../lib/blueprint/object";
import { configMap, deployment, job, namespace, persistentVolumeClaim, service } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { type Manifest, Scenario } from "../environment/scenario";

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.open("crds");
});

afterAll(() => scenario.close());

/** What kubectl prints; the command must succeed. */
async function kubectl(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await scenario.kubectl(args);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
}

/** What the API server answers to an object that it would not store, without the name of the object. */
async function refusal(manifest: Manifest): Promise<string> {
  const { code, stderr } = await scenario.tryApply(manifest);
  expect(code).not.toBe(0);
  return stderr.trim().replace(/^The \w+ "[^"]+" is invalid: /, "");
}

const resource = (fields: Record<string, unknown> = {}) => ({
  id: "a",
  nameTemplate: "{{ .uid }}-{{ .templateRef }}",
  spec: { apiVersion: "v1", kind: "ConfigMap" },
  ...fields,
});

const form = (fields: Record<string, unknown>, name = "refused") =>
  scenario.formManifest(name, { configMaps: [resource(fields)] });

/** A hub whose `spec.source.mysql` has the given fields beside host, database and table. */
const hub = (mysql: Record<string, unknown>, spec: Record<string, unknown> = {}, name = "refused"): Manifest => ({
  apiVersion: "operator.lynq.sh/v1",
  kind: "LynqHub",
  metadata: { name },
  spec: {
    source: { type: "mysql", mysql: { host: "nowhere.invalid", database: "d", table: "t", ...mysql } },
    valueMappings: { uid: "id", activate: "active" },
    ...spec,
  },
});

describe("kubectl explain", () => {
  it.each([
    ["lynqhub", "A LynqHub reads the rows of a database table."],
    ["lh.spec.source.mysql.table", "Table or view to read, as table or database.table."],
    ["lh.spec.source.mysql.tls.mode", "verify-identity also checks the server's name."],
    ["lh.spec.source.syncInterval", "30s when neither is."],
    ["lh.spec.deletionGuard", "Holds back a sync that would delete more nodes than minCount"],
    ["lh.status.deletionHeld.digest", "Names exactly this set of nodes; an approval repeats it."],
    ["lf.spec.deployments.namespaceTemplate", "May be given as targetNamespace or as namespaceTemplate"],
    ["lf.spec.manifests.includeWhen", "Template that renders to true or false."],
    ["lf.spec.rollout.maxSkew", "Most nodes that may be updating at a time."],
    ["ln.spec.values", "The row's variables that are not sensitive."],
    ["ln.status.inventory.uid", "Another object of the same name is not ours."],
  ])("%s tells what it means", async (field, text) => {
    // A definition is published a moment after it is there.
    await eventually(async () => {
      const said = (await kubectl("explain", field)).replaceAll(/\s+/g, " ");
      expect(said).toContain(text);
    });
  });

  it.each(["lynqhubs", "lynqforms", "lynqnodes"])("has a text on every field of %s", async plural => {
    const crd = await scenario.get(
      "apiextensions.k8s.io/v1",
      "CustomResourceDefinition",
      `${plural}.operator.lynq.sh`,
      "",
    );
    const fields: string[] = [];
    const silent: string[] = [];
    walk(schemaOf(crd["spec"]), plural, (path, description) => {
      fields.push(path);
      if (typeof description !== "string" || description.trim() === "") silent.push(path);
    });
    expect(fields.length).toBeGreaterThan(30);
    // The API server puts its own text there.
    expect(silent).toEqual([`${plural}.metadata`]);
  });
});

describe("names", () => {
  it.each([
    ["lh", "lynqhubs"],
    ["lf", "lynqforms"],
    ["ln", "lynqnodes"],
  ])("%s is short for %s", async (short, plural) => {
    expect(await kubectl("get", short, "-o", "json")).toBe(await kubectl("get", plural, "-o", "json"));
  });

  it("lynq stands for all three kinds", async () => {
    await scenario.apply(hub({ username: "u" }, {}, "listed"));
    await scenario.form("listed", { configMaps: [resource()] }, "listed");
    expect((await kubectl("get", "lynq", "-o", "name")).trim().split("\n").sort()).toEqual([
      "lynqform.operator.lynq.sh/listed",
      "lynqhub.operator.lynq.sh/listed",
    ]);
  });

  it.each([
    ["lh", "listed", ["NAME", "TEMPLATES", "DESIRED", "READY", "FAILED", "CONDITIONS", "AGE"]],
    ["lf", "listed", ["NAME", "HUB", "TOTAL", "READY", "ROLLOUT", "UPDATING", "APPLIED", "AGE"]],
  ])("kubectl get %s shows the columns of the Go operator", async (short, name, columns) => {
    const [header = ""] = (await kubectl("get", short, name)).split("\n");
    expect(header.trim().split(/\s+/)).toEqual(columns);
  });
});

const labels = { app: "a" };
const workload = {
  selector: { matchLabels: labels },
  template: { metadata: { labels }, spec: { containers: [{ name: "app", image: "nginx" }] } },
};

/** A body for each list that the API server would take. */
const bodies: Partial<Record<string, Manifest>> = {
  deployments: deployment(),
  statefulSets: { apiVersion: "apps/v1", kind: "StatefulSet", spec: { serviceName: "a", ...workload } },
  daemonSets: { apiVersion: "apps/v1", kind: "DaemonSet", spec: workload },
  ingresses: {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    spec: { defaultBackend: { service: { name: "a", port: { number: 80 } } } },
  },
  networkPolicies: { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", spec: { podSelector: {} } },
  jobs: job(),
  cronJobs: {
    apiVersion: "batch/v1",
    kind: "CronJob",
    spec: { schedule: "0 3 * * *", jobTemplate: { spec: job()["spec"] } },
  },
  podDisruptionBudgets: { apiVersion: "policy/v1", kind: "PodDisruptionBudget", spec: { minAvailable: 1 } },
  horizontalPodAutoscalers: {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "a" }, maxReplicas: 2 },
  },
  services: service(),
  serviceAccounts: { apiVersion: "v1", kind: "ServiceAccount" },
  configMaps: configMap(),
  secrets: { apiVersion: "v1", kind: "Secret" },
  persistentVolumeClaims: persistentVolumeClaim(),
  namespaces: namespace(),
};

describe("defaults", () => {
  it.each(resourceListNames)("of a resource in %s are those of the documentation", async list => {
    const spec = bodies[list] ?? { apiVersion: "example.com/v1", kind: "Anything" };
    const name = `defaults-${list.toLowerCase()}`;
    await scenario.form(name, { [list]: [{ id: "a", nameTemplate: "{{ .uid }}-{{ .templateRef }}", spec }] }, "listed");
    const [stored] = (await scenario.formObject(name)).spec[list] ?? [];
    expect(stored).toEqual({
      id: "a",
      nameTemplate: "{{ .uid }}-{{ .templateRef }}",
      spec,
      creationPolicy: "WhenNeeded",
      deletionPolicy: "Delete",
      conflictPolicy: "Stuck",
      patchStrategy: "apply",
      waitForReady: true,
      timeoutSeconds: 300,
      skipOnDependencyFailure: true,
    });
    expect(stored).toMatchObject(formResourceDefaults);
  });

  it("of a hub are those of the documentation", async () => {
    const { spec } = await scenario.hubObject("listed");
    expect(spec.source.mysql).toMatchObject({ port: 3306, connectTimeoutSeconds: 10, queryTimeoutSeconds: 60 });
    expect(spec.deletionGuard).toEqual({ minCount: 10, maxPercent: 50, disabled: false });
    expect([spec.syncInterval, spec.source.syncInterval]).toEqual([undefined, undefined]);
  });
});

describe("the schema refuses, before any webhook is asked,", () => {
  it("another hub for a form", async () => {
    await scenario.form("bound", { configMaps: [resource()] }, "listed");
    expect(await refusal(scenario.formManifest("bound", { configMaps: [resource()] }, "another"))).toBe(
      'spec.hubId: Invalid value: "another": hubId is immutable',
    );
    expect((await scenario.formObject("bound")).spec.hubId).toBe("listed");
  });

  it("two spellings of a namespace that differ", async () => {
    expect(await refusal(form({ targetNamespace: "a", namespaceTemplate: "b" }))).toMatch(
      /^spec\.configMaps\[0\]\.namespaceTemplate: Invalid value: .*targetNamespace and namespaceTemplate are two spellings of one field and differ; keep one of them$/,
    );
  });

  it.each([
    ["creationPolicy", "Sometimes", '"Once", "WhenNeeded"'],
    ["deletionPolicy", "Keep", '"Delete", "Retain"'],
    ["conflictPolicy", "Fight", '"Force", "Stuck"'],
    ["patchStrategy", "json", '"apply", "merge", "replace"'],
  ])("a %s that does not exist", async (field, value, allowed) => {
    expect(await refusal(form({ [field]: value }))).toContain(
      `spec.configMaps[0].${field}: Unsupported value: "${value}": supported values: ${allowed}`,
    );
  });

  it.each([
    [0, "should be greater than or equal to 1"],
    [3601, "should be less than or equal to 3600"],
  ])("a timeout of %d seconds", async (timeoutSeconds, reason) => {
    expect(await refusal(form({ timeoutSeconds }))).toContain(
      `spec.configMaps[0].timeoutSeconds: Invalid value: ${timeoutSeconds}: spec.configMaps[0].timeoutSeconds in body ${reason}`,
    );
  });

  it("one id twice in a list", async () => {
    expect(await refusal(scenario.formManifest("refused", { configMaps: [resource(), resource()] }))).toContain(
      'spec.configMaps[1]: Duplicate value: {"id":"a"}',
    );
  });

  it("a database of a kind that is not supported", async () => {
    expect(await refusal(hub({}, { source: { type: "oracle" } }))).toContain(
      'spec.source.type: Unsupported value: "oracle": supported values: "mysql"',
    );
  });

  it("a hub of type mysql without mysql", async () => {
    expect(await refusal(hub({}, { source: { type: "mysql" } }))).toBe(
      "spec.source.mysql: Required value: mysql is required when type is mysql",
    );
  });

  it("no user, and two", async () => {
    const usernameRef = { name: "s", key: "k" };
    for (const mysql of [{}, { username: "u", usernameRef }]) {
      expect(await refusal(hub(mysql))).toMatch(
        /^spec\.source\.mysql\.username: Invalid value: .*give exactly one of username and usernameRef$/,
      );
    }
  });

  it("half of a client certificate", async () => {
    expect(await refusal(hub({ username: "u", tls: { certRef: { name: "s", key: "k" } } }))).toMatch(
      /^spec\.source\.mysql\.tls\.certRef: Invalid value: .*give both certRef and keyRef, or neither$/,
    );
  });

  it("an interval that is none", async () => {
    expect(await refusal(hub({ username: "u" }, { syncInterval: "30 seconds" }))).toContain(
      "spec.syncInterval in body should match '^[0-9]+(s|m|h)$'",
    );
  });
});

describe("the status", () => {
  it("cannot be written with the spec", async () => {
    const { spec } = hub({ username: "u" });
    await scenario.apply({ ...hub({ username: "u" }, {}, "claims"), spec, status: { desired: 77 } });
    expect((await scenario.hubObject("claims")).status?.desired).not.toBe(77);
  });
});

function schemaOf(spec: unknown): unknown {
  const versions: unknown = isPlainObject(spec) ? spec["versions"] : undefined;
  const version: unknown = Array.isArray(versions) ? versions[0] : undefined;
  const schema = isPlainObject(version) ? version["schema"] : undefined;
  return isPlainObject(schema) ? schema["openAPIV3Schema"] : undefined;
}

/** Every property below a schema, through lists and maps. */
function walk(schema: unknown, path: string, visit: (path: string, description: unknown) => void): void {
  if (!isPlainObject(schema)) return;
  const { properties, items, additionalProperties } = schema;
  for (const [name, property] of isPlainObject(properties) ? Object.entries(properties) : []) {
    visit(`${path}.${name}`, isPlainObject(property) ? property["description"] : undefined);
    walk(property, `${path}.${name}`, visit);
  }
  walk(items, path, visit);
  walk(additionalProperties, path, visit);
}
