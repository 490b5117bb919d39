import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Scenario } from "../environment/scenario";
import { configMap, refusal, warnings } from "./answer";

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.open("templates");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN, plan VARCHAR(20))");
  await scenario.hub({ extra: { planId: "plan" } });
});

afterAll(() => scenario.close());

const refused = (lists: Record<string, unknown>) => refusal(scenario, scenario.formManifest("refused", lists));

describe("templates and their variables", () => {
  it("finds a syntax error deep in a body and says where it is", async () => {
    const container = {
      name: "app",
      image: "nginx",
      env: [
        { name: "A", value: "ok" },
        { name: "B", value: "{{ if .uid }}x" },
      ],
    };
    const deployments = [
      {
        id: "app",
        nameTemplate: "{{ .uid }}-app",
        spec: { apiVersion: "apps/v1", kind: "Deployment", spec: { template: { spec: { containers: [container] } } } },
      },
    ];
    expect(await refused({ deployments })).toEqual([
      "spec.deployments[0].spec.spec.template.spec.containers[0].env[1].value: line 1, column 15: " +
        "unexpected end of the template: the action of line 1, column 1 has no {{end}}",
    ]);
  });

  it.each([
    ["nameTemplate", { nameTemplate: "{{ end }}" }],
    ["namespaceTemplate", { namespaceTemplate: "{{ end }}" }],
    ["targetNamespace", { targetNamespace: "{{ end }}" }],
    ["includeWhen", { includeWhen: "{{ end }}" }],
    ["labelsTemplate.app", { labelsTemplate: { app: "{{ end }}" } }],
    ['annotationsTemplate["a.b/c"]', { annotationsTemplate: { "a.b/c": "{{ end }}" } }],
  ])("finds a syntax error in %s", async (field, resource) => {
    expect(await refused({ configMaps: [configMap("a", {}, resource)] })).toEqual([
      `spec.configMaps[0].${field}: line 1, column 1: unexpected {{end}}: nothing is open that it could belong to`,
    ]);
  });

  it("names an unknown function and the one that was probably meant", async () => {
    expect(await refused({ configMaps: [configMap("a", { k: "{{ .uid | upperr }}" })] })).toEqual([
      'spec.configMaps[0].spec.data.k: line 1, column 11: unknown function "upperr" (did you mean "upper"?)',
    ]);
  });

  it("refuses to print a variable that the hub does not map, and every problem is told at once", async () => {
    const configMaps = [configMap("a", { k: "{{ .planid }} {{ .region }}" }, { dependIds: ["gone"] })];
    expect(await refused({ configMaps })).toEqual([
      'spec.configMaps[0].dependIds[0]: no resource of the form has the id "gone"',
      "spec.configMaps[0].spec.data.k: hub hub maps no variable .planid (line 1, column 4); did you mean planId?",
      "spec.configMaps[0].spec.data.k: hub hub maps no variable .region (line 1, column 18); add it to the hub's extraValueMappings, or give it a default",
    ]);
  });

  it("only warns where a missing variable has a fallback", async () => {
    const configMaps = [configMap("a", { k: '{{ .deployImage | default "nginx" }}' })];
    expect(await warnings(scenario, scenario.formManifest("guarded", { configMaps }))).toEqual([
      "spec.configMaps[0].spec.data.k: hub hub maps no variable .deployImage (line 1, column 4), so it is always missing",
    ]);
  });

  it("counts the arguments of a function", async () => {
    expect(await refused({ configMaps: [configMap("b", { k: "{{ .uid | replace }}" })] })).toEqual([
      "spec.configMaps[0].spec.data.k: line 1, column 11: wrong number of arguments for replace: want 3, got 1",
    ]);
  });

  it("refuses a change as it refuses a new form, and keeps what was stored", async () => {
    await scenario.form("changing", { configMaps: [configMap("kept", { k: "first" })] });
    const before = await scenario.formObject("changing");
    const changed = scenario.formManifest("changing", {
      configMaps: [configMap("kept", { k: "{{ .uid | nothing }}" })],
    });
    expect(await refusal(scenario, changed)).toEqual([
      'spec.configMaps[0].spec.data.k: line 1, column 11: unknown function "nothing"',
    ]);
    const after = await scenario.formObject("changing");
    expect(after.metadata.generation).toBe(before.metadata.generation);
    expect(after.spec).toEqual(before.spec);
  });
});
