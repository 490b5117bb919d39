import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { configMap, deployment } from "../environment/bodies";
import { installCustomKind } from "../environment/custom-kind";
import { eventually } from "../environment/eventually";
import { found } from "../../hack/planted";
import { Scenario } from "../environment/scenario";

let scenario: Scenario;

beforeEach(async () => {
  scenario = await Scenario.open("values");
});

afterEach(() => scenario.close());

const named = (id: string, spec: Record<string, unknown>) => ({ id, nameTemplate: `{{ .uid }}-${id}`, spec });
const find =
  (kind: string, apiVersion = "v1") =>
  (id: string) =>
    scenario.get(apiVersion, kind, `acme-${id}`);
const conditionOf = async (type: string) =>
  (await scenario.node("acme-stack")).status?.conditions?.find(condition => condition.type === type);

describe("text of a row", () => {
  const awkward = {
    quotes: `it's "quoted" and \`ticked\``,
    lines: "first\nsecond\r\n\tthird\n\n",
    spaces: "  around it  ",
    template: '{{ .uid }} {{ fail "executed" }} {{- .text -}} }} {{',
    yaml: "- &a [1, 2]: {b: *a} # no comment\n---\nkind: Secret",
    json: '{"key":"acme","nested":{"list":[1,2,3]}}',
    escapes: "\\n \\u0041 \\\\ %s %d $(id) ${HOME} $1 <a href='#'>&amp;</a>",
    sql: "'; DROP TABLE nodes; -- \\' \" ` \x1a",
    emoji: "🚀 👩‍👩‍👧 é ü 漢字 \u202e right to left",
    long: "0123456789".repeat(30),
    number: "007",
    boolean: "true",
    empty: "",
  };
  const names = Object.keys(awkward);

  beforeEach(async () => {
    const columns = names.map(name => `\`${name}\` TEXT`).join(", ");
    await scenario.sql(`CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, ${columns}) CHARSET utf8mb4`);
    await scenario.sql(`INSERT INTO nodes VALUES ('acme', 1${", ?".repeat(names.length)})`, Object.values(awkward));
    await scenario.hub({ extra: Object.fromEntries(names.map(name => [name, name])) });
  });

  it("reaches an object as it is, wherever it is put, and is never taken for a template or for structure", async () => {
    const every = (wrap: (printed: string) => string) =>
      Object.fromEntries(names.map(name => [name, wrap(`{{ .${name} }}`)]));
    const env = names.map(name => ({ name, value: `{{ .${name} }}` }));
    await scenario.form("stack", {
      configMaps: [
        named("plain", configMap(every(printed => printed))),
        named("inside", configMap(every(printed => `<${printed}>`))),
        { ...named("annotated", configMap()), annotationsTemplate: every(printed => printed) },
        named("json", configMap(every(printed => printed.replace(" }}", " | toJson }}")))),
      ],
      deployments: [
        named("app", deployment({ template: { spec: { containers: [{ name: "app", image: "nginx:1.27", env }] } } })),
      ],
    });
    const node = await scenario.ready("acme-stack");
    expect(node.spec.values).toMatchObject(awkward);

    const configOf = find("ConfigMap");
    expect((await configOf("plain"))["data"]).toEqual(awkward);
    const inside = Object.fromEntries(Object.entries(awkward).map(([name, text]) => [name, `<${text}>`]));
    expect((await configOf("inside"))["data"]).toEqual(inside);
    expect((await configOf("annotated")).metadata.annotations).toMatchObject(awkward);
    const json = (await configOf("json"))["data"];
    const parsed = Object.entries(json ?? {}).map(([name, text]): unknown => [name, JSON.parse(String(text))]);
    expect(parsed).toEqual(Object.entries(awkward).sort(([a], [b]) => (a < b ? -1 : 1)));
    const app = await find("Deployment", "apps/v1")("app");
    const texts = Object.entries(awkward).map(([name, value]) => (value === "" ? { name } : { name, value }));
    expect(app).toMatchObject({ spec: { template: { spec: { containers: [{ env: texts }] } } } });
  });

  it("comes to rest: the same text is not written again with every read", async () => {
    await scenario.form("stack", {
      configMaps: [named("plain", configMap({ yaml: "{{ .yaml }}", lines: "{{ .lines }}" }))],
    });
    const { metadata } = await scenario.ready("acme-stack");
    const { resourceVersion } = (await find("ConfigMap")("plain")).metadata;
    await scenario.afterSyncs();
    expect((await scenario.node("acme-stack")).metadata.generation).toBe(metadata.generation);
    expect((await find("ConfigMap")("plain")).metadata.resourceVersion).toBe(resourceVersion);
  });
});

