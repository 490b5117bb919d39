import { describe, expect, it } from "@jest/globals";
import { type SchemaNode } from "../../lib/blueprint/schema";
import { BuiltinKinds } from "./builtin";
import table from "./builtin.json";
import { readBuiltinTable } from "./generate";

async function typeAt(
  group: string,
  version: string,
  kind: string,
  ...path: string[]
): Promise<SchemaNode | undefined> {
  const facts = await new BuiltinKinds().facts({ group, version, kind });
  return path.reduce<SchemaNode | undefined>(
    (node, step) => (step === "*" ? node?.items : (node?.properties?.get(step) ?? node?.additionalProperties)),
    facts?.schema,
  );
}

describe("builtin.json", () => {
  it("is what generate.ts makes of the installed client", () => {
    expect(table).toEqual(readBuiltinTable());
  });
});

describe("BuiltinKinds", () => {
  const pod = ["spec", "template", "spec", "containers", "*"];
  it.each([
    ["integer", "apps", "v1", "Deployment", ["spec", "replicas"], { type: "integer" }],
    ["boolean", "apps", "v1", "Deployment", ["spec", "paused"], { type: "boolean" }],
    ["int or text", "", "v1", "Service", ["spec", "ports", "*", "targetPort"], { intOrString: true }],
    ["text of a map", "", "v1", "ConfigMap", ["data", "any"], { type: "string" }],
    [
      "a quantity, which is text",
      "apps",
      "v1",
      "Deployment",
      [...pod, "resources", "limits", "cpu"],
      { type: "string" },
    ],
    [
      "an integer deep within",
      "apps",
      "v1",
      "StatefulSet",
      [...pod, "ports", "*", "containerPort"],
      { type: "integer" },
    ],
    [
      "a recursive schema",
      "apiextensions.k8s.io",
      "v1",
      "CustomResourceDefinition",
      ["spec", "versions", "*", "schema", "openAPIV3Schema", "properties", "a", "properties", "b", "minLength"],
      { type: "integer" },
    ],
  ])("knows %s", async (_, group, version, kind, path, expected) => {
    expect(await typeAt(group, version, kind, ...path)).toEqual(expected);
  });

  it.each([
    ["", "v1", "Namespace", false],
    ["", "v1", "PersistentVolume", false],
    ["rbac.authorization.k8s.io", "v1", "ClusterRole", false],
    ["rbac.authorization.k8s.io", "v1", "Role", true],
    ["storage.k8s.io", "v1", "StorageClass", false],
    ["networking.k8s.io", "v1", "Ingress", true],
    ["autoscaling", "v2", "HorizontalPodAutoscaler", true],
    ["batch", "v1", "CronJob", true],
    ["policy", "v1", "PodDisruptionBudget", true],
  ])("knows the scope of %s/%s %s", async (group, version, kind, namespaced) => {
    expect(await new BuiltinKinds().facts({ group, version, kind })).toMatchObject({ namespaced });
  });

  it("knows of custom kinds what it is told", async () => {
    const kinds = new BuiltinKinds(new Set(["Tenant", "ClusterIssuer.cert-manager.io"]));
    const facts = (group: string, kind: string) => kinds.facts({ group, version: "v1", kind });
    expect(await facts("example.com", "Tenant")).toEqual({ namespaced: false });
    expect(await facts("cert-manager.io", "ClusterIssuer")).toEqual({ namespaced: false });
    expect(await facts("other.io", "ClusterIssuer")).toBeUndefined();
    expect(await facts("apps", "Tenants")).toBeUndefined();
  });
});
