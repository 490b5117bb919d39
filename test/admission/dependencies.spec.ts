import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Scenario } from "../environment/scenario";
import { configMap, refusal } from "./answer";

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.open("dependencies");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN, plan VARCHAR(20))");
  await scenario.hub({ extra: { planId: "plan" } });
});

afterAll(() => scenario.close());

const refused = (lists: Record<string, unknown>) => refusal(scenario, scenario.formManifest("refused", lists));

describe("dependencies between resources", () => {
  it("shows the whole path of a dependency cycle", async () => {
    const configMaps = [configMap("a", {}, { dependIds: ["b"] }), configMap("b", {}, { dependIds: ["a"] })];
    expect(await refused({ configMaps })).toEqual([
      "spec.configMaps[0].dependIds[0]: dependencies form a cycle: a → b → a",
    ]);
  });

  it("shows a cycle that leads through several lists", async () => {
    const secret = {
      id: "c",
      nameTemplate: "{{ .uid }}-c",
      spec: { apiVersion: "v1", kind: "Secret" },
      dependIds: ["a"],
    };
    const configMaps = [configMap("a", {}, { dependIds: ["b"] }), configMap("b", {}, { dependIds: ["c"] })];
    expect(await refused({ configMaps, secrets: [secret] })).toEqual([
      "spec.configMaps[0].dependIds[0]: dependencies form a cycle: a → b → c → a",
    ]);
  });

  it("shows a resource that depends on itself", async () => {
    expect(await refused({ configMaps: [configMap("a", {}, { dependIds: ["a"] })] })).toEqual([
      "spec.configMaps[0].dependIds[0]: a depends on itself",
    ]);
  });

  it("names an unknown dependId and the id that was probably meant", async () => {
    const configMaps = [configMap("a", {}, { dependIds: ["confg"] }), configMap("config")];
    expect(await refused({ configMaps })).toEqual([
      'spec.configMaps[0].dependIds[0]: no resource of the form has the id "confg"; did you mean config?',
    ]);
  });

  it("names both places of an id that two lists use", async () => {
    const secrets = [{ id: "a", nameTemplate: "{{ .uid }}-s", spec: { apiVersion: "v1", kind: "Secret" } }];
    expect(await refused({ configMaps: [configMap("a")], secrets })).toEqual([
      'spec.secrets[0].id: the id "a" is already taken by spec.configMaps[0]',
    ]);
  });
});
