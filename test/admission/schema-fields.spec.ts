import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { configMap, deployment, job, service } from "../environment/bodies";
import { type Manifest, Scenario } from "../environment/scenario";
import { refusal, warnings } from "./answer";

/** Who may write a kind that is not there is another question. */
const aboutRights = /has the rights for it|LYNQ_AUTHORIZE/;

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.open("schema-fields");
  await scenario.sql(
    "CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN, replicas INT, kind VARCHAR(20), token VARCHAR(20))",
  );
  await scenario.hub({
    extra: { replicas: "replicas", kind: "kind", token: "token" },
    spec: { sensitiveValues: ["token"] },
  });
});

afterAll(() => scenario.close());

const resource = (id: string, spec: Manifest, more: Record<string, unknown> = {}) => ({
  id,
  nameTemplate: `{{ .uid }}-${id}`,
  spec,
  ...more,
});

const refused = (lists: Record<string, unknown>) => refusal(scenario, scenario.formManifest("refused", lists));
const warned = async (lists: Record<string, unknown>) =>
  (await warnings(scenario, scenario.formManifest("taken", lists), ["--dry-run=server"])).filter(
    line => !aboutRights.test(line),
  );

const pod = (container: Record<string, unknown>, more: Record<string, unknown> = {}): Manifest =>
  deployment({ template: { spec: { containers: [{ name: "app", image: "nginx", ...container }], ...more } } });

describe("a form whose objects do not fit the cluster's schemas, while no row has been read", () => {
  it("names an unknown field where it stands in the form, and the one that was probably meant", async () => {
    expect(await refused({ deployments: [resource("app", pod({ imag: "nginx" }))] })).toEqual([
      "spec.deployments[0].spec.spec.template.spec.containers[0].imag: unknown field; did you mean image?",
    ]);
  });

  it("tells everything at once: wrong types, words, quantities and what is missing, in several resources", async () => {
    const deployments = [
      resource("app", {
        ...pod({
          name: undefined,
          imagePullPolicy: "always",
          ports: [{ containerPort: "80" }],
          resources: { limits: { memory: "1Gb" } },
          env: [{ name: "A", value: true }],
        }),
        sped: {},
      }),
    ];
    const services = [resource("svc", service("80"))];
    const found = await refused({
      deployments,
      services,
      configMaps: [resource("cm", { ...configMap(), data: { a: 1 } as never })],
    });
    expect(found.sort()).toEqual([
      "spec.configMaps[0].spec.data.a: must be text, not 1; put it in quotes",
      "spec.deployments[0].spec.spec.template.spec.containers[0].env[0].value: must be text, not true; put it in quotes",
      'spec.deployments[0].spec.spec.template.spec.containers[0].imagePullPolicy: "always" is not one of Always, IfNotPresent, Never; did you mean Always?',
      "spec.deployments[0].spec.spec.template.spec.containers[0].name: is required",
      'spec.deployments[0].spec.spec.template.spec.containers[0].ports[0].containerPort: must be a whole number, not "80"',
      'spec.deployments[0].spec.spec.template.spec.containers[0].resources.limits.memory: "1Gb" is not a quantity such as 500m or 1Gi',
      "spec.deployments[0].spec.sped: unknown field; did you mean spec?",
      'spec.services[0].spec.spec.ports[0].port: must be a whole number, not "80"',
    ]);
  });

  it("says in the server's words what no schema says, at the field that the server names", async () => {
    const ports = [
      { name: "http", port: 80 },
      { name: "http", port: 81 },
    ];
    const found = await refused({ services: [resource("svc", { ...service(), spec: { ports } })] });
    expect(found).toEqual([
      'spec.services[0].spec.spec.ports[1].name: the API server refuses it: Duplicate value: "http"',
    ]);
  });

  it("tells faults of other kinds beside them", async () => {
    const configMaps = [resource("cm", { ...configMap({ a: "{{ .nothing }}" }), dat: {} }, { dependIds: ["gone"] })];
    expect(await refused({ configMaps })).toEqual([
      'spec.configMaps[0].dependIds[0]: no resource of the form has the id "gone"',
      "spec.configMaps[0].spec.data.a: hub hub maps no variable .nothing (line 1, column 4); add it to the hub's extraValueMappings, or give it a default",
      "spec.configMaps[0].spec.dat: unknown field; did you mean data?",
    ]);
  });
});