describe("a variable", () => {
  it("is the same in names, labels, annotations and bodies, the host of a row without one included", async () => {
    await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, url TEXT, tier VARCHAR(20))");
    await scenario.sql(
      "INSERT INTO nodes VALUES ('acme', 1, '', 'gold'), ('corp', 1, 'https://corp.example.com/x', 'basic')",
    );
    const valueMappings = { uid: "id", activate: "active", hostOrUrl: "url" };
    await scenario.hub({ extra: { tier: "tier" }, spec: { valueMappings } });
    const all = { host: "{{ .host }}", tier: "{{ .tier }}" };
    await scenario.form("stack", {
      configMaps: [
        {
          id: "all",
          nameTemplate: "{{ .uid }}-{{ .tier }}-{{ .host }}",
          labelsTemplate: all,
          annotationsTemplate: all,
          spec: configMap(all),
        },
      ],
    });
    for (const [uid, host, tier] of [
      ["acme", "acme", "gold"],
      ["corp", "corp.example.com", "basic"],
    ] as const) {
      await scenario.ready(`${uid}-stack`);
      expect(await scenario.get("v1", "ConfigMap", `${uid}-${tier}-${host}`)).toMatchObject({
        data: { host, tier },
        metadata: { labels: { host, tier }, annotations: { host, tier } },
      });
    }
  });
});

