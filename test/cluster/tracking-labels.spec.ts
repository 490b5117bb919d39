import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.open("labels");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN, plan VARCHAR(20))");
  await scenario.sql("INSERT INTO nodes VALUES ('Acme_1', 1, 'basic')");
  await scenario.hub({ extra: { planId: "plan" } });
});

afterAll(() => scenario.close());

describe("tracking labels", () => {
  it("say of a form which hub it serves", async () => {
    await scenario.form("labelled", {
      configMaps: [
        {
          id: "l",
          nameTemplate: '{{ .uid | lower | replace "_" "-" }}-l',
          spec: { apiVersion: "v1", kind: "ConfigMap" },
        },
      ],
    });
    const { metadata } = await scenario.formObject("labelled");
    expect(metadata.labels).toEqual({ "lynq.sh/hub": "hub", "lynq.sh/form": "labelled" });
  });

  it("come back when somebody changes them", async () => {
    await scenario.kubectl(["label", "--overwrite", "lynqform", "labelled", "lynq.sh/hub=wrong", "mine=stays"]);
    const { metadata } = await scenario.formObject("labelled");
    expect(metadata.labels).toEqual({ "lynq.sh/hub": "hub", "lynq.sh/form": "labelled", mine: "stays" });
  });

  it("select nodes by hub, form and row; a uid that is no legal label gets one", async () => {
    const { stdout } = await eventually(async () => {
      const found = await scenario.kubectl([
        "get",
        "lynqnodes",
        "-l",
        "lynq.sh/hub=hub,lynq.sh/form=labelled,lynq.sh/uid=Acme_1",
        "-o",
        "name",
      ]);
      expect(found.stdout).not.toBe("");
      return found;
    });
    expect(stdout.trim().split("\n")).toHaveLength(1);
  });

  it("are on a node that somebody else makes, too", async () => {
    await scenario.apply({
      apiVersion: "operator.lynq.sh/v1",
      kind: "LynqNode",
      metadata: { name: "by-hand" },
      spec: { uid: "a b", templateRef: "labelled", hubId: "nobody" },
    });
    const { metadata } = await scenario.node("by-hand");
    expect(metadata.labels).toMatchObject({ "lynq.sh/hub": "nobody", "lynq.sh/form": "labelled" });
    expect(metadata.labels?.["lynq.sh/uid"]).toMatch(/^a-b-[0-9a-f]+$/);
    await scenario.kubectl(["delete", "lynqnode", "by-hand", "--timeout=180s"]);
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "by-hand");
  });
});
