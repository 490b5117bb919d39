import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { BuiltinKinds } from "./kinds/builtin";
import { type KindLookup } from "./kinds/kind-lookup";
import { type SourceText } from "./manifests/manifest";
import { printObjects } from "./print-objects";
import { projectSchemas } from "./project";
import { render, type RenderRequest, type RenderResult } from "./render";
import { GivenRow } from "./row/given-row";

const schemas = projectSchemas();

function example(name: string): SourceText {
  return { name, text: readFileSync(join(__dirname, "..", "examples", name), "utf8") };
}

function hub(spec: string): SourceText {
  return {
    name: "hub.yaml",
    text: `apiVersion: operator.lynq.sh/v1
kind: LynqHub
metadata: {name: h}
spec:
  source: {type: mysql, mysql: {host: db, database: d, table: t, username: u}}
  valueMappings: {uid: id, activate: active}
  ${spec}
`,
  };
}

/** A form `f` of hub `h`. */
function form(...resources: string[]): SourceText {
  const head =
    "apiVersion: operator.lynq.sh/v1\nkind: LynqForm\nmetadata: {name: f}\nspec:\n  hubId: h\n  manifests:\n";
  return { name: "form.yaml", text: head + resources.map(resource => `    - ${resource}\n`).join("") };
}

function configMap(id: string, rest = ""): string {
  return `{id: ${id}, nameTemplate: "{{ .uid }}-${id}", spec: {apiVersion: v1, kind: ConfigMap}${rest}}`;
}

async function run(
  sources: SourceText[],
  row: string | Record<string, string>,
  options: Partial<RenderRequest> = {},
): Promise<RenderResult> {
  const given =
    typeof row === "string"
      ? new GivenRow({ name: "row.json", text: row }, new Map())
      : new GivenRow(undefined, new Map(Object.entries(row)));
  return await render({ sources, schemas, row: given, kinds: new BuiltinKinds(), showSensitive: false, ...options });
}

const ids = ({ objects }: RenderResult): string[] => objects.map(({ id }) => id);
const told = ({ findings }: RenderResult): string[] =>
  findings.map(({ file, line, column, path, message }) => `${file}:${line}:${column} ${path}: ${message}`);

describe("render of what the articles print", () => {
  it("makes the first article's stack of a row with NULLs, in the order of the dependencies", async () => {
    const row =
      '{"node_id": "beta-inc", "is_active": true, "subscription_plan": null, "deployment_region": "us-east-1"}';
    const result = await run([example("how-it-works/form.yaml"), example("how-it-works/hub.yaml")], row);
    expect(result).toMatchObject({ findings: [], notes: [] });
    expect(result.objects).toMatchObject([
      {
        form: "web-app",
        id: "app",
        wave: 0,
        object: {
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: {
            name: "beta-inc-app",
            namespace: "default",
            labels: { app: "beta-inc", plan: "basic", "lynq.sh/uid": "beta-inc", "lynq.sh/node": "beta-inc-web-app" },
          },
          spec: { replicas: 2, template: { spec: { containers: [{ name: "app", image: "nginx:latest" }] } } },
        },
      },
      { form: "web-app", id: "svc", wave: 1, object: { kind: "Service", metadata: { name: "beta-inc-svc" } } },
    ]);
  });

  it("types leaves, and puts what is cluster-scoped into no namespace", async () => {
    const sources = [example("customers/form.yaml"), example("customers/hub.yaml")];
    const { objects } = await run(sources, { uid: "acme", replicas: "5", domain: "acme.example" });
    expect(objects.map(({ object: { kind, metadata } }) => [kind, metadata.namespace])).toEqual([
      ["Namespace", undefined],
      ["Deployment", "acme"],
      ["Service", "acme"],
      ["Ingress", "acme"],
    ]);
    expect(objects[1]?.object["spec"]).toMatchObject({ replicas: 5 });
  });

  it("says where a value does not fit, and skips what depends on it", async () => {
    const result = await run([example("customers/form.yaml"), example("customers/hub.yaml")], {
      uid: "acme",
      replicas: "many",
      domain: "acme.example",
    });
    expect(ids(result)).toEqual(["ns"]);
    expect(told(result)).toEqual([
      'customers/form.yaml:24:21 spec.deployments[0].spec.spec.replicas: renders "many", but the field takes an integer',
    ]);
    expect(result.notes).toEqual([
      "not given, and so empty like NULL: .plan (column plan)",
      "svc is skipped: it depends on app, which failed",
      "ingress is skipped: it depends on svc, which is skipped",
    ]);
  });
});

