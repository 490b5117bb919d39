import { describe, expect, it } from "@jest/globals";
import { type FormResource, type LynqFormSpec, type LynqHubSpec } from "../../../crds";
import { TemplateCache } from "../../template";
import { compileBlueprint } from "../compile";
import { type CheckResult, checkForm } from "./index";

const hub: LynqHubSpec = {
  source: { type: "mysql", mysql: { host: "db", database: "nodes", table: "node_data", username: "reader" } },
  valueMappings: { uid: "node_id", activate: "is_active" },
  extraValueMappings: { planId: "subscription_plan", region: "deployment_region", token: "api_token" },
  sensitiveValues: ["token"],
};

function check(spec: Omit<LynqFormSpec, "hubId">, hubSpec = hub): CheckResult {
  return checkForm({ spec: { hubId: "my-saas-hub", ...spec } }, { spec: hubSpec });
}

/** A sound ConfigMap, with changes. */
function configMap(changes: Partial<FormResource> = {}): FormResource {
  return {
    id: "config",
    nameTemplate: "{{ .uid }}-config",
    spec: { apiVersion: "v1", kind: "ConfigMap", data: { plan: "{{ .planId }}" } },
    ...changes,
  };
}

/** What checkForm says of one ConfigMap, changed. */
function checkConfigMap(changes: Partial<FormResource>, hubSpec?: LynqHubSpec): CheckResult {
  return check({ configMaps: [configMap(changes)] }, hubSpec);
}

const withSpec = (spec: Record<string, unknown>): Partial<FormResource> => ({
  spec: { apiVersion: "v1", kind: "ConfigMap", ...spec },
});

const at = (field: string) => `spec.configMaps[0]${field}`;

const articleForm: Omit<LynqFormSpec, "hubId"> = {
  deployments: [
    {
      id: "app",
      nameTemplate: "{{ .uid }}-app",
      labelsTemplate: { app: "{{ .uid }}", plan: '{{ .planId | default "basic" }}' },
      spec: {
        apiVersion: "apps/v1",
        kind: "Deployment",
        spec: {
          replicas: 2,
          template: { spec: { containers: [{ name: "app", image: '{{ .deployImage | default "nginx:latest" }}' }] } },
        },
      },
    },
  ],
  services: [
    { id: "svc", nameTemplate: "{{ .uid }}-svc", dependIds: ["app"], spec: { apiVersion: "v1", kind: "Service" } },
  ],
};

describe("checkForm", () => {
  it("accepts the article's form, and warns that its hub does not map deployImage", () => {
    expect(check(articleForm)).toMatchObject({
      errors: [],
      warnings: [
        {
          path: "spec.deployments[0].spec.spec.template.spec.containers[0].image",
          message: "hub my-saas-hub maps no variable .deployImage (line 1, column 4), so it is always missing",
        },
      ],
    });
  });

  it("accepts a form whose hub does not exist yet, with a warning, and checks no variable", () => {
    const form = { spec: { hubId: "later", configMaps: [configMap({ nameTemplate: "{{ .uid }}-{{ .anything }}" })] } };
    expect(checkForm(form, undefined)).toMatchObject({
      errors: [],
      warnings: [
        {
          path: "spec.hubId",
          message: "there is no LynqHub later in the form's namespace yet; variables are checked when there is one",
        },
      ],
    });
  });

  it("warns of a form without resources", () => {
    expect(check({})).toMatchObject({
      errors: [],
      warnings: [{ path: "spec", message: "the form has no resources; its nodes stay empty" }],
    });
  });

  it("reports the problems of all resources at once", () => {
    const { errors } = check({
      configMaps: [configMap({ dependIds: ["b"] }), configMap({ nameTemplate: "{{ .uid" })],
      secrets: [{ id: "b", dependIds: ["config", "nowhere"], nameTemplate: "b", spec: { kind: "Secret" } }],
    });
    expect(errors).toMatchObject([
      { path: "spec.configMaps[1].id", message: 'the id "config" is already taken by spec.configMaps[0]' },
      { path: "spec.secrets[0].dependIds[1]", message: 'no resource of the form has the id "nowhere"' },
      { path: "spec.configMaps[0].dependIds[0]", message: "dependencies form a cycle: config → b → config" },
      { path: "spec.configMaps[1].nameTemplate", message: expect.stringContaining("line 1") },
      { path: "spec.secrets[0].spec.apiVersion", message: "is required" },
    ]);
  });

  it("finds an id that two lists share", () => {
    const { errors } = check({ configMaps: [configMap()], manifests: [configMap()] });
    expect(errors).toMatchObject([
      { path: "spec.manifests[0].id", message: 'the id "config" is already taken by spec.configMaps[0]' },
    ]);
  });
});

