import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.open("safety");
});

afterAll(() => scenario.close());

const configMap = { apiVersion: "v1", kind: "ConfigMap" };
const claim = {
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
};

describe("data to be retained in a namespace that the node made", () => {
  it("keeps the namespace, and is taken up again when the row returns", async () => {
    const tenant = `${scenario.namespace}-t`;
    scenario.owns(tenant);
    await scenario.sql("CREATE TABLE tenants (id VARCHAR(63) PRIMARY KEY, active BOOLEAN)");
    await scenario.sql("INSERT INTO tenants VALUES (?, 1)", [tenant]);
    await scenario.hub({ name: "tenants", table: "tenants" });
    await scenario.form(
      "tenant",
      {
        namespaces: [{ id: "ns", nameTemplate: "{{ .uid }}", spec: { apiVersion: "v1", kind: "Namespace" } }],
        persistentVolumeClaims: [
          {
            id: "data",
            dependIds: ["ns"],
            nameTemplate: "data",
            namespaceTemplate: "{{ .uid }}",
            deletionPolicy: "Retain",
            spec: claim,
          },
        ],
        configMaps: [
          { id: "cm", dependIds: ["ns"], nameTemplate: "cm", namespaceTemplate: "{{ .uid }}", spec: configMap },
        ],
      },
      "tenants",
    );
    const node = `${tenant}-tenant`;
    await scenario.ready(node);
    const before = await scenario.get("v1", "PersistentVolumeClaim", "data", tenant);

    await scenario.sql("UPDATE tenants SET active = 0");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", node);
    expect(await scenario.find("v1", "ConfigMap", "cm", tenant)).toBeUndefined();
    const left = await scenario.get("v1", "PersistentVolumeClaim", "data", tenant);
    expect(left.metadata.uid).toBe(before.metadata.uid);
    expect(left.metadata.deletionTimestamp).toBeUndefined();
    expect((await scenario.get("v1", "Namespace", tenant)).metadata).toMatchObject({
      labels: { "lynq.sh/orphaned": "true" },
    });

    await scenario.sql("UPDATE tenants SET active = 1");
    await scenario.ready(node);
    const back = await scenario.get("v1", "PersistentVolumeClaim", "data", tenant);
    expect(back.metadata.uid).toBe(before.metadata.uid);
    expect(back.metadata.labels).not.toHaveProperty(["lynq.sh/orphaned"]);
  });
});

describe("a column that becomes sensitive later", () => {
  it("moves out of the node's spec", async () => {
    scenario.plant("hunter2-planted");
    await scenario.sql("CREATE TABLE secrets (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, pw VARCHAR(63))");
    await scenario.sql("INSERT INTO secrets VALUES ('s1', 1, 'hunter2-planted')");
    const hub = { name: "secrets", table: "secrets", extra: { pw: "pw" } };
    await scenario.hub(hub);
    const secret = { apiVersion: "v1", kind: "Secret", stringData: { password: "{{ .pw }}" } };
    await scenario.form("vault", { secrets: [{ id: "s", nameTemplate: "{{ .uid }}-vault", spec: secret }] }, "secrets");
    expect((await scenario.ready("s1-vault")).spec.values).toHaveProperty("pw");

    await scenario.hub({ ...hub, spec: { sensitiveValues: ["pw"] } });
    await eventually(async () => {
      const node = await scenario.node("s1-vault");
      expect(JSON.stringify(node)).not.toContain("hunter2-planted");
      expect(node.spec.sensitiveValuesRef).toEqual({ name: "s1-vault-values" });
    });
    await scenario.ready("s1-vault");
    expect(await scenario.get("v1", "Secret", "s1-vault")).toMatchObject({
      data: { password: Buffer.from("hunter2-planted").toString("base64") },
    });
  });
});

describe("an edit of a Secret that the form writes as stringData", () => {
  it("is put right", async () => {
    const before = await scenario.get("v1", "Secret", "s1-vault");
    await scenario.kubectl(["patch", "secret", "s1-vault", "--type=merge", "-p", '{"data":{"password":"eA=="}}']);
    await eventually(async () => {
      expect((await scenario.get("v1", "Secret", "s1-vault"))["data"]).toEqual(before["data"]);
    });
  });
});

