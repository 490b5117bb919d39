import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { findCondition } from "../../lib/status";
import { deployment } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";
import { warnings } from "./answer";

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.open("objects-later");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN, replicas VARCHAR(20))");
  await scenario.sql("INSERT INTO nodes VALUES ('acme', 1, '2'), ('beta', 1, 'many')");
});

afterAll(() => scenario.close());

const form = (replicas: string) =>
  scenario.formManifest("early", {
    deployments: [{ id: "app", nameTemplate: "{{ .uid }}-app", spec: deployment({ replicas }) }],
  });
const taken = { reason: "ValidationPassed", status: "True" };
const fault = {
  reason: "ValidationFailed",
  status: "False",
  message: 'spec.deployments[0].spec.spec.replicas: renders "many", but the field takes an integer (row "beta")',
};

async function valid(expected: object): Promise<void> {
  await eventually(async () => {
    const { metadata, status } = await scenario.formObject("early");
    expect(status?.observedGeneration).toBe(metadata.generation);
    expect(findCondition(status?.conditions, "Valid")).toMatchObject(expected);
  });
}

// Nobody was refused when the form came, since nothing was known: the form's status tells what admission could not.
describe("a form that comes before its hub", () => {
  it("is taken, and says that its hub is missing", async () => {
    expect(await warnings(scenario, form("{{ .replicas }}"))).toEqual([
      expect.stringMatching(/^spec\.hubId: there is no LynqHub hub/),
    ]);
    await valid({
      reason: "ValidationFailed",
      status: "False",
      message: `spec.hubId: there is no LynqHub ${scenario.namespace}/hub`,
    });
  });

  it("says what is wrong with its objects when the hub has read its rows, and which row shows it", async () => {
    await scenario.hub({ extra: { replicas: "replicas" } });
    await valid(fault);
    await scenario.ready("acme-early");
  });

  it("is valid again when the row is mended, without anybody touching the form", async () => {
    await scenario.sql("UPDATE nodes SET replicas = '3' WHERE id = 'beta'");
    await valid(taken);
    await scenario.ready("beta-early");
  });

  it("is refused, from now on, for what a row would make of it", async () => {
    await scenario.sql("UPDATE nodes SET replicas = 'many' WHERE id = 'beta'");
    await eventually(async () => {
      expect((await scenario.node("beta-early")).spec.values).toMatchObject({ replicas: "many" });
    });
    const { code, stderr } = await scenario.tryApply(form("{{ .replicas | trim }}"));
    expect(code).not.toBe(0);
    expect(stderr).toContain(fault.message);
    await scenario.apply(form('{{ if eq .replicas "many" }}9{{ else }}{{ .replicas }}{{ end }}'));
    await valid(taken);
    await scenario.ready("beta-early");
  });
});
