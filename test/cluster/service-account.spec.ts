import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ApiClient, loadConnection } from "../../lib/cluster";
import { ObjectAccess } from "../../lib/controllers/node/object-access";
import { readSettings } from "../../lib/controllers/settings";
import { WritePolicy } from "../../lib/plan/write-policy";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { OperatorRequests } from "../environment/operator-requests";
import { inForce, role } from "../environment/rbac";
import { Scenario } from "../environment/scenario";

/** A form with serviceAccountName: the account's rights are what counts, and nobody else's. */
describe("a form that names a ServiceAccount", () => {
  let scenario: Scenario;
  let requests: OperatorRequests;

  const user = (account: string) => `system:serviceaccount:${scenario.namespace}:${account}`;
  const verbs = ["get", "create", "patch", "update", "delete"];

  /** Gives an account these rights to a resource, and takes every other one away. */
  const grant = async (account: string, resource: string, allowed: readonly string[] = verbs) => {
    await scenario.apply(
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account } },
      ...role(account, { kind: "ServiceAccount", name: account, namespace: scenario.namespace }, [
        { apiGroups: [""], resources: [resource], verbs: allowed },
      ]),
    );
    const rights = Object.fromEntries(verbs.map(verb => [verb, allowed.includes(verb)]));
    await inForce(scenario, user(account), { resource }, rights);
  };
  const config = (id: string, form: string, more: Record<string, unknown> = {}) => ({
    id,
    nameTemplate: `{{ .uid }}-${form}-${id}`,
    spec: configMap({ release: "{{ .release }}" }),
    ...more,
  });
  /** What the node says of its Ready condition, and the events of its failures. */
  const failures = async (node: string) => (await scenario.events(node, "ApplyFailed")).map(({ message }) => message);
  const refused = (account: string, verb: string, name: string, resource = "configmaps") =>
    `${resource} "${name}" is forbidden: User "${user(account)}" cannot ${verb} resource "${resource}" in API group "" ` +
    `in the namespace "${scenario.namespace}"`;

  beforeAll(async () => {
    scenario = await Scenario.open("service-account");
    requests = await OperatorRequests.since(`/namespaces/${scenario.namespace}/`);
    await scenario.sql(
      "CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, release_ VARCHAR(20), home VARCHAR(63))",
    );
    await scenario.sql("INSERT INTO nodes VALUES ('acme', 1, '1', ?)", [scenario.namespace]);
    await scenario.hub({ extra: { release: "release_", home: "home" } });
    await grant("deployer", "configmaps");
    await grant("other", "configmaps");
  });

  afterAll(() => scenario.close());

  it("is written as that account, whatever the patch strategy, and says so on its nodes", async () => {
    await scenario.form("app", {
      serviceAccountName: "deployer",
      configMaps: [
        config("apply", "app"),
        config("merge", "app", { patchStrategy: "merge" }),
        config("replace", "app", { patchStrategy: "replace" }),
        config("kept", "app", { deletionPolicy: "Retain" }),
      ],
    });
    expect((await scenario.ready("acme-app")).spec.serviceAccountName).toBe("deployer");
    await scenario.sql("UPDATE nodes SET release_ = '2'");
    for (const id of ["apply", "merge", "replace", "kept"]) {
      await eventually(async () => {
        expect(await scenario.get("v1", "ConfigMap", `acme-app-${id}`)).toMatchObject({ data: { release: "2" } });
      });
    }
  });

  it("fails with the API server's words where the account has no right, though the operator has it", async () => {
    await scenario.form("secretive", {
      serviceAccountName: "deployer",
      configMaps: [config("config", "secretive")],
      secrets: [{ id: "secret", nameTemplate: "{{ .uid }}-secretive", spec: { apiVersion: "v1", kind: "Secret" } }],
    });
    await eventually(async () => {
      expect(await failures("acme-secretive")).toEqual([
        expect.stringContaining(refused("deployer", "patch", "acme-secretive", "secrets")),
      ]);
    });
    expect(await scenario.find("v1", "Secret", "acme-secretive")).toBeUndefined();
    await eventually(async () => {
      const { status } = await scenario.node("acme-secretive");
      expect(status).toMatchObject({ readyResources: 1, failedResources: 1 });
      expect(status?.conditions?.find(({ type }) => type === "Degraded")).toMatchObject({ status: "True" });
    });
    await scenario.kubectl(["delete", "lynqform", "secretive"]);
    await scenario.gone("v1", "ConfigMap", "acme-secretive-config");
  });

  it("prunes and retains as that account", async () => {
    await scenario.form("app", { serviceAccountName: "deployer", configMaps: [config("apply", "app")] });
    await scenario.gone("v1", "ConfigMap", "acme-app-merge");
    await scenario.gone("v1", "ConfigMap", "acme-app-replace");
    await eventually(async () => {
      const { metadata } = await scenario.get("v1", "ConfigMap", "acme-app-kept");
      expect(metadata.labels).toMatchObject({ "lynq.sh/orphaned": "true" });
    });
  });

  it("goes on as another account when the form names another", async () => {
    await scenario.form("app", { serviceAccountName: "other", configMaps: [config("apply", "app")] });
    await eventually(async () => {
      expect((await scenario.node("acme-app")).spec.serviceAccountName).toBe("other");
    });
    await grant("deployer", "configmaps", ["get"]);
    await scenario.sql("UPDATE nodes SET release_ = '3'");
    await eventually(async () => {
      expect(await scenario.get("v1", "ConfigMap", "acme-app-apply")).toMatchObject({ data: { release: "3" } });
    });
  });

  it("is cleaned up as that account when the form is gone, and waits where the account may not delete", async () => {
    await grant("other", "configmaps", ["get", "patch"]);
    await scenario.kubectl(["delete", "lynqform", "app"]);
    await eventually(async () => {
      expect((await scenario.events("acme-app", "CleanupPartialFailure")).map(({ message }) => message)).toEqual([
        `ConfigMap ${scenario.namespace}/acme-app-apply: ${refused("other", "delete", "acme-app-apply")}`,
      ]);
    });
    expect(await scenario.find("v1", "ConfigMap", "acme-app-apply")).toBeDefined();
    await grant("other", "configmaps");
    await scenario.gone("v1", "ConfigMap", "acme-app-apply");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "acme-app");
  });

  it("was written by nobody else, from the first request to the last", async () => {
    const writes = (await requests.writes()).filter(({ uri }) => /\/(configmaps|secrets)\/acme-/.test(uri));
    expect(new Set(writes.map(({ verb }) => verb))).toEqual(new Set(["patch", "update", "delete"]));
    expect(new Set(writes.map(({ actingAs }) => actingAs))).toEqual(new Set([user("deployer"), user("other")]));
  });

  it("needs the operator to have the right to impersonate it, in its namespace alone", async () => {
    const client = new ApiClient(loadConnection({ kubeconfig: scenario.environment.details.operatorKubeconfigPath }));
    const node = {
      apiVersion: "operator.lynq.sh/v1",
      kind: "LynqNode",
      metadata: { name: "acme-app", namespace: scenario.namespace },
      spec: { uid: "acme", templateRef: "app", serviceAccountName: "other" },
    };
    const policy = new WritePolicy(readSettings({}).writes);
    const write = () =>
      new ObjectAccess(client, policy)
        .of(node, "write")
        .apply(
          { group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true, verbs: [] },
          { ...configMap(), metadata: { name: "impersonated", namespace: scenario.namespace } },
          { fieldManager: "lynq" },
        );
    try {
      await expect(write()).rejects.toThrow(
        `configmaps "impersonated" is forbidden: User "lynq-operator" cannot impersonate-on:serviceaccount:patch resource "configmaps" ` +
          `in API group "" in the namespace "${scenario.namespace}"`,
      );
      await scenario.apply(
        ...role("lynq-acts", { kind: "User", name: "lynq-operator" }, [
          { apiGroups: [""], resources: ["serviceaccounts"], verbs: ["impersonate"] },
        ]),
      );
      await eventually(write);
    } finally {
      client.close();
    }
  });

  it("cannot be pointed at the cluster's own namespaces by a row", async () => {
    await scenario.form("rows", { configMaps: [config("config", "rows", { targetNamespace: "{{ .home }}" })] });
    await scenario.ready("acme-rows");
    for (const [home, whose] of [
      ["kube-system", "the cluster's own"],
      ["pepr-system", "the operator's own"],
    ] as const) {
      await scenario.sql("UPDATE nodes SET home = ?", [home]);
      await eventually(async () => {
        expect(await failures("acme-rows")).toEqual(
          expect.arrayContaining([
            expect.stringContaining(`the namespace "${home}" is ${whose}; nothing is ever written or deleted there`),
          ]),
        );
      });
      expect(await scenario.find("v1", "ConfigMap", "acme-rows-config", home)).toBeUndefined();
    }
    // What the row had before stays: a place that cannot be written makes nothing else unwanted.
    expect(await scenario.find("v1", "ConfigMap", "acme-rows-config")).toBeDefined();
  });
});
