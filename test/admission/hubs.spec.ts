import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { Scenario } from "../environment/scenario";
import { refusal } from "./answer";

jest.setTimeout(120_000);

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.open("hubs");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN, plan VARCHAR(20))");
  await scenario.hub({ extra: { planId: "plan" } });
});

afterAll(() => scenario.close());

describe("a hub", () => {
  const hub = (spec: Record<string, unknown>, more: Parameters<Scenario["hubManifest"]>[0] = {}) =>
    scenario.hubManifest({ ...more, name: "refused", spec });

  it("refuses the two spellings of the interval when they differ", async () => {
    const manifest = hub({});
    const source = { ...(manifest["spec"] as { source: object }).source, syncInterval: "1m" };
    const { code, stderr } = await scenario.tryApply(hub({ source }));
    expect(code).not.toBe(0);
    expect(stderr.trim()).toBe(
      'The LynqHub "refused" is invalid: spec.syncInterval: Invalid value: ' +
        "spec.syncInterval and spec.source.syncInterval are two spellings of one setting and differ; keep one of them",
    );
    expect(await scenario.find("operator.lynq.sh/v1", "LynqHub", "refused")).toBeUndefined();
  });

  it("takes either spelling of the interval, and both when they agree", async () => {
    const { source } = hub({})["spec"] as { source: object };
    const spellings = { syncInterval: "30s", source };
    for (const spec of [spellings, { ...spellings, source: { ...source, syncInterval: "30s" } }]) {
      const { code, stderr } = await scenario.tryApply({ ...hub(spec), metadata: { name: "spelled" } });
      expect([code, stderr]).toEqual([0, ""]);
    }
    await scenario.kubectl(["delete", "lynqhub", "spelled"]);
  });

  it("names every mapping that takes the name of a variable of Lynq's own", async () => {
    expect(await refusal(scenario, hub({}, { extra: { uid: "plan", templateRef: "plan", planId: "plan" } }))).toEqual([
      "spec.extraValueMappings.templateRef: the variable .templateRef is Lynq's own; choose another name",
      "spec.extraValueMappings.uid: the variable .uid is Lynq's own; choose another name",
    ]);
  });

  it("refuses a mapping that collides with what hostOrUrl brings along", async () => {
    const valueMappings = { uid: "id", activate: "active", hostOrUrl: "url" };
    expect(await refusal(scenario, hub({ valueMappings }, { extra: { host: "plan" } }))).toEqual([
      "spec.extraValueMappings.host: the variable .host is Lynq's own; choose another name",
    ]);
  });

  it("refuses sensitive values that are mapped nowhere or shown everywhere", async () => {
    expect(await refusal(scenario, hub({ sensitiveValues: ["planid", "uid"] }, { extra: { planId: "plan" } }))).toEqual(
      [
        'spec.sensitiveValues[0]: the hub maps no variable "planid"; did you mean planId?',
        "spec.sensitiveValues[1]: .uid is part of names, labels or status and cannot be sensitive",
      ],
    );
  });

  it("refuses a row schema that no row could pass", async () => {
    expect(
      await refusal(scenario, hub({ rowSchema: { required: ["planid"] } }, { extra: { planId: "plan" } })),
    ).toEqual([
      'spec.rowSchema.required[0]: the hub maps no variable "planid", so no row could ever pass; did you mean planId?',
    ]);
  });
});
