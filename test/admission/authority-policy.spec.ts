import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { reviewForm } from "../../lib/controllers/admission/form-review";
import { readSettings } from "../../lib/controllers/settings";
import { configMap, deployment } from "../environment/bodies";
import { type Manifest, Scenario } from "../environment/scenario";
import { refusal } from "./answer";
import { webhookClusterOf } from "../environment/webhook";

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.open("policy");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN)");
  await scenario.hub();
});

afterAll(() => scenario.close());

const listed = (id: string, spec: Manifest, more: Record<string, unknown> = {}) => ({
  id,
  nameTemplate: `{{ .uid }}-${id}`,
  spec,
  ...more,
});
const namespace: Manifest = { apiVersion: "v1", kind: "Namespace" };

const refused = (lists: Record<string, unknown>) => refusal(scenario, scenario.formManifest("refused", lists));

/** What an operator with these settings answers to its administrator. */
async function answer(env: Record<string, string>, lists: Record<string, unknown>, previous?: Record<string, unknown>) {
  const form = (more: Record<string, unknown>) => ({
    metadata: { namespace: scenario.namespace },
    spec: { hubId: "hub", ...more },
  });
  const user = { username: "admin", groups: ["system:masters"] };
  const review = { object: form(lists), old: previous && form(previous), user };
  return (await reviewForm(review, webhookClusterOf(scenario), readSettings(env))).refusal?.split("\n") ?? [];
}

const own = (name: string, whose = "the cluster's own") =>
  `the namespace "${name}" is ${whose}; nothing is ever written or deleted there`;

describe("kubectl apply of a form, by an administrator", () => {
  it("is refused for the cluster's own namespaces and the operator's, however they are named", async () => {
    expect(
      await refused({
        configMaps: [
          listed("a", configMap(), { targetNamespace: "kube-system" }),
          listed("b", configMap(), { namespaceTemplate: "kube-public" }),
          listed("c", { ...configMap(), metadata: { namespace: "kube-node-lease" } }),
          listed("d", configMap(), { targetNamespace: '{{ printf "kube-%s" "system" }}' }),
          listed("e", configMap(), { targetNamespace: "pepr-system" }),
        ],
        namespaces: [listed("f", namespace, { nameTemplate: "kube-system", includeWhen: "{{ .uid }}" })],
      }),
    ).toEqual([
      `spec.configMaps[0].targetNamespace: ${own("kube-system")}`,
      `spec.configMaps[1].namespaceTemplate: ${own("kube-public")}`,
      `spec.configMaps[2].spec.metadata.namespace: ${own("kube-node-lease")}`,
      `spec.configMaps[3].targetNamespace: ${own("kube-system")}`,
      `spec.configMaps[4].targetNamespace: ${own("pepr-system", "the operator's own")}`,
      `spec.namespaces[0].nameTemplate: ${own("kube-system")}`,
    ]);
  });

  it("is refused for forms, hubs and nodes as resources, which would be written with the operator's rights", async () => {
    const form = { apiVersion: "operator.lynq.sh/v1", kind: "LynqForm", spec: { hubId: "hub" } };
    expect(await refused({ manifests: [listed("inner", form)] })).toEqual([
      "spec.manifests[0].spec.kind: the kind LynqForm.operator.lynq.sh is written only as a ServiceAccount, whose rights its own admission checks; set spec.serviceAccountName",
    ]);
  });

  it("is refused for an account that could be none", async () => {
    const { code, stderr } = await scenario.tryApply(
      scenario.formManifest("refused", { serviceAccountName: "{{ .uid }}" }),
    );
    expect(code).not.toBe(0);
    expect(stderr).toContain("spec.serviceAccountName: Invalid value");
  });
});

describe("an operator with allow-lists", () => {
  const env = {
    LYNQ_ALLOWED_NAMESPACES: "tenant-*",
    LYNQ_ALLOWED_KINDS: "ConfigMap,Namespace,*.networking.k8s.io",
  };

  it("refuses what they do not name, with the setting and its value", async () => {
    expect(
      await answer(env, {
        configMaps: [
          listed("here", configMap()),
          listed("there", configMap(), { targetNamespace: "tenant-a" }),
          listed("rows", configMap(), { targetNamespace: "{{ .uid }}" }),
        ],
        deployments: [listed("app", deployment(), { targetNamespace: "tenant-a" })],
        namespaces: [listed("home", namespace, { nameTemplate: "shop", includeWhen: "{{ .uid }}" })],
        manifests: [listed("unserved", { apiVersion: "example.com/v1", kind: "Gizmo" })],
      }),
    ).toEqual([
      "spec.deployments[0].spec.kind: the kind Deployment.apps is not among those that LYNQ_ALLOWED_KINDS=ConfigMap,Namespace,*.networking.k8s.io allows",
      `spec.configMaps[0]: the namespace "${scenario.namespace}" is not among those that LYNQ_ALLOWED_NAMESPACES=tenant-* allows`,
      'spec.namespaces[0].nameTemplate: the namespace "shop" is not among those that LYNQ_ALLOWED_NAMESPACES=tenant-* allows',
      "spec.manifests[0].spec.kind: the kind Gizmo.example.com is not among those that LYNQ_ALLOWED_KINDS=ConfigMap,Namespace,*.networking.k8s.io allows",
    ]);
  });

  it("leaves alone what a form had before, and refuses what an edit adds", async () => {
    const previous = { configMaps: [listed("old", configMap())] };
    expect(await answer(env, { ...previous, rollout: { maxSkew: 1 } }, previous)).toEqual([]);
    expect(await answer(env, { configMaps: [...previous.configMaps, listed("new", configMap())] }, previous)).toEqual([
      `spec.configMaps[1]: the namespace "${scenario.namespace}" is not among those that LYNQ_ALLOWED_NAMESPACES=tenant-* allows`,
    ]);
  });
});

describe("an operator that demands a ServiceAccount", () => {
  const env = { LYNQ_REQUIRE_SERVICE_ACCOUNT: "true" };
  const missing =
    "spec.serviceAccountName: is required by LYNQ_REQUIRE_SERVICE_ACCOUNT=true; name a ServiceAccount of the form's namespace that the operator acts as";

  it("refuses a form without one, and an edit that drops it", async () => {
    const configMaps = [listed("config", configMap())];
    expect(await answer(env, { configMaps })).toEqual([missing]);
    expect(await answer(env, { configMaps, serviceAccountName: "deployer" })).toEqual([]);
    expect(await answer(env, { configMaps }, { configMaps, serviceAccountName: "deployer" })).toEqual([missing]);
    // An edit that changes nothing of what is written is let through, as the form was there before the setting.
    expect(await answer(env, { configMaps, rollout: { maxSkew: 1 } }, { configMaps })).toEqual([]);
  });
});