describe("a form that only real rows could prove wrong", () => {
  it("is taken without a word where a leaf takes its type from the schema, or its value from a column", async () => {
    const deployments = [resource("app", deployment({ replicas: "{{ .replicas }}", paused: "{{ .kind }}" }))];
    const services = [
      resource("svc", {
        ...service("{{ .replicas }}"),
        spec: { type: "{{ .kind }}", ports: [{ port: "{{ .replicas }}", targetPort: "{{ .kind }}" }] },
      }),
    ];
    expect(await warned({ deployments, services })).toEqual([]);
  });

  it("is warned of a leaf that no guess fits", async () => {
    const deployments = [resource("app", deployment({ replicas: "{{ .replicas }}x" }))];
    expect(await warned({ deployments })).toEqual([
      'spec.deployments[0].spec.spec.replicas: with made-up values: renders "samplex", but the field takes an integer',
    ]);
  });

  it("is refused for a leaf that depends on no row", async () => {
    const deployments = [resource("app", deployment({ replicas: '{{ "two" }}' }))];
    expect(await refused({ deployments })).toEqual([
      'spec.deployments[0].spec.spec.replicas: renders "two", but the field takes an integer',
    ]);
  });
});

describe("a form that is right", () => {
  it("is taken with fields that the server fills in, nulls, zeros, and a selector that Lynq fills in", async () => {
    const container = { imagePullPolicy: "", command: null, resources: { limits: { cpu: 1, memory: "64Mi" } } };
    const deployments = [
      resource(
        "app",
        deployment({
          template: {
            metadata: { creationTimestamp: null },
            spec: { containers: [{ name: "app", image: "nginx", ...container }], restartPolicy: "Always" },
          },
        }),
      ),
    ];
    const jobs = [resource("job", job(), { creationPolicy: "Once" })];
    const secrets = [
      resource("secret", {
        apiVersion: "v1",
        kind: "Secret",
        stringData: { token: "{{ .token }}", text: "ä" },
        data: { x: "eA==" },
      }),
    ];
    const networkPolicies = [
      resource("policy", {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        spec: { policyTypes: ["Ingress"] },
      }),
    ];
    const definition: Manifest = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "{{ .uid }}s.example.com" },
      spec: {
        group: "example.com",
        scope: "Namespaced",
        names: { plural: "{{ .uid }}s", singular: "{{ .uid }}", kind: "Sample", listKind: "SampleList" },
        versions: [
          {
            name: "v1",
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: "object",
                properties: {
                  spec: {
                    type: "object",
                    properties: { a: { type: "array", items: { type: "string", default: "x" } } },
                  },
                },
              },
            },
          },
        ],
      },
    };
    const manifests = [{ id: "crd", spec: definition }];
    expect(await warned({ deployments, jobs, secrets, networkPolicies, manifests })).toEqual([]);
  });

  it("is taken with a warning where the cluster does not serve a kind yet", async () => {
    const manifests = [
      resource("cert", { apiVersion: "nobody.example.com/v1", kind: "Certificate", spec: { anything: 1 } }),
    ];
    expect(await warned({ manifests })).toEqual([
      "spec.manifests[0].spec.kind: the cluster does not serve Certificate of nobody.example.com/v1; its object was not checked, and nodes wait for the kind",
    ]);
  });

  it("is taken with a warning where a namespace does not exist, and without one where the form makes it", async () => {
    const inside = (namespace: string) => resource("cm", configMap(), { targetNamespace: namespace });
    expect(await warned({ configMaps: [inside("schema-fields-nowhere")] })).toEqual([
      "spec.configMaps[0]: was not tried on the API server: namespace schema-fields-nowhere does not exist yet",
    ]);
    const namespaces = [{ id: "ns", nameTemplate: "{{ .uid }}-made", spec: { apiVersion: "v1", kind: "Namespace" } }];
    expect(await warned({ namespaces, configMaps: [inside("{{ .uid }}-made")] })).toEqual([]);
  });
});