describe("render", () => {
  it("renders nothing of a form that admission refuses, and says why", async () => {
    const result = await run([example("refused/cycle.yaml")], { uid: "acme" });
    expect(result.objects).toEqual([]);
    expect(told(result)).toEqual([
      "refused/cycle.yaml:10:19 spec.configMaps[0].dependIds[0]: dependencies form a cycle: a → b → a",
    ]);
  });

  it("orders by dependencies, and by the form within a wave", async () => {
    const result = await run(
      [form(configMap("d", ", dependIds: [b, c]"), configMap("c", ", dependIds: [a]"), configMap("a"), configMap("b"))],
      { uid: "x" },
    );
    expect(result.objects.map(({ id, wave }) => `${wave}${id}`)).toEqual(["0a", "0b", "1c", "2d"]);
  });

  it("leaves out what includeWhen does not want, and goes on with what depends on it", async () => {
    const sources = [form(configMap("a", ', includeWhen: "{{ .beta }}"'), configMap("b", ", dependIds: [a]"))];
    const off = await run(sources, { uid: "x", beta: "0" });
    expect([ids(off), off.notes]).toEqual([["b"], ["a is left out: its includeWhen is false for this row"]]);
    expect(ids(await run(sources, { uid: "x", beta: "yes" }))).toEqual(["a", "b"]);
    expect(told(await run(sources, { uid: "x", beta: "maybe" }))).toEqual([
      'form.yaml:7:99 spec.manifests[0].includeWhen: renders "maybe", but the field takes true or false',
    ]);
  });

  it("goes on after a failure where skipOnDependencyFailure is false", async () => {
    const result = await run(
      [
        form(
          configMap("a", ', labelsTemplate: {x: "{{ .nope }}"}'),
          configMap("b", ", dependIds: [a], skipOnDependencyFailure: false"),
        ),
      ],
      { uid: "x" },
    );
    expect(ids(result)).toEqual(["b"]);
    expect(told(result)).toEqual([
      expect.stringMatching(/^form\.yaml:7:\d+ spec\.manifests\[0\]\.labelsTemplate\.x: .*\.nope/),
    ]);
  });

  it("refuses two resources that are one object", async () => {
    const twin = configMap("b", ', includeWhen: "{{ .uid }}"').replace("-b", "-a");
    expect(told(await run([form(configMap("a"), twin)], { uid: "true" }))).toEqual([
      expect.stringMatching(/spec\.manifests\[1\]: renders the same object as resource a$/),
    ]);
  });

  it("knows nothing of custom kinds, and says so", async () => {
    const tenant =
      '{id: t, nameTemplate: "{{ .uid }}", spec: {apiVersion: example.com/v1, kind: Tenant, spec: {size: "{{ .size }}"}}}';
    const guessed = await run([form(tenant)], { uid: "x", size: "5" });
    expect(guessed.objects[0]?.object).toMatchObject({ metadata: { namespace: "default" }, spec: { size: "5" } });
    expect(guessed.notes).toEqual([
      expect.stringMatching(/^Tenant of example\.com\/v1 is no built-in kind: taken as namespaced/),
    ]);
    const told = await run([form(tenant)], { uid: "x", size: "5" }, { kinds: new BuiltinKinds(new Set(["Tenant"])) });
    expect(told.objects[0]?.object.metadata.namespace).toBeUndefined();
    expect(told.notes).toEqual([expect.stringMatching(/is no built-in kind: what its templates render stays text/)]);
  });

  it("asks a cluster for scope and schema, and fails what it does not serve", async () => {
    const cluster: KindLookup = {
      unknownKinds: "refuse",
      facts: ({ kind }) =>
        Promise.resolve(
          kind === "Tenant"
            ? {
                namespaced: false,
                schema: { type: "object", properties: new Map([["size", { type: "integer" as const }]]) },
              }
            : undefined,
        ),
      close: () => undefined,
    };
    const resource = (id: string, kind: string) =>
      `{id: ${id}, nameTemplate: "${id}-{{ .uid }}", spec: {apiVersion: example.com/v1, kind: ${kind}, size: "{{ .size }}"}}`;
    const result = await run(
      [form(resource("a", "Tenant"), resource("b", "Other"))],
      { uid: "x", size: "5" },
      { kinds: cluster },
    );
    expect(result.objects.map(({ object }) => object["size"])).toEqual([5]);
    expect(told(result)).toEqual([
      expect.stringMatching(
        / spec\.manifests\[1\]\.spec\.kind: this cluster does not serve Other of example\.com\/v1$/,
      ),
    ]);
  });

  it("retains the namespace of what is retained, as the operator does", async () => {
    const namespace = (id: string) =>
      `{id: ${id}, nameTemplate: "${id}-{{ .uid }}", spec: {apiVersion: v1, kind: Namespace}}`;
    const retained = configMap("c", ", targetNamespace: a-x, deletionPolicy: Retain");
    const { objects } = await run([form(namespace("a"), namespace("b"), retained)], { uid: "x" });
    expect(objects.map(({ object }) => object.metadata.annotations?.["lynq.sh/deletion-policy"])).toEqual([
      "Retain",
      "Delete",
      "Retain",
    ]);
  });

  it("puts the node where it is told, or where the form is", async () => {
    const here = form(configMap("a"));
    const there = { ...here, text: here.text.replace("{name: f}", "{name: f, namespace: team}") };
    const namespaceOf = ({ objects }: RenderResult) => objects[0]?.object.metadata.namespace;
    expect(namespaceOf(await run([there], { uid: "x" }))).toBe("team");
    expect(namespaceOf(await run([there], { uid: "x" }, { namespace: "other" }))).toBe("other");
  });

  it("renders every form of the hub, or the one that is named", async () => {
    const other = { name: "g.yaml", text: form(configMap("b")).text.replace("name: f", "name: g") };
    const sources = [form(configMap("a")), other];
    expect((await run(sources, { uid: "x" })).objects.map(({ form: name, id }) => name + id)).toEqual(["fa", "gb"]);
    expect(ids(await run(sources, { uid: "x" }, { form: "g" }))).toEqual(["b"]);
    await expect(run(sources, { uid: "x" }, { form: "h" })).rejects.toThrow(
      "the files have no LynqForm h; they have f, g",
    );
  });
});

