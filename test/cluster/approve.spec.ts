import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { findCondition } from "../../lib/status";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { runLynq } from "../environment/lynq";
import { Scenario } from "../environment/scenario";

let scenario: Scenario;

const lynq = (...args: string[]) => runLynq(scenario, args);

const names = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => `row-${String(from + index).padStart(2, "0")}`);
const insert = (uids: readonly string[]) =>
  scenario.sql(`INSERT INTO nodes VALUES ${uids.map(uid => `('${uid}', 1)`).join()}`);
const form = (prefix: string) => ({
  configMaps: [{ id: "settings", nameTemplate: `${prefix}-{{ .uid }}`, spec: configMap() }],
});
const nodeNames = async (): Promise<string[]> =>
  (await scenario.nodes()).map(({ metadata }) => metadata.name ?? "").sort();

function settled(count: number): Promise<void> {
  return eventually(async () => {
    expect((await scenario.hubObject()).status).toMatchObject({ desired: count, ready: count });
    expect(await nodeNames()).toHaveLength(count);
  });
}

function held(count: number): Promise<string> {
  return eventually(async () => {
    const { status } = await scenario.hubObject();
    expect(status?.deletionHeld?.count).toBe(count);
    return status?.deletionHeld?.digest ?? "";
  });
}

beforeAll(async () => {
  scenario = await Scenario.open("approve");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN)");
  await insert(names(12));
  await scenario.hub({ spec: { deletionGuard: { minCount: 10, maxPercent: 40 } } });
  await scenario.form("one", form("one"));
  await settled(12);
});

afterAll(() => scenario.close());

describe("lynq approve", () => {
  it("says so when nothing is held back, and refuses a digest then", async () => {
    expect(await lynq("approve", "hub/hub")).toEqual({ code: 0, out: "hub/hub: nothing is held back\n", err: "" });
    expect(await lynq("approve", "hub/hub", "--digest", "0123456789abcdef")).toEqual({
      code: 1,
      out: "",
      err:
        'lynq approve: hub/hub holds nothing back under the digest "0123456789abcdef"; nothing was let go\n' +
        "hub/hub: nothing is held back\n",
    });
  });

  it("shows what is held, and the command; refuses an unknown digest, and lets nothing go by it", async () => {
    await scenario.sql("DELETE FROM nodes WHERE id <> 'row-11'");
    const digest = await held(11);
    const shown =
      "hub/hub: 11 of 12 nodes would be deleted, with everything that they made:\n" +
      names(10)
        .map(name => `  ${name}-one\n`)
        .join("") +
      `  and 1 more\nIf they are to go: lynq approve hub/hub --digest ${digest} -n ${scenario.namespace}\n`;
    expect(await lynq("approve", "hub/hub")).toEqual({ code: 0, out: shown, err: "" });
    expect(await lynq("approve", "hub/hub", "--digest", "0123456789abcdef")).toEqual({
      code: 1,
      out: "",
      err:
        'lynq approve: hub/hub holds nothing back under the digest "0123456789abcdef"; nothing was let go\n' +
        `What it holds back now:\n${shown}`,
    });
    await scenario.afterSyncs();
    expect(await nodeNames()).toHaveLength(12);
  });

  it("refuses the digest of a set that is not the set any more, and lets exactly the set of its digest go", async () => {
    const stale = await held(11);
    await scenario.sql("DELETE FROM nodes");
    const digest = await held(12);
    expect(await lynq("approve", "hub/hub", "--digest", stale)).toMatchObject({
      code: 1,
      err: expect.stringContaining(`--digest ${digest}`),
    });
    await insert(["kept"]);
    await scenario.ready("kept-one");
    expect(await lynq("approve", "hub/hub", "--digest", digest)).toEqual({
      code: 0,
      out: "hub/hub: approved: 12 of 12 nodes would be deleted, with everything that they made\n",
      err: "",
    });
    await eventually(async () => {
      expect(await nodeNames()).toEqual(["kept-one"]);
    });
  });

  it("is needed for the nodes of a form that was deleted, too", async () => {
    await scenario.sql("DELETE FROM nodes");
    await insert(names(11));
    await settled(11);
    await scenario.form("two", form("two"));
    await settled(22);
    const before = await nodeNames();
    await scenario.kubectl(["delete", "lynqform", "two"]);
    const digest = await held(11);
    await scenario.afterSyncs();
    expect(await nodeNames()).toEqual(before);
    expect(await scenario.list("v1", "ConfigMap", "lynq.sh/form=two")).toHaveLength(11);
    expect(await lynq("approve", "hub/hub", "--digest", digest)).toMatchObject({ code: 0 });
    await eventually(async () => {
      expect(await nodeNames()).toEqual(names(11).map(name => `${name}-one`));
      expect(await scenario.list("v1", "ConfigMap", "lynq.sh/form=two")).toEqual([]);
    });
  });

  it.each([
    [["approve"], "lynq approve: what? give hub/NAME or form/NAME (see lynq approve --help)\n"],
    [["approve", "node/x"], 'lynq approve: "node/x" is none of hub/NAME'],
    [["reconcile", "hub/hub", "--wait", "--timeout", "soon"], "lynq reconcile: --timeout is a number of seconds"],
  ])("%j is wrong usage", async (args, message) => {
    const { code, err } = await lynq(...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it("tells in one line that there is no such hub", async () => {
    const { code, out, err } = await lynq("approve", "hub/nobody");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^lynq approve: [^\n]*lynqhubs.operator.lynq.sh "nobody" not found[^\n]*\n$/);
  });
});

describe("lynq suspend, resume and reconcile", () => {
  const condition = async () => findCondition((await scenario.node("row-01-one")).status?.conditions, "Suspended");

  it.each([
    ["node/row-01-one", "NodeSuspended", "it has the annotation lynq.sh/suspend"],
    ["form/one", "FormSuspended", "spec.suspend is true"],
  ])("freeze %s and let it go on; reconcile waits until it is resumed", async (reference, reason, why) => {
    expect(await lynq("suspend", reference)).toEqual({ code: 0, out: `${reference} is suspended\n`, err: "" });
    await eventually(async () => {
      expect(await condition()).toMatchObject({ status: "True", reason });
    });
    expect(await lynq("reconcile", reference)).toEqual({
      code: 1,
      out: "",
      err: `lynq reconcile: ${reference} is suspended: ${why}; resume it first\n`,
    });
    expect(await lynq("resume", reference)).toEqual({ code: 0, out: `${reference} is resumed\n`, err: "" });
    await eventually(async () => {
      expect(await condition()).toBeUndefined();
    });
    const { code, out } = await lynq("reconcile", reference, "--wait");
    expect([code, out]).toEqual([0, expect.stringContaining(`${reference}: done; Ready is True: `)]);
  });

  it("stop and start a hub, and have it read its table", async () => {
    expect(await lynq("suspend", "hub/hub")).toMatchObject({ code: 0 });
    expect((await scenario.hubObject()).spec.suspend).toBe(true);
    expect(await lynq("resume", "hub/hub")).toMatchObject({ code: 0 });
    expect(await lynq("reconcile", "hub/hub", "--wait")).toEqual({
      code: 0,
      out: "hub/hub: done; Ready is True: the table was read: 11 of 11 rows are active\n",
      err: "",
    });
  });
});