describe("a leaf takes the type of its field", () => {
  beforeEach(async () => {
    await scenario.sql(
      "CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, replicas VARCHAR(20), flag BOOLEAN, port VARCHAR(20), ratio VARCHAR(20))",
    );
    await scenario.sql("INSERT INTO nodes VALUES ('acme', 1, '3', 0, '8080', '50%')");
    await scenario.hub({ extra: { replicas: "replicas", flag: "flag", port: "port", ratio: "ratio" } });
  });

  it("large whole numbers out of JSON keep every digit where a number is wanted, and where they stand alone", async () => {
    const settings = '(fromJson `{"limit":1234567}`)';
    const containers = [{ name: "job", image: "busybox:1.37" }];
    const limited = {
      apiVersion: "batch/v1",
      kind: "Job",
      spec: {
        activeDeadlineSeconds: `{{ with ${settings} }}{{ .limit }}{{ end }}`,
        template: { spec: { restartPolicy: "Never", containers } },
      },
    };
    await scenario.form("stack", {
      jobs: [named("limited", limited)],
      configMaps: [named("limit", configMap({ limit: `{{ ${settings}.limit }}` }))],
    });
    await eventually(async () => {
      expect(await find("Job", "batch/v1")("limited")).toMatchObject({ spec: { activeDeadlineSeconds: 1234567 } });
      expect(await find("ConfigMap")("limit")).toMatchObject({ data: { limit: "1234567" } });
    });
  });

  it("integers, booleans and ports become what the API server takes; text stays text", async () => {
    const widgets = await installCustomKind(scenario);
    const container = {
      name: "app",
      image: "nginx:1.27",
      ports: [{ name: "web", containerPort: "{{ .port }}" }],
      env: [{ name: "PORT", value: "{{ .port }}" }],
      resources: { limits: { cpu: "{{ .replicas }}", memory: "{{ .port }}Mi" } },
    };
    const ports = [
      { name: "by-number", port: "{{ .port }}", targetPort: "{{ .port }}" },
      { name: "by-name", port: 81, targetPort: "web" },
    ];
    try {
      await scenario.form("stack", {
        serviceAccounts: [
          named("account", { apiVersion: "v1", kind: "ServiceAccount", automountServiceAccountToken: "{{ .flag }}" }),
        ],
        deployments: [
          {
            ...named(
              "app",
              deployment({
                replicas: "{{ .replicas }}",
                strategy: { rollingUpdate: { maxSurge: "{{ .ratio }}", maxUnavailable: "{{ .replicas }}" } },
                template: { spec: { containers: [container] } },
              }),
            ),
            labelsTemplate: { replicas: "{{ .replicas }}" },
            annotationsTemplate: { flag: "{{ .flag }}" },
          },
        ],
        services: [
          named("svc", { apiVersion: "v1", kind: "Service", spec: { selector: { port: "{{ .port }}" }, ports } }),
        ],
        configMaps: [named("config", configMap({ replicas: "{{ .replicas }}", flag: "{{ .flag }}" }))],
        manifests: [named("widget", widgets.body({ size: "{{ .replicas }}", phase: "{{ .flag }}" }))],
      });
      await scenario.ready("acme-stack");
      expect(await find("ServiceAccount")("account")).toMatchObject({ automountServiceAccountToken: false });
      expect(await find("Deployment", "apps/v1")("app")).toMatchObject({
        metadata: { labels: { replicas: "3" }, annotations: { flag: "0" } },
        spec: {
          replicas: 3,
          strategy: { rollingUpdate: { maxSurge: "50%", maxUnavailable: 3 } },
          template: {
            spec: {
              containers: [
                {
                  ports: [{ containerPort: 8080 }],
                  env: [{ name: "PORT", value: "8080" }],
                  resources: { limits: { cpu: "3", memory: "8080Mi" } },
                },
              ],
            },
          },
        },
      });
      expect(await find("Service")("svc")).toMatchObject({
        spec: {
          selector: { port: "8080" },
          ports: [
            { port: 8080, targetPort: 8080 },
            { port: 81, targetPort: "web" },
          ],
        },
      });
      expect((await find("ConfigMap")("config"))["data"]).toEqual({ replicas: "3", flag: "0" });
      expect(await find("Widget", widgets.apiVersion)("widget")).toMatchObject({ spec: { size: 3, phase: "0" } });
    } finally {
      // With the node, so that its objects are gone before their kind is.
      await scenario.sql("DELETE FROM nodes");
      await scenario.gone("operator.lynq.sh/v1", "LynqNode", "acme-stack");
      await widgets.remove();
    }
  });

  it("a value that is not of that type fails its resource alone, with the field and the value, until the row is right", async () => {
    await scenario.form("stack", {
      deployments: [named("app", deployment({ replicas: "{{ .replicas }}" }))],
      configMaps: [named("config", configMap({ replicas: "{{ .replicas }}" }))],
    });
    await scenario.ready("acme-stack");
    const { uid } = (await find("Deployment", "apps/v1")("app")).metadata;
    await scenario.sql("UPDATE nodes SET replicas = 'many'");
    await eventually(async () => {
      expect((await scenario.node("acme-stack")).status).toMatchObject({ failedResources: 1, readyResources: 1 });
      expect((await find("ConfigMap")("config"))["data"]).toEqual({ replicas: "many" });
    });
    expect((await conditionOf("Ready"))?.message).toMatch(
      /spec\.deployments\[0\]\.spec\.spec\.replicas.*"many".*integer/,
    );
    expect(await find("Deployment", "apps/v1")("app")).toMatchObject({ metadata: { uid }, spec: { replicas: 3 } });
    await scenario.sql("UPDATE nodes SET replicas = '4'");
    await scenario.ready("acme-stack");
    expect(await find("Deployment", "apps/v1")("app")).toMatchObject({ metadata: { uid }, spec: { replicas: 4 } });
  });

  it("a body that does not fit its kind fails its resource alone, in the API server's words", async () => {
    // Admission tries a form with the rows that there are: this one goes wrong with a later row.
    const side = '{{ if eq .replicas "3" }}side{{ else }}app{{ end }}';
    const containers = ["app", side].map(name => ({ name, image: "nginx" }));
    await scenario.form("stack", {
      deployments: [named("app", deployment({ template: { spec: { containers } } }))],
      configMaps: [named("config", configMap())],
    });
    await scenario.ready("acme-stack");
    await scenario.sql("UPDATE nodes SET replicas = '5'");
    await eventually(async () => {
      expect((await scenario.node("acme-stack")).status).toMatchObject({ failedResources: 1, readyResources: 1 });
    });
    expect((await conditionOf("Ready"))?.message).toMatch(/acme-app: .*duplicate/);
    await eventually(async () => {
      expect(await scenario.events("acme-stack", "ApplyFailed")).toHaveLength(1);
    });
  });
});

