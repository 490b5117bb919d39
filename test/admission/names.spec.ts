import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";
import { configMap, refusal, warnings } from "./answer";

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.open("names");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN, plan VARCHAR(20))");
  await scenario.sql("INSERT INTO nodes VALUES ('acme', 1, 'basic'), ('beta', 1, 'basic')");
  await scenario.hub({ extra: { planId: "plan" } });
});

afterAll(() => scenario.close());

const refused = (...configMaps: unknown[]) => refusal(scenario, scenario.formManifest("refused", { configMaps }));
const named = (nameTemplate: string, more: Record<string, unknown> = {}) =>
  configMap("a", {}, { nameTemplate, ...more });
const at = "spec.configMaps[0].nameTemplate";

describe("the names of a form's objects", () => {
  it("must depend on the row", async () => {
    expect(await refused(named("settings"))).toEqual([
      `${at}: is "settings" for every row, so all of them would fight over one ConfigMap; put the uid into the name or the namespace, or share the object on purpose with creationPolicy Once and deletionPolicy Retain`,
    ]);
  });

  it("may be fixed in a namespace of the row's own", async () => {
    const configMaps = [named("settings", { namespaceTemplate: `${scenario.namespace}-{{ .uid }}` })];
    const form = scenario.formManifest("placed", { configMaps });
    expect(await warnings(scenario, form, ["--dry-run=server"])).toEqual([]);
  });

  it("warn where they depend on another column only", async () => {
    const form = scenario.formManifest("by-plan", { configMaps: [named("{{ .planId }}-settings")] });
    expect(await warnings(scenario, form, ["--dry-run=server"])).toEqual([
      `${at}: depends on .planId but not on the uid; two rows with the same value would fight over one ConfigMap`,
    ]);
  });

  it("must be legal for the kind", async () => {
    expect(await refused(named("{{ .uid }}_app"))).toEqual([
      `${at}: renders "sample-uid_app", which is not a DNS subdomain: at most 253 of a-z, 0-9, - and .; lower, trunc 63 or trimSuffix "-" may help`,
    ]);
    const services = [
      {
        id: "s",
        nameTemplate: "{{ .uid }}.app",
        spec: { apiVersion: "v1", kind: "Service", spec: { ports: [{ port: 80 }] } },
      },
    ];
    expect(await refusal(scenario, scenario.formManifest("refused", { services }))).toEqual([
      'spec.services[0].nameTemplate: renders "sample-uid.app", which is not a Service name: at most 63 of a-z, 0-9 and -, a letter first; lower, trunc 63 or trimSuffix "-" may help',
    ]);
  });

  it("are told together with illegal namespaces, labels and keys", async () => {
    const labelsTemplate = { tier: "a b", "my key": "x" };
    expect(await refused(named("{{ .uid }}", { namespaceTemplate: "{{ .uid }}.x", labelsTemplate }))).toEqual([
      'spec.configMaps[0].labelsTemplate["my key"]: "my key" is no key: a name of at most 63 letters, digits, -, _ and ., after a DNS subdomain and / if any',
      'spec.configMaps[0].labelsTemplate.tier: renders "a b", which is no label value: at most 63 letters, digits, -, _ and ., and a letter or digit at both ends',
      'spec.configMaps[0].namespaceTemplate: renders "sample-uid.x", which is not a namespace: at most 63 of a-z, 0-9 and -; lower, trunc 63 or trimSuffix "-" may help',
    ]);
  });

  it("must differ from each other", async () => {
    expect(await refused(named("{{ .uid }}-x"), { ...named('{{ printf "%s-x" .uid }}'), id: "b" })).toEqual([
      'spec.configMaps[1].nameTemplate: is the same ConfigMap as resource "a" (spec.configMaps[0]) for every row; give one of them another name',
    ]);
  });
});

describe("two forms", () => {
  it("are refused one object, and the other form and resource are named", async () => {
    await scenario.form("first", { configMaps: [named("{{ .uid }}-x")] });
    const second = scenario.formManifest("second", { configMaps: [{ ...named("{{ .uid }}-x"), id: "b" }] });
    // The webhook follows other forms by a watch.
    await eventually(async () => {
      expect(await refusal(scenario, second, ["--dry-run=server"])).toEqual([
        `${at}: LynqForm ${scenario.namespace}/first writes the same ConfigMap with its resource "a": both are called "{{ .uid }}-x"; give one of them another name`,
      ]);
    });
    await refusal(scenario, second);
    expect(await warnings(scenario, scenario.formManifest("second", { configMaps: [named("{{ .uid }}-y")] }))).toEqual(
      [],
    );
  });
});

describe("forms of two hubs", () => {
  it("may call their objects alike, with a warning: their rows may never meet", async () => {
    await scenario.hub({ name: "other-hub" });
    await scenario.form("here", { configMaps: [named("{{ .uid }}-alike")] });
    const there = (name: string) => scenario.formManifest("there", { configMaps: [named(name)] }, "other-hub");
    await eventually(async () => {
      expect(await warnings(scenario, there("{{ .uid }}-alike"), ["--dry-run=server"])).toEqual([
        `${at}: LynqForm ${scenario.namespace}/here of another hub calls its ConfigMap "a" "{{ .uid }}-alike", too: a row with the same values in both hubs would be refused to the second`,
      ]);
    });
    expect(await warnings(scenario, there("{{ .hubId }}-{{ .uid }}-alike"), ["--dry-run=server"])).toEqual([]);
  });
});

describe("an object that is shared on purpose", () => {
  it("may have a fixed name, in two forms, too", async () => {
    const shared = named("shared-settings", { creationPolicy: "Once", deletionPolicy: "Retain" });
    for (const name of ["shared", "shared-too"]) {
      expect(await warnings(scenario, scenario.formManifest(name, { configMaps: [shared] }))).toEqual([]);
    }
  });
});