describe("templates", () => {
  it.each<[string, Partial<FormResource>]>([
    [".nameTemplate", { nameTemplate: "{{ .uid | nope }}" }],
    [".targetNamespace", { targetNamespace: "{{ .uid | nope }}" }],
    [".namespaceTemplate", { namespaceTemplate: "{{ .uid | nope }}" }],
    [".includeWhen", { includeWhen: "{{ .uid | nope }}" }],
    [".labelsTemplate.app", { labelsTemplate: { app: "{{ .uid | nope }}" } }],
    ['.annotationsTemplate["a.b/c"]', { annotationsTemplate: { "a.b/c": "{{ .uid | nope }}" } }],
    [".spec.metadata.name", withSpec({ metadata: { name: "{{ .uid | nope }}" } })],
    [".spec.metadata.namespace", withSpec({ metadata: { namespace: "{{ .uid | nope }}" } })],
    [".spec.metadata.labels.app", withSpec({ metadata: { labels: { app: "{{ .uid | nope }}" } } })],
    [".spec.metadata.annotations.note", withSpec({ metadata: { annotations: { note: "{{ .uid | nope }}" } } })],
    ['.spec.data["app.conf"]', withSpec({ data: { "app.conf": "{{ .uid | nope }}" } })],
    [".spec.list[0][1].deep", withSpec({ list: [["x", { deep: "{{ .uid | nope }}" }]] })],
  ])("are checked in %s, an unknown function included", (field, changes) => {
    const { errors } = checkConfigMap(changes);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.path).toBe(at(field));
    expect(errors[0]?.message).toMatch(/^line 1, column \d+: .*nope/);
  });

  it("are refused where they print a variable that the hub does not map", () => {
    expect(
      checkConfigMap(withSpec({ data: { a: "x\n{{ .planID }} {{ .planID }}", b: "{{ .elsewhere }}" } })),
    ).toMatchObject({
      errors: [
        {
          path: at(".spec.data.a"),
          message: "hub my-saas-hub maps no variable .planID (line 2, column 4); did you mean planId?",
        },
        {
          path: at(".spec.data.b"),
          message:
            "hub my-saas-hub maps no variable .elsewhere (line 1, column 4); add it to the hub's extraValueMappings, or give it a default",
        },
      ],
      warnings: [],
    });
  });

  it("are refused where one of two reads of an unmapped variable is unguarded", () => {
    const { errors, warnings } = checkConfigMap(withSpec({ data: { a: '{{ .image | default "x" }}{{ .image }}' } }));
    expect(errors.map(({ path }) => path)).toEqual([at(".spec.data.a")]);
    expect(warnings.map(({ path }) => path)).toEqual([at(".spec.data.a")]);
  });

  it("may use uid, activate, hubId and templateRef with any hub", () => {
    const text = "{{ .uid }}{{ .activate }}{{ .hubId }}{{ .templateRef }}{{ $.uid }}";
    expect(checkConfigMap(withSpec({ data: { text } }))).toMatchObject({ errors: [], warnings: [] });
  });

  it("may use host and hostOrUrl only where the hub maps hostOrUrl", () => {
    const changes = withSpec({ data: { text: "{{ .host }}{{ .hostOrUrl }}" } });
    expect(checkConfigMap(changes).errors).toHaveLength(2);
    const mapped = { ...hub, valueMappings: { ...hub.valueMappings, hostOrUrl: "url" } };
    expect(checkConfigMap(changes, mapped)).toMatchObject({ errors: [], warnings: [] });
  });

  it.each<[string, Partial<FormResource>, string]>([
    [".nameTemplate", { nameTemplate: "{{ .token }}" }, "a name"],
    [".targetNamespace", { targetNamespace: "{{ .token }}" }, "a namespace"],
    [".labelsTemplate.t", { labelsTemplate: { t: "{{ .token }}" } }, "a label"],
    [".annotationsTemplate.t", { annotationsTemplate: { t: "{{ .token }}" } }, "an annotation"],
  ])("cannot bring a sensitive value into %s", (field, changes, part) => {
    expect(checkConfigMap(changes).errors).toMatchObject([
      {
        path: at(field),
        message: `uses .token, declared sensitive by hub my-saas-hub; a sensitive value cannot be part of ${part}`,
      },
    ]);
  });

  it("may bring a sensitive value into a Secret; elsewhere it is a warning", () => {
    const body = { data: { t: "{{ .token }}" } };
    expect(checkConfigMap(withSpec(body)).warnings).toMatchObject([
      {
        path: at(".spec.data.t"),
        message:
          "uses .token, declared sensitive by hub my-saas-hub; the object is no Secret and shows it to everybody who can read it",
      },
    ]);
    const secret = configMap({ spec: { apiVersion: "v1", kind: "Secret", ...body } });
    expect(check({ secrets: [secret] })).toMatchObject({ errors: [], warnings: [] });
  });

  it("cannot bring all variables into an annotation where one is sensitive", () => {
    const { errors } = checkConfigMap({ annotationsTemplate: { row: "{{ toJson . }}" } });
    expect(errors.map(({ message }) => message)).toEqual([
      "uses all variables at once, some of which hub my-saas-hub declares sensitive; a sensitive value cannot be part of an annotation",
    ]);
  });

  it("cannot choose a name by chance; in a body chance is a warning, unless the object is created once", () => {
    const { errors } = checkConfigMap({ nameTemplate: "{{ now }}" });
    expect(errors).toMatchObject([
      {
        path: at(".nameTemplate"),
        message: "calls a function that gives another result each time (now, rand*, gen*, uuidv4)",
      },
    ]);
    const chance = withSpec({ data: { secret: "{{ now }}" } });
    expect(checkConfigMap(chance).warnings.map(({ path }) => path)).toMatchObject([at(".spec.data.secret")]);
    expect(checkConfigMap({ ...chance, creationPolicy: "Once" })).toMatchObject({ errors: [], warnings: [] });
  });

  it("may say includeWhen by a literal, if it is true or false", () => {
    expect(checkConfigMap({ includeWhen: "true" }).errors).toMatchObject([]);
    expect(checkConfigMap({ includeWhen: "" }).errors).toMatchObject([]);
    expect(checkConfigMap({ includeWhen: "enabled" }).errors).toMatchObject([
      {
        path: at(".includeWhen"),
        message: 'renders "enabled", but the field takes true or false; write a template such as {{ .enabled }}',
      },
    ]);
  });
});