describe("render of sensitive values", () => {
  const base64 = (text: string) => Buffer.from(text, "utf8").toString("base64");
  const sources = [
    hub("extraValueMappings: {password: pw, plan: plan}\n  sensitiveValues: [password]"),
    form(
      '{id: s, nameTemplate: "{{ .uid }}", spec: {apiVersion: v1, kind: Secret, stringData: {user: "{{ .uid }}", list: "{{ .plan }}-{{ .password }}", digest: "{{ .password | sha256sum }}", all: "{{ toJson . }}"}}}',
      '{id: c, nameTemplate: "{{ .uid }}", spec: {apiVersion: v1, kind: ConfigMap, data: {list: [["{{ .password }}"]], plan: "{{ .plan }}"}}}',
    ),
  ];
  const row = '{"id": "acme", "active": 1, "pw": "hunter2", "plan": "gold"}';

  it("masks every field that they have a part in", async () => {
    const { objects, notes, findings } = await run(sources, row);
    expect(findings).toEqual([]);
    expect(objects.map(({ object }) => object["data"])).toEqual([
      { user: base64("acme"), list: "***", digest: "***", all: "***" },
      { list: [["***"]], plan: "gold" },
    ]);
    expect(notes).toEqual([expect.stringContaining("--show-sensitive")]);
    const text = printObjects(objects);
    for (const leak of ["hunter2", base64("hunter2"), base64("gold-hunter2")]) expect(text).not.toContain(leak);
  });

  it("shows them on request", async () => {
    const { objects, notes } = await run(sources, row, { showSensitive: true });
    expect(objects[0]?.object["data"]).toMatchObject({ list: base64("gold-hunter2") });
    expect(notes).toEqual([]);
  });
});

