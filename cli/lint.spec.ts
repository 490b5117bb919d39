import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lint } from "./lint";
import { type SourceText } from "./manifests/manifest";
import { projectSchemas } from "./project";

const schemas = projectSchemas();
const hub = example("customers/hub.yaml");

function example(name: string): SourceText {
  return { name, text: readFileSync(join(__dirname, "..", "examples", name), "utf8") };
}

function findingsOf(...sources: SourceText[]): string[] {
  return lint(sources, schemas).findings.map(
    ({ severity, file, line, column, path, message }) => `${file}:${line}:${column} ${severity} ${path}: ${message}`,
  );
}

/** A form of one ConfigMap, whose lines from the ninth on are given. */
function form(...lines: string[]): SourceText {
  const head = [
    "apiVersion: operator.lynq.sh/v1",
    "kind: LynqForm",
    "metadata: {name: f}",
    "spec:",
    "  hubId: customers",
  ];
  const map = ["  configMaps:", "    - id: app", "      nameTemplate: app-{{ .uid }}"];
  return { name: "form.yaml", text: [...head, ...map, ...lines.map(line => `      ${line}`)].join("\n") };
}

const configMap = ["spec:", "  apiVersion: v1", "  kind: ConfigMap"];

describe("lint of what the articles print", () => {
  it("finds that the first article's form reads a variable that its hub does not map, and nothing else", () => {
    expect(findingsOf(example("how-it-works/form.yaml"), example("how-it-works/hub.yaml"))).toEqual([
      "how-it-works/form.yaml:22:30 warning spec.deployments[0].spec.spec.template.spec.containers[0].image: " +
        "hub my-saas-hub maps no variable .deployImage (line 1, column 4), so it is always missing",
    ]);
  });

  it("finds nothing in the customers of the second", () => {
    expect(findingsOf(example("customers/form.yaml"), hub)).toEqual([]);
  });
});

describe("lint of an example", () => {
  it("finds nothing in a rollout by steps", () => {
    expect(findingsOf(example("rollout/form.yaml"), example("rollout/hub.yaml"))).toEqual([]);
  });
});

describe("lint of what admission refuses", () => {
  it.each([
    ["cycle.yaml", ":10:19 error spec.configMaps[0].dependIds[0]: dependencies form a cycle: a → b → a"],
    ["duplicate-id.yaml", ':16:11 error spec.secrets[0].id: the id "app" is already taken by spec.configMaps[0]'],
    [
      "syntax-error.yaml",
      ":14:36 error spec.configMaps[0].spec.data.text: line 1, column 19: unexpected end of the template: the action of line 1, column 1 has no {{end}}",
    ],
    [
      "unknown-dependency.yaml",
      ':10:19 error spec.configMaps[0].dependIds[0]: no resource of the form has the id "databse"; did you mean database?',
    ],
    [
      "unknown-function.yaml",
      ':14:29 error spec.configMaps[0].spec.data.text: line 1, column 12: unknown function "uper" (did you mean "upper"?)',
    ],
    [
      "unmapped-variable.yaml",
      ":14:21 error spec.configMaps[0].spec.data.text: hub customers maps no variable .paln (line 1, column 4); did you mean plan?",
    ],
  ])("%s, with line and column", (name, expected) => {
    expect(findingsOf(example(`refused/${name}`), hub)).toEqual([`refused/${name}${expected}`]);
  });

  it("finds the place within a block scalar", () => {
    const source = form(
      ...configMap,
      "  data:",
      "    nginx.conf: |",
      "      server {",
      "        name {{ .domain | lowr }};",
      "      }",
    );
    expect(findingsOf(source, hub)).toEqual([
      'form.yaml:15:33 error spec.configMaps[0].spec.data["nginx.conf"]: ' +
        'line 2, column 21: unknown function "lowr" (did you mean "lower"?)',
    ]);
  });

  it("tells everything at once, in the order of the file", () => {
    const source = form(
      "dependIds: [nobody]",
      "creationPolicy: Onse",
      "nameTemplte: x",
      ...configMap,
      "  data:",
      '    a: "{{ .uid | uper }}"',
    );
    expect(findingsOf(source, hub)).toEqual([
      'form.yaml:9:19 error spec.configMaps[0].dependIds[0]: no resource of the form has the id "nobody"',
      'form.yaml:10:23 error spec.configMaps[0].creationPolicy: "Onse" is not one of Once, WhenNeeded; did you mean Once?',
      "form.yaml:11:7 error spec.configMaps[0].nameTemplte: unknown field; did you mean nameTemplate?",
      'form.yaml:16:25 error spec.configMaps[0].spec.data.a: line 1, column 11: unknown function "uper" (did you mean "upper"?)',
    ]);
  });

  it("tells only the shape of what has the wrong one", () => {
    const text = "apiVersion: operator.lynq.sh/v1\nkind: LynqForm\nmetadata: {name: f}\nspec:\n  hubId: h\n  jobs: x\n";
    expect(findingsOf({ name: "f", text })).toEqual(['f:6:9 error spec.jobs: must be a list, not "x"']);
  });

  it("knows kinds of another API", () => {
    const text = "apiVersion: v1\nkind: LynqForm\nspec: {hubId: h, jobs: []}\n";
    expect(findingsOf({ name: "f", text })).toEqual([
      "f:1:1 error metadata.name: is required",
      "f:1:13 error apiVersion: LynqForm is a kind of operator.lynq.sh/v1",
      expect.stringMatching(/^f:3:1 warning spec: the form has no resources/),
      expect.stringMatching(/^f:3:15 warning spec.hubId: /),
    ]);
  });
});

describe("lint of a form and its hub", () => {
  const plain = form(...configMap);

  it("warns where the hub is not at hand", () => {
    expect(findingsOf(plain)).toEqual([
      "form.yaml:5:10 warning spec.hubId: the files have no LynqHub customers, so variables were not checked; give its file with --hub",
    ]);
  });

  it("takes the hub of the form's namespace", () => {
    const elsewhere = {
      name: "hub.yaml",
      text: hub.text.replace("name: customers", "name: customers\n  namespace: b"),
    };
    const here = { ...plain, text: plain.text.replace("{name: f}", "{name: f, namespace: a}") };
    expect(findingsOf(here, elsewhere)).toEqual([
      expect.stringMatching(/ warning spec.hubId: the files have no LynqHub/),
    ]);
    expect(findingsOf(plain, elsewhere)).toEqual([]);
  });

  it("checks the hub, too", () => {
    const text = hub.text
      .replace("syncInterval: 1s", "syncInterval: 0s")
      .replace("  uid: customer_id", "  uidd: customer_id");
    expect(findingsOf({ name: "hub.yaml", text })).toEqual([
      "hub.yaml:18:3 error spec.valueMappings.uid: is required",
      "hub.yaml:19:5 error spec.valueMappings.uidd: unknown field; did you mean uid?",
    ]);
    expect(findingsOf({ name: "hub.yaml", text: hub.text.replace("syncInterval: 1s", "syncInterval: 0s") })).toEqual([
      expect.stringMatching(/^hub\.yaml:17:17 error spec\.syncInterval: "0s" is no interval/),
    ]);
  });

  it("reads forms and hubs of one file, and passes over other kinds", () => {
    const text = `${plain.text}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: x}\n---\n${hub.text}`;
    const result = lint([{ name: "all.yaml", text }], schemas);
    expect([result.findings, result.forms.length, result.hubs.length]).toEqual([[], 1, 1]);
  });
});