describe("rows that all get other uids", () => {
  it("are held back as what they are, however many new nodes are made meanwhile", async () => {
    await scenario.sql("CREATE TABLE many (id INT PRIMARY KEY, uid VARCHAR(63), active BOOLEAN)");
    await scenario.sql(
      `INSERT INTO many VALUES ${Array.from({ length: 12 }, (_, i) => `(${i}, 'old-${i}', 1)`).join()}`,
    );
    await scenario.hub({ name: "many", table: "many", uid: "uid" });
    await scenario.form(
      "many",
      { configMaps: [{ id: "cm", nameTemplate: "{{ .uid }}-many", spec: configMap }] },
      "many",
    );
    await Promise.all(Array.from({ length: 12 }, (_, i) => scenario.ready(`old-${i}-many`)));

    await scenario.sql("UPDATE many SET uid = CONCAT('new-', id)");
    await Promise.all(Array.from({ length: 12 }, (_, i) => scenario.ready(`new-${i}-many`)));
    await scenario.afterSyncs();
    await eventually(async () => {
      expect((await scenario.hubObject("many")).status?.deletionHeld).toMatchObject({ count: 12, total: 12 });
    });
    const nodes = await scenario.nodes();
    expect(nodes.filter(node => node.spec.uid.startsWith("old-"))).toHaveLength(12);
  });
});

describe("an object made once and retained", () => {
  it("comes back as it was left when its row returns", async () => {
    await scenario.sql("CREATE TABLE keys_of (id VARCHAR(63) PRIMARY KEY, active BOOLEAN)");
    await scenario.sql("INSERT INTO keys_of VALUES ('k1', 1)");
    await scenario.hub({ name: "keys", table: "keys_of" });
    const spec = { apiVersion: "v1", kind: "Secret", stringData: { key: "{{ randAlphaNum 24 }}" } };
    await scenario.form(
      "key",
      {
        secrets: [{ id: "k", nameTemplate: "{{ .uid }}-key", creationPolicy: "Once", deletionPolicy: "Retain", spec }],
      },
      "keys",
    );
    await scenario.ready("k1-key");
    const before = await scenario.get("v1", "Secret", "k1-key");
    await scenario.sql("UPDATE keys_of SET active = 0");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "k1-key");
    await scenario.sql("UPDATE keys_of SET active = 1");
    await scenario.ready("k1-key");
    const after = await scenario.get("v1", "Secret", "k1-key");
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(after["data"]).toEqual(before["data"]);
    expect(after.metadata.labels).toMatchObject({ "lynq.sh/node": "k1-key" });
    expect(after.metadata.labels).not.toHaveProperty(["lynq.sh/orphaned"]);
  });
});

describe("a random value in an object that is kept up to date", () => {
  it("is rendered once and not at every look", async () => {
    const spec = { apiVersion: "v1", kind: "Secret", stringData: { token: "{{ randAlphaNum 24 }}" } };
    await scenario.form("token", { secrets: [{ id: "t", nameTemplate: "{{ .uid }}-token", spec }] }, "keys");
    await scenario.ready("k1-token");
    const before = await scenario.get("v1", "Secret", "k1-token");
    await scenario.afterSyncs();
    expect((await scenario.get("v1", "Secret", "k1-token")).metadata.resourceVersion).toBe(
      before.metadata.resourceVersion,
    );
  });
});

describe("a kind that cannot be watched", () => {
  it("fails alone, and says so", async () => {
    const review = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", spec: {} };
    await scenario.form(
      "odd",
      {
        configMaps: [{ id: "cm", nameTemplate: "{{ .uid }}-odd", spec: configMap }],
        manifests: [{ id: "review", nameTemplate: "{{ .uid }}-review", spec: review }],
      },
      "keys",
    );
    await eventually(async () => {
      const { status } = await scenario.node("k1-odd");
      expect(status).toMatchObject({ readyResources: 1, failedResources: 1 });
      expect(status?.conditions?.find(({ type }) => type === "Ready")?.message).toContain(
        "the API server offers no list and watch for selfsubjectaccessreviews",
      );
    });
  });
});