describe("bodies", () => {
  it.each<[string, Partial<FormResource>, string, string]>([
    ["no kind", { spec: { apiVersion: "v1" } }, ".spec.kind", "is required"],
    ["no apiVersion", { spec: { kind: "ConfigMap" } }, ".spec.apiVersion", "is required"],
    ["a kind that is no text", { spec: { apiVersion: "v1", kind: 1 } }, ".spec.kind", "must be text"],
    [
      "a kind from a template",
      withSpec({ kind: "{{ .planId }}" }),
      ".spec.kind",
      "cannot be a template; write one resource for each kind and choose with includeWhen",
    ],
    [
      "a kind of another list",
      withSpec({ kind: "Secret" }),
      ".spec.kind",
      "configMaps takes ConfigMap, not Secret; put it in secrets",
    ],
    [
      "a kind of no list",
      { spec: { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role" } },
      ".spec.kind",
      "configMaps takes ConfigMap, not Role.rbac.authorization.k8s.io; put it in manifests",
    ],
    [
      "a kind of another group",
      { spec: { apiVersion: "example.com/v1", kind: "ConfigMap" } },
      ".spec.kind",
      "configMaps takes ConfigMap, not ConfigMap.example.com; put it in manifests",
    ],
    ["a status", withSpec({ status: {} }), ".spec.status", "the cluster writes status, a form cannot; remove it"],
    ["empty metadata", withSpec({ metadata: null }), ".spec.metadata", "must be an object; fill it in or remove it"],
    [
      "owner references",
      withSpec({ metadata: { ownerReferences: [] } }),
      ".spec.metadata.ownerReferences",
      "Lynq decides who owns the object (deletionPolicy); remove it",
    ],
    [
      "a generated name",
      withSpec({ metadata: { generateName: "x-" } }),
      ".spec.metadata.generateName",
      "an object needs the same name each time; use nameTemplate",
    ],
    [
      "a label that is a number",
      withSpec({ metadata: { labels: { tier: 1 } } }),
      ".spec.metadata.labels.tier",
      "must be text; put it in quotes",
    ],
    [
      "labels that are a list",
      withSpec({ metadata: { labels: [] } }),
      ".spec.metadata.labels",
      "must be a map of text",
    ],
    [
      "a name that is a number",
      withSpec({ metadata: { name: 5 } }),
      ".spec.metadata.name",
      "must be text; put it in quotes",
    ],
    [
      "a reserved label",
      { labelsTemplate: { "lynq.sh/node": "x" } },
      '.labelsTemplate["lynq.sh/node"]',
      "keys that begin with lynq.sh/ are Lynq's own; choose another prefix",
    ],
    [
      "a reserved annotation",
      { annotationsTemplate: { "lynq.sh/x": "x" } },
      '.annotationsTemplate["lynq.sh/x"]',
      "keys that begin with lynq.sh/ are Lynq's own; choose another prefix",
    ],
    [
      "a reserved label in the body",
      withSpec({ metadata: { labels: { "lynq.sh/hub": "x" } } }),
      '.spec.metadata.labels["lynq.sh/hub"]',
      "keys that begin with lynq.sh/ are Lynq's own; choose another prefix",
    ],
    [
      "a reserved annotation in the body",
      withSpec({ metadata: { annotations: { "lynq.sh/created-once": "true" } } }),
      '.spec.metadata.annotations["lynq.sh/created-once"]',
      "keys that begin with lynq.sh/ are Lynq's own; choose another prefix",
    ],
    ["no name", { nameTemplate: "" }, "", "has no name; set nameTemplate or spec.metadata.name"],
    [
      "two namespaces",
      { targetNamespace: "a", namespaceTemplate: "b" },
      ".namespaceTemplate",
      "targetNamespace and namespaceTemplate are two spellings of one field and differ; keep one of them",
    ],
  ])("with %s are refused", (_case, changes, field, message) => {
    expect(checkConfigMap(changes).errors).toMatchObject([{ path: at(field), message }]);
  });

  it("may leave the name to spec.metadata and say the namespace twice alike", () => {
    const metadata = { name: "{{ .uid }}" };
    const changes = { nameTemplate: "", targetNamespace: "a", namespaceTemplate: "a", ...withSpec({ metadata }) };
    expect(checkConfigMap(changes)).toMatchObject({ errors: [], warnings: [] });
  });

  it("may be of any kind in manifests", () => {
    const role = configMap({ spec: { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", rules: [] } });
    expect(check({ manifests: [role] })).toMatchObject({ errors: [], warnings: [] });
  });

  it("warn of metadata that has no effect", () => {
    const metadata = { creationTimestamp: null, resourceVersion: "7" };
    expect(checkConfigMap(withSpec({ metadata }))).toMatchObject({
      errors: [],
      warnings: [
        {
          path: at(".spec.metadata.resourceVersion"),
          message: "is ignored; a form gives name, namespace, labels and annotations",
        },
      ],
    });
  });

  it("that nest beyond reason are refused, without exhausting the stack", () => {
    let data: Record<string, unknown> = { end: "{{ .uid | nope }}" };
    for (let level = 0; level < 20_000; level++) data = { a: data };
    const { errors } = checkConfigMap(withSpec({ data }));
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toBe("nests deeper than 200 levels");
    expect(errors[0]?.path.length).toBeLessThan(250);
  });

  it("have their ignoreFields parsed", () => {
    const { errors } = checkConfigMap({ ignoreFields: ["$.spec.replicas", "$.data["] });
    expect(errors.map(({ path }) => path)).toEqual([at(".ignoreFields[1]")]);
    expect(errors[0]?.message).toContain("$.data[");
  });
});

describe("a form that passes", () => {
  it.each<[string, Omit<LynqFormSpec, "hubId">]>([
    ["the article's", articleForm],
    ["one ConfigMap", { configMaps: [configMap()] }],
    ["ignored fields", { configMaps: [configMap({ ignoreFields: ["$.data.plan"] })] }],
  ])("compiles: %s", (_case, form) => {
    expect(check(form).errors).toMatchObject([]);
    expect(() => compileBlueprint(form, new TemplateCache(100))).not.toThrow();
  });
});