describe("the row that render is given", () => {
  const sources = [
    hub("extraValueMappings: {plan: tier}"),
    form(configMap("a", ', labelsTemplate: {p: "{{ .plan }}"}')),
  ];

  it.each([
    ['{"id": "acme", "active": 0, "tier": "x"}', 'the row "acme" is not active, so it gets nothing'],
    ['{"id": "acme", "active": null, "tier": "x"}', 'the row "acme" is not active, so it gets nothing'],
  ])("%s gets nothing", async (row, note) => {
    expect(await run(sources, row)).toEqual({ objects: [], findings: [], notes: [note] });
  });

  it.each([
    ['{"uid": "acme"}', /the row has no column id, which hub h maps to uid; did you mean uid\?; with a hub/],
    ['{"id": "", "active": 1}', /the row "" would be quarantined: the uid is empty$/],
    ['{"id": "a\\nb", "active": 1}', /would be quarantined: the uid has control characters/],
  ])("%s is refused", async (row, message) => {
    await expect(run(sources, row)).rejects.toThrow(message);
  });

  it("has no variables that the hub does not map", async () => {
    await expect(run(sources, { uid: "x", plam: "y" })).rejects.toThrow(
      "hub h maps no variable plam; did you mean plan?",
    );
  });

  it("must fit the hub's row schema", async () => {
    const strict = hub("extraValueMappings: {plan: tier}\n  rowSchema: {properties: {plan: {enum: [gold]}}}");
    const row = '{"id": "acme", "active": 1, "tier": "tin"}';
    await expect(run([strict, ...sources.slice(1)], row)).rejects.toThrow(
      /"acme" would be quarantined: plan must be one of "gold", not "tin"/,
    );
  });

  it("is asked for a uid where there is no hub to know it", async () => {
    await expect(run(sources.slice(1), { plan: "x" })).rejects.toThrow("give it with --set uid=NAME");
  });

  it("belongs to the form's hub", async () => {
    const other = { name: "o.yaml", text: hub("").text.replace("name: h", "name: other") };
    await expect(run([other, ...sources.slice(1)], { uid: "x" })).rejects.toThrow(
      "the form's hub is h, but the files have other",
    );
  });
});

describe("printObjects", () => {
  it("prints what kubectl reads as the same objects", async () => {
    const words = [
      "yes",
      "n",
      "0644",
      "0o17",
      "0X1F",
      "2024-01-31",
      "12:30",
      "1e3",
      "null",
      "~",
      "",
      " x",
      "a: b",
      "line\nline\n",
    ];
    const data = Object.fromEntries(words.map((word, index) => [`k${index}`, word]));
    const shared = `&shared {a: "1"}`;
    const source = form(
      `{id: a, nameTemplate: "a-{{ .uid }}", spec: {apiVersion: v1, kind: ConfigMap, data: ${JSON.stringify(data)}, one: ${shared}, two: *shared}}`,
    );
    const text = printObjects((await run([source], { uid: "x" })).objects);
    expect(text).toMatch(
      /^---\n# form f, resource a, wave 0\napiVersion: v1\nkind: ConfigMap\nmetadata:\n {2}name: a-x\n/,
    );
    expect(text).not.toContain("*a1");
    expect(text).toContain('"0o17"');
    expect(text).toContain('"0X1F"');
    const [document] = parseAllDocuments(text, { version: "1.1" });
    expect(document?.toJS()).toMatchObject({ data, one: { a: "1" }, two: { a: "1" } });
  });
});
