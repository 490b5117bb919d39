import { readFileSync, statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { isPlainObject } from "../../lib/blueprint/object";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

let scenario: Scenario;
let path: string;
let from: number;

beforeAll(async () => {
  scenario = await Scenario.open("logs");
  path = scenario.environment.details.operator?.logPath ?? "";
  from = statSync(path).size;
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN, plan VARCHAR(20))");
  await scenario.sql("INSERT INTO nodes VALUES ('acme', 1, 'basic'), ('bad', 1, 'broken')");
  await scenario.hub({ extra: { plan: "plan" } });
  const spec = configMap({ plan: '{{ if eq .plan "broken" }}{{ fail "no-such-plan-at-all" }}{{ end }}{{ .plan }}' });
  await scenario.form("web", { configMaps: [{ id: "plan", nameTemplate: "{{ .uid }}", spec }] });
  await scenario.ready("acme-web");
});

afterAll(() => scenario.close());

/** Lines that were written since, whoever they are about. */
function lines(): Record<string, unknown>[] {
  const text = readFileSync(path).subarray(from).toString("utf8");
  // What follows the last line break is a line that is being written.
  return text
    .split("\n")
    .slice(0, -1)
    .map(line => {
      const value: unknown = JSON.parse(line);
      if (!isPlainObject(value)) throw new Error(`no line of JSON: ${line}`);
      return value;
    });
}

/** The first line about something of ours that says so. */
function line(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const found = lines().find(one => Object.entries(fields).every(([key, value]) => one[key] === value));
  if (found === undefined) throw new Error(`no line with ${JSON.stringify(fields)}`);
  return found;
}

describe("the operator's log", () => {
  it("is JSON, a line each, with level, time and words", () => {
    for (const one of lines())
      expect(one).toMatchObject({ level: expect.any(Number), time: expect.any(Number), msg: expect.any(String) });
  });

  it("tells each event, with hub, form, row, and the object's uid as its trace", async () => {
    const { namespace } = scenario;
    const [good, bad] = [await scenario.node("acme-web"), await scenario.node("bad-web")];
    const place = { namespace, hub: "hub", form: "web" };
    await eventually(() => {
      expect(line({ node: "acme-web", reason: "TemplateAppliedSuccess" })).toMatchObject({
        ...place,
        level: 30,
        name: "lynq",
        uid: "acme",
        trace: good.metadata.uid,
      });
      const failed = line({ node: "bad-web", reason: "TemplateRenderError" });
      expect(failed).toMatchObject({ ...place, level: 40, uid: "bad", trace: bad.metadata.uid });
      expect(failed["msg"]).toContain("no-such-plan-at-all");
    });
  });

  it("tells a pass of a hub that changes something in one line, and a quiet one in none", async () => {
    const { namespace } = scenario;
    const hub = (await scenario.hubObject()).metadata.uid;
    const changes = () =>
      lines().filter(one => one["namespace"] === namespace && one["msg"] === "nodes follow the rows");
    await eventually(() => {
      const created = changes().reduce((sum, one) => sum + Number(one["created"]), 0);
      expect(created).toBe(2);
    });
    expect(changes()[0]).toMatchObject({ hub: "hub", namespace, trace: hub, updated: 0, deleted: 0 });
    const told = changes().length;
    await scenario.afterSyncs();
    expect(changes()).toHaveLength(told);
  });

  it("tells a hub whose table cannot be read once, and once that it can be again", async () => {
    const reads = (reason: string) =>
      lines().filter(
        one => one["hub"] === "hub" && one["reason"] === reason && one["namespace"] === scenario.namespace,
      );
    await scenario.sql("RENAME TABLE nodes TO elsewhere");
    await eventually(() => {
      expect(reads("DatabaseQueryFailed")).toHaveLength(1);
    });
    await scenario.afterSyncs();
    expect(reads("DatabaseQueryFailed")).toHaveLength(1);
    await scenario.sql("RENAME TABLE elsewhere TO nodes");
    await scenario.afterSyncs();
  });

  it("and every object are searched for planted values, so that one that is told anywhere is found", async () => {
    await eventually(async () => {
      const tellers = (await scenario.tellersOf(["no-such-plan-at-all"])).map(teller =>
        teller.replace(/[.-][0-9a-f]+$/, ""),
      );
      const kinds = ["LynqForm web", "LynqNode bad-web", "Event bad-web", "ControllerRevision web"];
      expect(tellers).toEqual(expect.arrayContaining(kinds));
    });
    expect(await scenario.tellersOf([scenario.database.password])).toEqual([]);
  });

  it("has no line of Pepr's about each admission request, which names the webhook's secret path", () => {
    const text = readFileSync(path, "utf8");
    expect(text).not.toMatch(/\/(mutate|validate)\/[0-9a-f]{16}/);
    expect(text).not.toContain("Incoming request");
  });
});
