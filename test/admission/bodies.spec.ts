import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Scenario } from "../environment/scenario";
import { configMap, refusal, warnings } from "./answer";

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.open("bodies");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN)");
  await scenario.hub();
});

afterAll(() => scenario.close());

const body = (id: string, spec: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  configMap(id, {}, { spec: { apiVersion: "v1", kind: "ConfigMap", ...spec }, ...more });

describe("the objects that a form describes", () => {
  it("are told all of their problems at once, each with its field", async () => {
    const configMaps = [
      body("other-kind", { kind: "Secret" }),
      body("templated", { kind: "{{ .uid }}" }),
      body("untyped", { apiVersion: undefined, kind: undefined }),
      body("status", { status: { phase: "Ready" } }),
      body("owned", { metadata: { ownerReferences: [], generateName: "x-" } }),
      body("reserved", {}, { labelsTemplate: { "lynq.sh/uid": "x" }, annotationsTemplate: { "lynq.sh/mine": "x" } }),
      body("path", {}, { ignoreFields: ["$.data["] }),
    ];
    const own = "keys that begin with lynq.sh/ are Lynq's own; choose another prefix";
    const told = await refusal(scenario, scenario.formManifest("refused", { configMaps }));
    expect(told.slice(0, 9)).toEqual([
      "spec.configMaps[0].spec.kind: configMaps takes ConfigMap, not Secret; put it in secrets",
      "spec.configMaps[1].spec.kind: cannot be a template; write one resource for each kind and choose with includeWhen",
      "spec.configMaps[2].spec.apiVersion: is required",
      "spec.configMaps[2].spec.kind: is required",
      "spec.configMaps[3].spec.status: the cluster writes status, a form cannot; remove it",
      "spec.configMaps[4].spec.metadata.generateName: an object needs the same name each time; use nameTemplate",
      "spec.configMaps[4].spec.metadata.ownerReferences: Lynq decides who owns the object (deletionPolicy); remove it",
      `spec.configMaps[5].labelsTemplate["lynq.sh/uid"]: ${own}`,
      `spec.configMaps[5].annotationsTemplate["lynq.sh/mine"]: ${own}`,
    ]);
    expect(told[9]).toMatch(/^spec\.configMaps\[6\]\.ignoreFields\[0\]: .*\$\.data\[/);
  });

  it("are checked against the schemas of their kinds all the same, however much beside the body is wrong", async () => {
    const more = { nameTemplate: "Not_Legal-{{ .uid }}", ignoreFields: ["$.data["], includeWhen: "maybe" };
    const told = await refusal(
      scenario,
      scenario.formManifest("refused", { configMaps: [body("all", { dat: { a: "b" } }, more)] }),
    );
    expect(told.map(line => line.split(": ")[0])).toEqual([
      "spec.configMaps[0].includeWhen",
      "spec.configMaps[0].ignoreFields[0]",
      "spec.configMaps[0].nameTemplate",
      "spec.configMaps[0].spec.dat",
    ]);
    expect(told[3]).toBe("spec.configMaps[0].spec.dat: unknown field; did you mean data?");
  });

  it("are told of metadata that has no effect", async () => {
    const configMaps = [body("a", { metadata: { resourceVersion: "7" } })];
    expect(await warnings(scenario, scenario.formManifest("ignored", { configMaps }), ["--dry-run=server"])).toEqual([
      "spec.configMaps[0].spec.metadata.resourceVersion: is ignored; a form gives name, namespace, labels and annotations",
    ]);
  });

  it("are refused numbers out of range by the CRD's schema, before the webhook is asked, all at once and with the field", async () => {
    const configMaps = [body("a", { kind: "Secret" }, { timeoutSeconds: 0, creationPolicy: "Never" })];
    const form = scenario.formManifest("refused", { configMaps, rollout: { progressDeadlineSeconds: 1 } });
    const { code, stderr } = await scenario.tryApply(form);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "spec.configMaps[0].timeoutSeconds: Invalid value: 0: spec.configMaps[0].timeoutSeconds in body should be greater than or equal to 1",
    );
    expect(stderr).toContain(
      'spec.configMaps[0].creationPolicy: Unsupported value: "Never": supported values: "Once", "WhenNeeded"',
    );
    expect(stderr).toContain(
      "spec.rollout.progressDeadlineSeconds: Invalid value: 1: spec.rollout.progressDeadlineSeconds in body should be greater than or equal to 60",
    );
  });
});
