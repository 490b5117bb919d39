import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { configMap, deployment } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { type Manifest, Scenario } from "../environment/scenario";
import { refusal, warnings } from "./answer";

let scenario: Scenario;

const resource = (id: string, spec: Manifest, more: Record<string, unknown> = {}) => ({
  id,
  nameTemplate: `{{ .uid }}-${id}`,
  spec,
  ...more,
});

beforeAll(async () => {
  scenario = await Scenario.open("dry-run");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN, image VARCHAR(40))");
  await scenario.hub({ extra: { image: "image" } });
});

afterAll(async () => {
  const cluster = ["validatingadmissionpolicybinding", "validatingadmissionpolicy"];
  for (const kind of cluster) await scenario.kubectl(["delete", kind, scenario.namespace, "--ignore-not-found"]);
  await scenario.close();
});

const refused = (lists: Record<string, unknown>, name = "refused") =>
  refusal(scenario, scenario.formManifest(name, lists));
/** The same while a policy or quota is on its way: a form that was stored before would be judged as a change. */
const soonRefused = (lists: Record<string, unknown>) =>
  refusal(scenario, scenario.formManifest("refused", lists), ["--dry-run=server"]);
const warned = (lists: Record<string, unknown>) =>
  warnings(scenario, scenario.formManifest("taken", lists), ["--dry-run=server"]);

/** The policies of a spec are for its own namespace. */
const here = () => ({ matchLabels: { "kubernetes.io/metadata.name": scenario.namespace } });
const deployments = [
  { apiGroups: ["apps"], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["deployments"] },
];

describe("a form whose objects the API server would not take", () => {
  it("is refused with the words of an admission policy, unless a made-up value may be to blame", async () => {
    await scenario.apply(
      {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "ValidatingAdmissionPolicy",
        metadata: { name: scenario.namespace },
        spec: {
          failurePolicy: "Fail",
          matchConstraints: { namespaceSelector: here(), resourceRules: deployments },
          validations: [
            {
              expression: "object.spec.template.spec.containers.all(c, c.image.startsWith('registry.acme.io/'))",
              message: "images come from registry.acme.io",
            },
          ],
        },
      },
      {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "ValidatingAdmissionPolicyBinding",
        metadata: { name: scenario.namespace },
        spec: { policyName: scenario.namespace, validationActions: ["Deny"] },
      },
    );
    const words = `deployments.apps "sample-a-app" is forbidden: ValidatingAdmissionPolicy '${scenario.namespace}' with binding '${scenario.namespace}' denied request: images come from registry.acme.io`;
    await eventually(async () => {
      expect(await soonRefused({ deployments: [resource("app", deployment({}, "nginx"))] })).toEqual([
        `spec.deployments[0]: the API server refuses it: ${words}`,
      ]);
    });
    expect(await warned({ deployments: [resource("app", deployment({}, "{{ .image }}"))] })).toEqual([
      `spec.deployments[0]: with made-up values, the API server refuses it: ${words}`,
    ]);
    expect(await warned({ deployments: [resource("app", deployment({}, "registry.acme.io/{{ .image }}"))] })).toEqual(
      [],
    );
  });

  it("is refused when a quota has no room for its first object", async () => {
    await scenario.apply({
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "small" },
      spec: { hard: { "count/serviceaccounts": "1" } },
    });
    await eventually(async () => {
      expect(
        await soonRefused({ serviceAccounts: [resource("sa", { apiVersion: "v1", kind: "ServiceAccount" })] }),
      ).toEqual([
        'spec.serviceAccounts[0]: the API server refuses it: serviceaccounts "sample-a-sa" is forbidden: exceeded quota: small, requested: count/serviceaccounts=1, used: count/serviceaccounts=1, limited: count/serviceaccounts=1',
      ]);
    });
  });

  it("has stored nothing", async () => {
    const { stdout } = await scenario.kubectl(["get", "deployments,serviceaccounts,configmaps,services", "-o", "name"]);
    expect(stdout).not.toContain("sample-a");
  });
});

describe("a question that the API server cannot answer", () => {
  it("is a warning where the form's own account has no right", async () => {
    const form = { serviceAccountName: "nobody", configMaps: [resource("cm", configMap())] };
    expect(await warned(form)).toEqual([
      `spec.configMaps[0]: was not tried on the API server: the right to try it is missing: configmaps "sample-a-cm" is forbidden: User "system:serviceaccount:${scenario.namespace}:nobody" cannot patch resource "configmaps" in API group "" in the namespace "${scenario.namespace}"`,
    ]);
  });
});

describe("a change of a form whose objects exist", () => {
  const immutable = (value: string): Manifest => ({ ...configMap({ value }), immutable: true });

  it("is refused where the field cannot change, and the row is named", async () => {
    await scenario.sql("INSERT INTO nodes VALUES ('acme', 1, 'registry.acme.io/nginx')");
    await scenario.form("stored", {
      configMaps: [resource("fixed", immutable("one")), resource("once", immutable("one"), { creationPolicy: "Once" })],
    });
    await scenario.ready("acme-stored");
    const change = {
      configMaps: [resource("fixed", immutable("two")), resource("once", immutable("one"), { creationPolicy: "Once" })],
    };
    expect(await refused(change, "stored")).toEqual([
      'spec.configMaps[0].spec.data: the API server refuses it: Forbidden: field is immutable when `immutable` is set (row "acme")',
    ]);
  });

  it("is taken where the object is made once and never written again", async () => {
    const configMaps = [
      resource("fixed", immutable("one")),
      resource("once", immutable("two"), { creationPolicy: "Once" }),
    ];
    expect(await warnings(scenario, scenario.formManifest("stored", { configMaps }))).toEqual([]);
  });

  it("leaves ignored fields out of the question", async () => {
    const ignoring = resource("fixed", immutable("two"), { ignoreFields: ["$.data.value"] });
    const configMaps = [ignoring, resource("once", immutable("two"), { creationPolicy: "Once" })];
    expect(await warnings(scenario, scenario.formManifest("stored", { configMaps }), ["--dry-run=server"])).toEqual([]);
  });

  it("is a warning where the object of that name is somebody else's", async () => {
    await scenario.apply({ ...immutable("mine"), metadata: { name: "acme-foreign" } });
    expect(await warned({ configMaps: [resource("foreign", immutable("theirs"))] })).toEqual([
      `spec.configMaps[0]: was not tried on the API server: ConfigMap ${scenario.namespace}/acme-foreign exists and is not Lynq's`,
    ]);
  });
});
