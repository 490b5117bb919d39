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
  scenario = await Scenario.open("schema-rows");
  await scenario.sql(
    "CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN, replicas VARCHAR(20), pull VARCHAR(20), token VARCHAR(40), extra VARCHAR(20))",
  );
  await scenario.sql(
    "INSERT INTO nodes VALUES ('acme', 1, '2', 'Always', 'shh-acme', 'a'), ('beta', 1, 'many', 'Sometimes', 'shh-beta', 'b'), ('off', 0, 'none', 'x', '', '')",
  );
  await scenario.hub({
    extra: { replicas: "replicas", pull: "pull", token: "token" },
    spec: { sensitiveValues: ["token"] },
  });
  await scenario.form("base", { configMaps: [resource("base", configMap({ plan: "{{ .replicas }}" }))] });
  await scenario.ready("acme-base");
  await scenario.ready("beta-base");
});

afterAll(() => scenario.close());

const refused = (lists: Record<string, unknown>) => refusal(scenario, scenario.formManifest("refused", lists));
const warned = (lists: Record<string, unknown>) =>
  warnings(scenario, scenario.formManifest("taken", lists), ["--dry-run=server"]);

const app = (spec: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  deployments: [resource("app", deployment(spec), more)],
});
const pulled = {
  template: { spec: { containers: [{ name: "app", image: "nginx", imagePullPolicy: "{{ .pull }}" }] } },
};

describe("a form whose hub has read rows", () => {
  it("is refused for a row that makes a leaf of the wrong type, and the row is named", async () => {
    expect(await refused(app({ replicas: "{{ .replicas }}" }))).toEqual([
      'spec.deployments[0].spec.spec.replicas: renders "many", but the field takes an integer (row "beta")',
    ]);
  });

  it("is refused for a row that makes an object which does not fit its schema", async () => {
    expect(await refused(app(pulled))).toEqual([
      'spec.deployments[0].spec.spec.template.spec.containers[0].imagePullPolicy: "Sometimes" is not one of Always, IfNotPresent, Never (row "beta")',
    ]);
  });

  it("is refused for a template that fails with a row, in the template's words", async () => {
    const configMaps = [resource("cm", configMap({ a: '{{ if eq .replicas "many" }}{{ fail "too many" }}{{ end }}' }))];
    expect(await refused({ configMaps })).toEqual([
      'spec.configMaps[0].spec.data.a: line 1, column 32: error calling fail: too many (row "beta")',
    ]);
  });

  it("names no row where all show the same", async () => {
    expect(await refused(app({ replicaz: 1 }))).toEqual([
      "spec.deployments[0].spec.spec.replicaz: unknown field; did you mean replicas?",
    ]);
  });

  it("is taken where the resource leaves such rows out", async () => {
    const more = { includeWhen: '{{ eq .pull "Always" }}' };
    expect(await warned(app({ ...pulled, replicas: "{{ .replicas }}" }, more))).toEqual([]);
  });

  it("never sees a sensitive value: what is made of it is neither judged nor told", async () => {
    const secrets = [
      resource("s", { apiVersion: "v1", kind: "Secret", stringData: { token: "{{ .token }}" }, type: "{{ .token }}" }),
    ];
    expect(await warned({ secrets })).toEqual([]);
    const number = { configMaps: [resource("cm", configMap({ a: '{{ .token | mustRegexFind "(" }}' }))] };
    const said = await warned(number);
    expect(said).toEqual([
      "spec.configMaps[0].spec.data.a: with made-up values: line 1, column 13: mustRegexFind fails; why is not shown, since it may quote a sensitive value",
      "spec.configMaps[0].spec.data.a: uses .token, declared sensitive by hub hub; the object is no Secret and shows it to everybody who can read it",
    ]);
    expect(said.join()).not.toContain("shh");
  });

  it("may use a variable that was mapped after the rows were read", async () => {
    await scenario.hub({
      table: "not_there",
      extra: { replicas: "replicas", pull: "pull", token: "token", late: "extra" },
      spec: { sensitiveValues: ["token"] },
    });
    expect(await warned(app({ replicas: "{{ .late }}" }))).toEqual([]);
  });
});

describe("a change of a form that is stored", () => {
  it("is only warned of what it does not touch, in this resource or another, and refused for what it does", async () => {
    const stored = resource("old", configMap({ a: "{{ .pull | trunc 3 }}" }));
    // Taken while there was nothing to see: rows that do not fit come later.
    const numbers = resource("numbers", deployment({ replicas: "{{ .replicas }}" }));
    await scenario.sql("CREATE TABLE others LIKE nodes");
    await scenario.hub({ name: "other", table: "others", extra: { replicas: "replicas", pull: "pull" } });
    const lists = { configMaps: [stored], deployments: [numbers] };
    await scenario.apply(scenario.formManifest("changing", lists, "other"));
    await scenario.sql("INSERT INTO others VALUES ('late', 1, 'several', 'Always', '', '')");
    await eventually(async () => {
      expect((await scenario.nodes()).some(({ metadata }) => metadata.name === "late-changing")).toBe(true);
    });

    const changed = { ...lists, configMaps: [resource("old", configMap({ a: "new" }))] };
    expect(await warnings(scenario, scenario.formManifest("changing", changed, "other"))).toEqual([
      'spec.deployments[0].spec.spec.replicas: renders "several", but the field takes an integer (row "late")',
    ]);
    // A row that came later does not keep anybody from changing something else in the resource.
    const beside = { ...changed, deployments: [{ ...numbers, timeoutSeconds: 60 }] };
    expect(await warnings(scenario, scenario.formManifest("changing", beside, "other"))).toEqual([
      'spec.deployments[0].spec.spec.replicas: renders "several", but the field takes an integer (row "late") (not new, so it does not stop this change)',
    ]);
    const replicas = deployment({ replicas: "{{ .replicas | trim }}" });
    const touched = { ...changed, deployments: [{ ...numbers, spec: replicas }] };
    expect(await refusal(scenario, scenario.formManifest("changing", touched, "other"))).toEqual([
      'spec.deployments[0].spec.spec.replicas: renders "several", but the field takes an integer (row "late")',
    ]);
    const more = {
      ...beside,
      deployments: [...beside.deployments, { ...numbers, id: "more", nameTemplate: "{{ .uid }}-more" }],
    };
    expect(await refusal(scenario, scenario.formManifest("changing", more, "other"))).toEqual([
      'spec.deployments[1].spec.spec.replicas: renders "several", but the field takes an integer (row "late")',
    ]);
  });
});
