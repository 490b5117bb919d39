import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { refusal, warnings } from "../admission/answer";
import { configMap, deployment } from "../environment/bodies";
import { role } from "../environment/rbac";
import { eventually } from "../environment/eventually";
import { type Manifest, Scenario } from "../environment/scenario";

let scenario: Scenario;
const jane = { kind: "User", name: "jane" } as const;
const OURS = {
  apiGroups: ["operator.lynq.sh"],
  resources: ["lynqforms", "lynqhubs"],
  verbs: ["get", "create", "patch"],
};
const CONFIG_MAPS = { apiGroups: [""], resources: ["configmaps"], verbs: ["create", "patch", "delete"] };
const ENFORCED =
  "spec: LYNQ_AUTHORIZE=enforce: a form's author needs every right that the form uses; have the rights granted, or name a ServiceAccount that has them in spec.serviceAccountName";

const restart = async (variables: Record<string, string>) => {
  await scenario.environment.act("operator/kill");
  await scenario.environment.act("operator/start", variables);
};

const listed = (id: string, spec: Manifest) => ({ id, nameTemplate: `{{ .uid }}-{{ .templateRef }}-${id}`, spec });
const form = (name: string, lists: Record<string, unknown>) => scenario.formManifest(name, lists);
const settings = () => ({ configMaps: [listed("settings", configMap())] });
const app = () => ({ deployments: [listed("app", deployment())] });
const within = () => `in the namespace "${scenario.namespace}"`;
const noDeployments = () =>
  `spec.deployments[0]: User "jane" cannot create, patch, delete resource "deployments" in API group "apps" ${within()}`;

beforeAll(async () => {
  scenario = await Scenario.open("enforce");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN)");
  await scenario.sql("INSERT INTO nodes VALUES ('acme', 1)");
  await scenario.hub();
  await scenario.apply(...role("jane", jane, [OURS, CONFIG_MAPS]));
  await scenario.apply(form("before", app()));
});

afterAll(async () => {
  await restart({});
  await scenario.close();
});

describe("an operator with LYNQ_AUTHORIZE=enforce, behind kubectl", () => {
  beforeAll(() => restart({ LYNQ_AUTHORIZE: "enforce" }));

  it("refuses a form whose author lacks a right, takes one whose author has them all, and runs it", async () => {
    expect(await refusal(scenario, form("refused", app()), ["--as=jane"])).toEqual([noDeployments(), ENFORCED]);
    expect(await warnings(scenario, form("allowed", settings()), ["--as=jane"])).toEqual([]);
    await scenario.ready("acme-allowed");
  });

  it("tells what is missing and nothing of what the API server says of such objects", async () => {
    const faulty = { deployments: [listed("app", deployment({ replicaz: 1 }))] };
    expect(await refusal(scenario, form("refused", faulty), ["--as=jane"])).toEqual([noDeployments(), ENFORCED]);
  });

  it("refuses a hub whose author may not get its Secret", async () => {
    expect(await refusal(scenario, scenario.hubManifest({ name: "second" }), ["--as=jane"])).toEqual([
      `spec.source.mysql.passwordRef: secrets "mysql-secret" is forbidden: User "jane" cannot get resource "secrets" in API group "" ${within()}`,
      "spec: LYNQ_AUTHORIZE=enforce: a hub sends what is in its Secrets to the server that it names, so its author needs the right to get them; have it granted",
    ]);
  });

  it("leaves alone what is there: it is ready, and everybody who may edit forms changes what needs no right", async () => {
    await scenario.ready("acme-before");
    const paced = { ...app(), rollout: { maxSkew: 3 } };
    expect(await warnings(scenario, form("before", paced), ["--as=jane"])).toEqual([]);
    const more = { ...paced, deployments: [...paced.deployments, listed("more", deployment())] };
    expect(await refusal(scenario, form("before", more), ["--as=jane"])).toEqual([
      `spec.deployments[1]: User "jane" cannot create, patch, delete resource "deployments" in API group "apps" ${within()}`,
      ENFORCED,
    ]);
  });

  it("takes the same form once the right is granted", async () => {
    const deployments = { apiGroups: ["apps"], resources: ["deployments"], verbs: ["create", "patch", "delete"] };
    await scenario.apply(...role("jane", jane, [OURS, CONFIG_MAPS, deployments]));
    // The API server's authorizer follows a changed role by a watch.
    await eventually(async () => {
      expect(await warnings(scenario, form("granted", app()), ["--as=jane"])).toEqual([]);
    });
  });
});

describe("an operator that demands a ServiceAccount and allows only some kinds, behind kubectl", () => {
  beforeAll(() =>
    restart({
      LYNQ_AUTHORIZE: "off",
      LYNQ_REQUIRE_SERVICE_ACCOUNT: "true",
      LYNQ_ALLOWED_KINDS: "ConfigMap",
      LYNQ_ALLOWED_NAMESPACES: scenario.namespace,
    }),
  );

  it("refuses everybody's form without one, and what is outside of the lists", async () => {
    expect(await refusal(scenario, form("refused", settings()))).toEqual([
      "spec.serviceAccountName: is required by LYNQ_REQUIRE_SERVICE_ACCOUNT=true; name a ServiceAccount of the form's namespace that the operator acts as",
    ]);
    const elsewhere = { ...listed("settings", configMap()), targetNamespace: "default" };
    const lists = { serviceAccountName: "deployer", configMaps: [elsewhere], ...app() };
    expect(await refusal(scenario, form("refused", lists))).toEqual([
      "spec.deployments[0].spec.kind: the kind Deployment.apps is not among those that LYNQ_ALLOWED_KINDS=ConfigMap allows",
      `spec.configMaps[0].targetNamespace: the namespace "default" is not among those that LYNQ_ALLOWED_NAMESPACES=${scenario.namespace} allows`,
    ]);
  });
});
