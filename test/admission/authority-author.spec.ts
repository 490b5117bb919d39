import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { webhookClusterOf } from "../environment/webhook";
import { reviewForm } from "../../lib/controllers/admission/form-review";
import { readSettings } from "../../lib/controllers/settings";
import { configMap, deployment } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { warnings } from "./answer";
import { clusterRole, role } from "../environment/rbac";
import { type Manifest, Scenario } from "../environment/scenario";

let scenario: Scenario;
const jane = { kind: "User", name: "jane" } as const;
const cleaner = { kind: "User", name: "clara" } as const;
const FORMS = { apiGroups: ["operator.lynq.sh"], resources: ["lynqforms"], verbs: ["get", "create", "patch"] };
const WARNED = "spec: LYNQ_AUTHORIZE=warn: the operator goes on all the same; with enforce this would be refused";
const ENFORCED =
  "spec: LYNQ_AUTHORIZE=enforce: a form's author needs every right that the form uses; have the rights granted, or name a ServiceAccount that has them in spec.serviceAccountName";

beforeAll(async () => {
  scenario = await Scenario.open("authority");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN)");
  await scenario.hub();
  await scenario.apply(
    ...role("jane", jane, [
      FORMS,
      { apiGroups: [""], resources: ["configmaps"], verbs: ["create", "patch", "delete"] },
      { apiGroups: [""], resources: ["secrets"], verbs: ["create", "patch"] },
      { apiGroups: [""], resources: ["serviceaccounts"], resourceNames: ["hers"], verbs: ["impersonate"] },
    ]),
    ...clusterRole(scenario.namespace, cleaner, [FORMS]),
  );
  await eventuallyAnswers({ configMaps: [config()] }, []);
});

afterAll(async () => {
  await scenario.kubectl(["delete", "clusterrole,clusterrolebinding", scenario.namespace]);
  await scenario.close();
});

const listed = (id: string, spec: Manifest, more: Record<string, unknown> = {}) => ({
  id,
  nameTemplate: `{{ .uid }}-{{ .templateRef }}-${id}`,
  spec,
  ...more,
});
const config = (id = "config", more: Record<string, unknown> = {}) => listed(id, configMap(), more);
const secret = (id = "secret", more: Record<string, unknown> = {}) =>
  listed(id, { apiVersion: "v1", kind: "Secret" }, more);
const rbac = "rbac.authorization.k8s.io";
const within = () => `in the namespace "${scenario.namespace}"`;

/** What kubectl warns of when jane applies a form, which passes. */
const warned = (name: string, lists: Record<string, unknown>) =>
  warnings(scenario, scenario.formManifest(name, lists), ["--as=jane"]);

/** What the webhook of an operator with these settings answers to jane, on the real API server's reviews of her rights. */
async function answer(
  lists: Record<string, unknown>,
  {
    previous,
    env = {},
    username = "jane",
  }: { previous?: Record<string, unknown>; env?: Record<string, string>; username?: string } = {},
): Promise<string[]> {
  const form = (more: Record<string, unknown>) => ({
    metadata: { namespace: scenario.namespace },
    spec: { hubId: "hub", ...more },
  });
  const { refusal, warnings: told } = await reviewForm(
    { object: form(lists), old: previous && form(previous), user: { username, groups: ["system:authenticated"] } },
    webhookClusterOf(scenario),
    readSettings({ LYNQ_AUTHORIZE: "enforce", ...env }),
  );
  // An account without rights cannot try the objects either.
  expect(told.filter(line => !line.includes(" was not tried on the API server: "))).toEqual([]);
  return refusal?.split("\n") ?? [];
}

/** As {@link answer}, once the API server's authorizer has followed a new role: it does by a watch. */
const eventuallyAnswers = (lists: Record<string, unknown>, lines: string[], options?: Parameters<typeof answer>[1]) =>
  eventually(async () => {
    expect(await answer(lists, options)).toEqual(lines);
  });

