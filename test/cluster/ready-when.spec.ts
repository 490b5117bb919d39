import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { findCondition } from "../../lib/status";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { OperatorRequests } from "../environment/operator-requests";
import { Scenario } from "../environment/scenario";

describe("readyWhen", () => {
  let scenario: Scenario;

  const gate = (readyWhen: string | undefined, more: Record<string, unknown> = {}) => ({
    id: "gate",
    nameTemplate: "{{ .uid }}-gate",
    spec: configMap({ note: "fixed" }),
    ...(readyWhen === undefined ? {} : { readyWhen }),
    ...more,
  });
  const lists = (readyWhen: string | undefined, secretRule = "{{ hasKey .data `token` }}") => ({
    configMaps: [
      gate(readyWhen),
      { id: "after", nameTemplate: "{{ .uid }}-after", dependIds: ["gate"], spec: configMap() },
    ],
    secrets: [
      {
        id: "secret",
        nameTemplate: "{{ .uid }}-secret",
        readyWhen: secretRule,
        spec: { apiVersion: "v1", kind: "Secret", stringData: { fixed: "hunter2" } },
      },
    ],
  });
  const open = '{{ eq .data.gate "open" }}';

  beforeAll(async () => {
    scenario = await Scenario.open("ready-when");
    await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN)");
    await scenario.sql("INSERT INTO nodes VALUES ('a', 1)");
    await scenario.hub();
    await scenario.form("form", lists(open));
  });

  afterAll(() => scenario.close());

  /** As another controller would: a field that is not ours. */
  const patch = (kind: string, name: string, data: Record<string, string | null>) =>
    scenario.kubectl(["patch", kind, name, "--type=merge", "-p", JSON.stringify({ data })]);

  const readyMessage = async (): Promise<string | undefined> =>
    findCondition((await scenario.node("a-form")).status?.conditions, "Ready")?.message;

  it("holds up who depends on the object, and the node, and says what is missing", async () => {
    await eventually(async () => {
      expect(await readyMessage()).toBe(
        `0 of 3 resources are ready; ConfigMap ${scenario.namespace}/a-gate: readyWhen is not true yet: there is no .data.gate; ` +
          `Secret ${scenario.namespace}/a-secret: readyWhen is not true yet; ConfigMap ${scenario.namespace}/a-after: waits for gate: ` +
          "readyWhen is not true yet: there is no .data.gate",
      );
    });
    expect(await scenario.find("v1", "ConfigMap", "a-after")).toBeUndefined();
  });

  it("is looked at when the object changes, with one read of an object that is followed by its metadata alone", async () => {
    const requests = await OperatorRequests.since(scenario.namespace);
    await patch("configmap", "a-gate", { gate: "shut" });
    await eventually(async () => {
      expect(await readyMessage()).toContain("a-gate: readyWhen is not true yet;");
    });
    await patch("configmap", "a-gate", { gate: "open" });
    await patch("secret", "a-secret", { token: "eA==" });
    await scenario.ready("a-form");
    expect(await scenario.find("v1", "ConfigMap", "a-after")).toBeDefined();
    const reads = (await requests.made()).filter(({ verb, uri }) => verb === "get" && /configmaps|secrets/.test(uri));
    expect(reads.length).toBeLessThanOrEqual(3);
  });

  it("that falls back degrades the node, and does not fail it", async () => {
    await patch("configmap", "a-gate", { gate: "shut" });
    await eventually(async () => {
      const { conditions, failedResources } = (await scenario.node("a-form")).status ?? {};
      expect(findCondition(conditions, "Degraded")).toMatchObject({ status: "True", reason: "ResourcesNotReady" });
      expect(failedResources).toBe(0);
    });
  });

  it("has until its timeout since the last change of ours: neither others' changes nor a heal start it anew", async () => {
    const appliedAt = async () =>
      (await scenario.node("a-form")).status?.inventory?.find(({ name }) => name === "a-gate")?.appliedAt;
    const before = await appliedAt();
    expect(before).toBeDefined();
    await patch("configmap", "a-gate", { gate: "ajar", note: "mine" });
    await eventually(async () => {
      expect((await scenario.get("v1", "ConfigMap", "a-gate"))["data"]).toEqual({ gate: "ajar", note: "fixed" });
    });
    await patch("configmap", "a-gate", { gate: "shut" });
    await scenario.afterSyncs();
    expect(await appliedAt()).toBe(before);
  });

  it("is judged anew with one read when the form changes it, and the object is not written", async () => {
    const { resourceVersion } = (await scenario.get("v1", "ConfigMap", "a-gate")).metadata;
    const requests = await OperatorRequests.since(scenario.namespace);
    await scenario.form("form", lists('{{ eq .data.gate "shut" }}'));
    await scenario.ready("a-form");
    const made = await requests.made();
    expect(made.filter(({ verb, uri }) => verb === "get" && uri.includes("/configmaps/a-gate")).length).toBeLessThan(2);
    // Admission tries the form's objects, and stores nothing.
    const stored = made.filter(({ uri }) => !uri.includes("dryRun=All"));
    expect(stored.filter(({ verb, uri }) => verb === "patch" && uri.includes("/configmaps/"))).toEqual([]);
    expect((await scenario.get("v1", "ConfigMap", "a-gate")).metadata.resourceVersion).toBe(resourceVersion);

    await scenario.form("form", lists(undefined));
    await scenario.applied("form");
    await scenario.ready("a-form");
  });

  it("never shows what is in a Secret", async () => {
    for (const rule of ["{{ .data.fixed | b64dec }}", "{{ fail (.data.fixed | b64dec) }}"]) {
      await scenario.form("form", lists(undefined, rule));
      await scenario.applied("form");
      await eventually(async () => {
        const { status } = await scenario.node("a-form");
        expect(findCondition(status?.conditions, "Ready")?.message).toMatch(
          /a-secret: readyWhen (renders something else, neither true nor false|cannot be told: line 1, column 4: why is not shown, since it may quote the Secret)$/,
        );
      });
      expect(JSON.stringify((await scenario.node("a-form")).status)).not.toMatch(/hunter2|aHVudGVyMg/);
    }
    expect(JSON.stringify(await scenario.events("a-form"))).not.toMatch(/hunter2|aHVudGVyMg/);
  });

  it.each([
    ["{{ eq .status.phase }", "spec.configMaps[0].readyWhen: line 1, column"],
    ["{{ now }}", "spec.configMaps[0].readyWhen: calls a function that gives another result each time"],
    ["Running", "spec.configMaps[0].readyWhen: is no template; write one over the live object"],
  ])("%s is refused at admission", async (rule, message) => {
    const { code, stderr } = await scenario.tryApply(scenario.formManifest("refused", { configMaps: [gate(rule)] }));
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  it("is not checked against the hub's variables, in a Mustache form either", async () => {
    const form = { templateEngine: "mustache", configMaps: [gate(open, { nameTemplate: "{{uid}}-mustache" })] };
    await scenario.form("mustache", form);
    await eventually(async () => {
      const { conditions } = (await scenario.node("a-mustache")).status ?? {};
      expect(findCondition(conditions, "Ready")?.message).toContain("there is no .data.gate");
    });
    await patch("configmap", "a-mustache", { gate: "open" });
    await scenario.ready("a-mustache");
  });
});
