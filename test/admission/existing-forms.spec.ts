import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";
import { configMap, refusal, warnings } from "./answer";

let scenario: Scenario;
const unmapped =
  "hub maps no variable .planId (line 1, column 4); add it to the hub's extraValueMappings, or give it a default";

const form = (lists: Record<string, unknown>) => scenario.formManifest("early", lists);
const old = () => configMap("old", { k: "{{ .planId }}" });

async function condition() {
  const { status } = await scenario.formObject("early");
  return status?.conditions?.find(({ type }) => type === "Valid");
}

beforeAll(async () => {
  scenario = await Scenario.open("existing");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN, plan VARCHAR(20))");
});

afterAll(() => scenario.close());

describe("a form that came before its hub", () => {
  it("is taken with a warning", async () => {
    expect(await warnings(scenario, form({ configMaps: [old()] }))).toEqual([
      "spec.hubId: there is no LynqHub hub in the form's namespace yet; variables are checked when there is one",
    ]);
  });

  it("says in its status that the hub is missing", async () => {
    await eventually(async () => {
      expect(await condition()).toMatchObject({
        status: "False",
        reason: "ValidationFailed",
        message: `spec.hubId: there is no LynqHub ${scenario.namespace}/hub`,
      });
    });
  });

  it("is checked again when the hub appears, and says in its status what is wrong", async () => {
    await scenario.hub();
    await eventually(async () => {
      expect(await condition()).toMatchObject({
        status: "False",
        reason: "ValidationFailed",
        message: `spec.configMaps[0].spec.data.k: hub ${unmapped}`,
      });
    });
  });
});

describe("an object that breaks a rule already", () => {
  const notNew = `hub ${unmapped} (not new, so it does not stop this change)`;

  it("can be changed elsewhere, with a warning, wherever its entry moves", async () => {
    expect(await warnings(scenario, form({ configMaps: [old()], revisionHistoryLimit: 3 }))).toEqual([
      `spec.configMaps[0].spec.data.k: ${notNew}`,
    ]);
    expect(await warnings(scenario, form({ configMaps: [configMap("first"), old()] }))).toEqual([
      `spec.configMaps[1].spec.data.k: ${notNew}`,
    ]);
  });

  it("is refused a new violation, and the old one in a changed text", async () => {
    const twice = form({ configMaps: [old(), configMap("new", { k: "{{ .planId }}" })] });
    expect(await refusal(scenario, twice)).toEqual([`spec.configMaps[1].spec.data.k: hub ${unmapped}`]);
    const changed = form({ configMaps: [configMap("old", { k: "{{ .planId }}!" })] });
    expect(await refusal(scenario, changed)).toEqual([`spec.configMaps[0].spec.data.k: hub ${unmapped}`]);
  });

  it("can be labelled, annotated and given a finalizer without a word", async () => {
    const patch = { metadata: { labels: { a: "b" }, annotations: { a: "b" }, finalizers: ["example.com/hold"] } };
    for (const metadata of [patch, { metadata: { finalizers: [] } }]) {
      const { code, stderr } = await scenario.kubectl([
        "patch",
        "lynqform",
        "early",
        "--type=merge",
        "-p",
        JSON.stringify(metadata),
      ]);
      expect([code, stderr]).toEqual([0, ""]);
    }
  });

  it("becomes valid when the hub maps the variable", async () => {
    await scenario.hub({ extra: { planId: "plan" } });
    await eventually(async () => {
      expect(await condition()).toMatchObject({ status: "True" });
    });
  });

  it("can be deleted", async () => {
    await scenario.kubectl(["delete", "lynqhub", "hub", "--timeout=180s"]);
    await scenario.hub();
    await eventually(async () => {
      expect(await condition()).toMatchObject({ status: "False", reason: "ValidationFailed" });
    });
    expect(await scenario.kubectl(["delete", "lynqform", "early", "--timeout=180s"])).toMatchObject({ code: 0 });
    await scenario.gone("operator.lynq.sh/v1", "LynqForm", "early");
  });
});