describe("kubectl apply of a form by an author without the rights", () => {
  it("warns with RBAC's own sentence, and the form passes until an administrator enforces", async () => {
    const lists = { configMaps: [config()], secrets: [secret()], deployments: [listed("app", deployment())] };
    expect(await warned("warned", lists)).toEqual([
      `spec.deployments[0]: User "jane" cannot create, patch, delete resource "deployments" in API group "apps" ${within()}`,
      `spec.secrets[0]: User "jane" cannot delete resource "secrets" in API group "" ${within()}`,
      WARNED,
    ]);
    expect(await scenario.find("operator.lynq.sh/v1", "LynqForm", "warned")).toBeDefined();
  });

  it("says nothing of resources that an edit leaves as they were, and nothing where nothing is missing", async () => {
    const lists = { configMaps: [config()], secrets: [secret()] };
    expect(await warned("edited", lists)).toHaveLength(2);
    expect(
      await warned("edited", { configMaps: [config("config", { waitForReady: false })], secrets: [secret()] }),
    ).toEqual([]);
    expect(await warned("edited", { ...lists, rollout: { maxSkew: 3 } })).toEqual([]);
    expect(await warned("fine", { configMaps: [config()] })).toEqual([]);
  });
});

describe("with LYNQ_AUTHORIZE=enforce", () => {
  it("a form is refused for each right that is missing, and passes with all of them", async () => {
    expect(await answer({ secrets: [secret()] })).toEqual([
      `spec.secrets[0]: User "jane" cannot delete resource "secrets" in API group "" ${within()}`,
      ENFORCED,
    ]);
    expect(await answer({ configMaps: [config()] })).toEqual([]);
  });

  it("an object that is replaced needs the right to update it", async () => {
    expect(await answer({ configMaps: [config("config", { patchStrategy: "replace" })] })).toEqual([
      `spec.configMaps[0]: User "jane" cannot update resource "configmaps" in API group "" ${within()}`,
      ENFORCED,
    ]);
  });

  it("another namespace is asked for as such; one that each row says needs the right in all of them", async () => {
    expect(
      await answer({
        configMaps: [
          config("a", { targetNamespace: "default" }),
          config("b", { namespaceTemplate: "{{ .uid }}" }),
          config("c", { targetNamespace: '{{ "def" }}ault' }),
        ],
      }),
    ).toEqual([
      'spec.configMaps[0]: User "jane" cannot create, patch, delete resource "configmaps" in API group "" in the namespace "default"',
      'spec.configMaps[1]: User "jane" cannot create, patch, delete resource "configmaps" in API group "" at the cluster scope; each row says the namespace, so the right is needed in all of them',
      'spec.configMaps[2]: User "jane" cannot create, patch, delete resource "configmaps" in API group "" in the namespace "default"',
      ENFORCED,
    ]);
  });

  it("a kind of the cluster needs the right at the cluster scope", async () => {
    const namespace = { apiVersion: "v1", kind: "Namespace" };
    expect(await answer({ namespaces: [listed("home", namespace)] })).toEqual([
      'spec.namespaces[0]: User "jane" cannot create, patch, delete resource "namespaces" in API group "" at the cluster scope',
      ENFORCED,
    ]);
  });

  it("roles need the right to escalate, bindings the right to bind, as the API server would ask of jane herself", async () => {
    await scenario.apply(
      ...role("jane-rbac", jane, [
        { apiGroups: [rbac], resources: ["roles", "rolebindings"], verbs: ["create", "patch", "delete"] },
      ]),
    );
    const manifests = [
      listed(
        "role",
        { apiVersion: `${rbac}/v1`, kind: "Role", rules: [] },
        { nameTemplate: "tenant", creationPolicy: "Once", deletionPolicy: "Retain" },
      ),
      listed("binding", {
        apiVersion: `${rbac}/v1`,
        kind: "RoleBinding",
        roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "cluster-admin" },
      }),
      listed("any", {
        apiVersion: `${rbac}/v1`,
        kind: "RoleBinding",
        roleRef: { apiGroup: rbac, kind: "Role", name: "{{ .uid }}" },
      }),
    ];
    await eventuallyAnswers({ manifests }, [
      `spec.manifests[0]: roles.${rbac} "tenant" is forbidden: User "jane" cannot escalate resource "roles" in API group "${rbac}" ${within()}`,
      `spec.manifests[1]: clusterroles.${rbac} "cluster-admin" is forbidden: User "jane" cannot bind resource "clusterroles" in API group "${rbac}" ${within()}`,
      `spec.manifests[2]: User "jane" cannot bind resource "roles" in API group "${rbac}" ${within()}`,
      ENFORCED,
    ]);
    await scenario.apply(
      ...role("jane-rbac", jane, [
        { apiGroups: [rbac], resources: ["roles", "rolebindings"], verbs: ["create", "patch", "delete"] },
        { apiGroups: [rbac], resources: ["roles"], verbs: ["escalate", "bind"] },
        { apiGroups: [rbac], resources: ["clusterroles"], resourceNames: ["cluster-admin"], verbs: ["bind"] },
      ]),
    );
    await eventuallyAnswers({ manifests }, []);
  });

  it("a kind that is not served yet is refused: nobody can say who may write it", async () => {
    const widget = { apiVersion: "example.com/v1", kind: "Gizmo" };
    expect(await answer({ manifests: [listed("gizmo", widget)] })).toEqual([
      'spec.manifests[0].spec.kind: whether User "jane" has the rights for it was not checked: this cluster does not serve Gizmo.example.com',
      ENFORCED,
    ]);
  });

  it("an edit needs rights for what it adds or alters, by id", async () => {
    const previous = { configMaps: [config()], secrets: [secret()] };
    expect(await answer({ ...previous, rollout: { maxSkew: 1 } }, { previous })).toEqual([]);
    // Moved to another list, it is the same resource.
    expect(await answer({ configMaps: [config()], manifests: [secret()] }, { previous })).toEqual([]);
    expect(await answer({ configMaps: [config()] }, { previous })).toEqual([]);
    expect(await answer({ secrets: [secret("secret", { deletionPolicy: "Retain" })] }, { previous })).toHaveLength(2);
    expect(await answer({ ...previous, secrets: [secret(), secret("more")] }, { previous })).toEqual([
      `spec.secrets[1]: User "jane" cannot delete resource "secrets" in API group "" ${within()}`,
      ENFORCED,
    ]);
  });

  it("a ServiceAccount is used by those who may impersonate it, and its rights count instead", async () => {
    const secrets = [secret()];
    expect(await answer({ serviceAccountName: "hers", secrets })).toEqual([]);
    expect(await answer({ serviceAccountName: "theirs", secrets })).toEqual([
      `spec.serviceAccountName: serviceaccounts "theirs" is forbidden: User "jane" cannot impersonate resource "serviceaccounts" in API group "" ${within()}`,
      ENFORCED,
    ]);
  });

  it("a form that somebody else gave an account is not edited, and its account not dropped, without the rights", async () => {
    const previous = { serviceAccountName: "theirs", configMaps: [config()], secrets: [secret()] };
    expect(await answer({ ...previous, rollout: { maxSkew: 1 } }, { previous })).toEqual([]);
    expect(await answer({ ...previous, configMaps: [] }, { previous })).toEqual([]);
    expect(await answer({ ...previous, secrets: [secret("other")] }, { previous })).toHaveLength(2);
    // Without the account, the operator's own rights would do what stands in the form unchanged.
    expect(await answer({ configMaps: [config()], secrets: [secret()] }, { previous })).toEqual([
      `spec.secrets[0]: User "jane" cannot delete resource "secrets" in API group "" ${within()}`,
      ENFORCED,
    ]);
  });

  it("rights come from groups, too, and from the cluster's roles", async () => {
    expect(await answer({ configMaps: [config()] }, { username: "clara" })).toHaveLength(2);
    await scenario.apply(
      ...role("readers", { kind: "Group", name: "system:authenticated" }, [
        { apiGroups: [""], resources: ["configmaps"], verbs: ["create", "patch", "delete"] },
      ]),
    );
    await eventuallyAnswers({ configMaps: [config()] }, [], { username: "clara" });
  });
});

describe("with LYNQ_AUTHORIZE=off", () => {
  it("nobody's rights are asked for", async () => {
    expect(await answer({ deployments: [listed("app", deployment())] }, { env: { LYNQ_AUTHORIZE: "off" } })).toEqual(
      [],
    );
  });
});
