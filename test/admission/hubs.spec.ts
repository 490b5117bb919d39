import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Scenario } from "../environment/scenario";
import { configMap, refusal, warnings } from "./answer";

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

describe("a hub that forms depend on", () => {
  const changed = (extra: Record<string, string>, spec: Record<string, unknown> = {}) =>
    scenario.hubManifest({ name: "used", extra, spec });
  const web = "LynqForm web (spec.configMaps[0].spec.data.k) and LynqForm worker (spec.configMaps[0].spec.data.k)";

  it("cannot lose a mapping that they print; all forms and fields are named", async () => {
    await scenario.hub({ name: "used", extra: { planId: "plan", region: "plan", spare: "plan" } });
    const print = (id: string, more = {}) =>
      configMap(id, { k: "{{ .planId }}", guarded: '{{ .region | default "eu" }}' }, more);
    await scenario.form("web", { configMaps: [print("web", { labelsTemplate: { plan: "{{ .planId }}" } })] }, "used");
    await scenario.form("worker", { configMaps: [print("worker")] }, "used");
    const lost = "whose rows would all fail; change the form first, or give the variable a default there";
    const both = web.replace("[0].spec.data.k) and", "[0].labelsTemplate.plan, spec.configMaps[0].spec.data.k) and");
    const renamings: Record<string, string>[] = [
      { spare: "plan", region: "plan" },
      { plan: "plan", region: "plan" },
    ];
    for (const renamed of renamings) {
      expect(await refusal(scenario, changed(renamed))).toEqual([
        `spec.extraValueMappings.planId: .planId is used by ${both}, ${lost}`,
      ]);
    }
  });

  it("may lose mappings that they guard or do not use", async () => {
    expect(await warnings(scenario, changed({ planId: "plan" }))).toEqual([]);
  });

  it("cannot make sensitive what they show", async () => {
    expect(await refusal(scenario, changed({ planId: "plan" }, { sensitiveValues: ["planId"] }))).toEqual([
      "spec.sensitiveValues: would make sensitive what is shown in names, namespaces, labels or annotations by LynqForm web (spec.configMaps[0].labelsTemplate.plan); change the form first",
    ]);
  });

  it("may lose the mapping once the forms can do without it", async () => {
    for (const name of ["web", "worker"]) {
      await scenario.form(name, { configMaps: [configMap(name, { k: "x" })] }, "used");
    }
    expect(await warnings(scenario, changed({}))).toEqual([]);
  });
});

describe("the Secrets of a hub", () => {
  const withPassword = (name: string, key: string) => {
    const manifest = scenario.hubManifest({ name: "secrets" });
    const { source } = manifest["spec"] as { source: { mysql: object } };
    const mysql = { ...source.mysql, passwordRef: { name, key } };
    return { ...manifest, spec: { ...(manifest["spec"] as object), source: { ...source, mysql } } };
  };

  it("are missed with a warning, and so are their keys", async () => {
    expect(await warnings(scenario, withPassword("nowhere", "password"), ["--dry-run=server"])).toEqual([
      "spec.source.mysql.passwordRef: there is no Secret nowhere in the hub's namespace yet; until there is, the table cannot be read",
    ]);
    expect(await warnings(scenario, withPassword("mysql-secret", "pass"), ["--dry-run=server"])).toEqual([
      'spec.source.mysql.passwordRef: Secret mysql-secret has no key "pass" yet; until it has, the table cannot be read',
    ]);
    expect(await warnings(scenario, withPassword("mysql-secret", "password"), ["--dry-run=server"])).toEqual([]);
  });
});