describe("sensitive values", () => {
  /** A password with everything that others write differently when they quote it. */
  const plant = (word: string) => scenario.plant(`${word}-${randomBytes(6).toString("hex")}"'\\<&>`);
  const columns = "id VARCHAR(63) PRIMARY KEY, active BOOLEAN, password VARCHAR(100), token VARCHAR(100)";
  const secretOf = async (id: string) => {
    const data = Object.entries((await find("Secret")(id))["data"] ?? {});
    return Object.fromEntries(data.map(([key, text]) => [key, Buffer.from(String(text), "base64").toString("utf8")]));
  };
  const expectNowhere = async (values: readonly string[]) => {
    const kinds = "lynqhubs,lynqforms,lynqnodes,controllerrevisions,events,configmaps,deployments,services";
    const { code, stdout } = await scenario.kubectl(["get", kinds, "-o", "yaml", "--show-managed-fields"]);
    expect(code).toBe(0);
    expect(stdout).toContain("acme-stack");
    const log = readFileSync(scenario.environment.details.operator?.logPath ?? "", "utf8");
    expect(log.length).toBeGreaterThan(0);
    expect({ objects: found(stdout, values), log: found(log, values) }).toEqual({ objects: [], log: [] });
  };

  it("reach the Secrets that the form makes, and are nowhere else to be read", async () => {
    const [password, token, changed] = [plant("password"), plant("token"), plant("changed")];
    await scenario.sql(`CREATE TABLE nodes (${columns})`);
    await scenario.sql("INSERT INTO nodes VALUES ('acme', 1, ?, ?)", [password, token]);
    await scenario.hub({
      extra: { password: "password", token: "token" },
      spec: { sensitiveValues: ["password", "token"] },
    });
    await scenario.form("stack", {
      secrets: [
        named("credentials", {
          apiVersion: "v1",
          kind: "Secret",
          stringData: { password: "{{ .password }}", url: "mysql://u:{{ .password }}@db" },
          data: { token: "{{ .token | b64enc }}" },
        }),
      ],
      configMaps: [named("config", configMap({ uid: "{{ .uid }}" }))],
    });
    const node = await scenario.ready("acme-stack");
    expect(await secretOf("credentials")).toEqual({ password, url: `mysql://u:${password}@db`, token });
    expect(node.spec.values).not.toHaveProperty("password");

    await scenario.sql("UPDATE nodes SET password = ?", [changed]);
    await eventually(async () => {
      expect(await secretOf("credentials")).toMatchObject({ password: changed, url: `mysql://u:${changed}@db` });
    });
    await scenario.ready("acme-stack");
    await expectNowhere([password, token, changed]);

    const secret = node.spec.sensitiveValuesRef?.name ?? "";
    expect((await scenario.get("v1", "Secret", secret)).metadata.ownerReferences).toMatchObject([{ kind: "LynqNode" }]);
    await scenario.sql("DELETE FROM nodes");
    await scenario.gone("v1", "Secret", secret);
  });

  it("are not told by anything that fails with them", async () => {
    const [password, token] = [plant("password"), plant("token")];
    await scenario.sql(`CREATE TABLE nodes (${columns})`);
    await scenario.sql("INSERT INTO nodes VALUES ('acme', 1, ?, ?)", [password, token]);
    await scenario.hub({
      extra: { password: "password", token: "token" },
      spec: { sensitiveValues: ["password", "token"] },
    });
    const service = (spec: Record<string, unknown>) => ({ apiVersion: "v1", kind: "Service", spec });
    await scenario.form("stack", {
      services: [
        // Refused by the API server, which quotes what it refuses.
        named("type", service({ type: "{{ .password }}", ports: [{ port: 80 }] })),
        named("port-name", service({ ports: [{ name: "{{ .token }}", port: 80 }] })),
      ],
      deployments: [
        // Refused by us, before it is sent.
        named("typed", deployment({ replicas: "{{ .password }}" })),
        named("image", deployment({}, "{{ fail .token }}")),
      ],
      secrets: [
        named("wrong", { apiVersion: "v1", kind: "Secret", data: { password: "{{ .password }}" } }),
        named("right", { apiVersion: "v1", kind: "Secret", stringData: { password: "{{ .password }}" } }),
      ],
    });
    await eventually(async () => {
      expect((await scenario.node("acme-stack")).status).toMatchObject({ failedResources: 5, readyResources: 1 });
      const told = (await scenario.events("acme-stack")).map(({ message }) => message).join("\n");
      for (const resource of ["acme-type", "acme-port-name", '"typed"', '"image"', "acme-wrong"])
        expect(told).toContain(resource);
      // What is wrong with which field is told all the same.
      expect(told).toMatch(/acme-type: .*spec\.type \(FieldValueNotSupported\)/);
    });
    await expectNowhere([password, token]);
  });
});
