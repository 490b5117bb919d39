import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { join } from "node:path";
import { run } from "../../hack/command";
import { projectFolder } from "../../hack/project";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

describe("lynq rollout", () => {
  let scenario: Scenario;

  /** The command as users have it, in a process of its own. */
  const lynq = (...args: string[]) => lynqTelling(() => undefined, ...args);
  const lynqTelling = async (onOutput: (text: string) => void, ...args: string[]) => {
    const bin = join(projectFolder, "cli", "bin.mjs");
    const env = { ...process.env, KUBECONFIG: scenario.environment.details.kubeconfigPath };
    const call = [bin, "rollout", ...args, "-n", scenario.namespace];
    const { code, stdout, stderr } = await run(process.execPath, call, { env, onOutput });
    return { code, out: stdout, err: stderr };
  };
  const steps = [{ name: "canary", when: '{{ eq .uid "a" }}', pause: { approval: true } }];
  /** What is "bad" fails for good; admission cannot know. */
  const neverReady = { readyWhen: '{{ ne .data.value "bad" }}', timeoutSeconds: 1 };
  const form = (value: string, rollout: Record<string, unknown> = { steps }) =>
    scenario.form("web", {
      rollout,
      configMaps: [{ id: "config", nameTemplate: "{{ .uid }}-web", spec: configMap({ value }), ...neverReady }],
    });
  const values = async (): Promise<string> => {
    const configs = await scenario.list("v1", "ConfigMap", "lynq.sh/form=web");
    return configs
      .map(config => Object.values(config["data"] ?? {}).join())
      .sort()
      .join(" ");
  };
  const status = () => scenario.formObject("web").then(one => one.status);
  /** Waits for the phase of the form as it is now: what is on record of its content or settings before says nothing. */
  const phase = (wanted: string) =>
    eventually(async () => {
      const { metadata, status: current } = await scenario.formObject("web");
      expect(current).toMatchObject({
        observedGeneration: metadata.generation,
        rollout: { phase: wanted, targetRevision: current?.currentRevision, targetGeneration: metadata.generation },
      });
    });
  /** Waits until the newest content is the stable one; where nothing is throttled, no phase is told. */
  const stable = () =>
    eventually(async () => {
      const { metadata, status: current } = await scenario.formObject("web");
      expect(current).toMatchObject({
        observedGeneration: metadata.generation,
        stableRevision: current?.currentRevision,
      });
    });

  beforeAll(async () => {
    scenario = await Scenario.open("rollout-command");
    await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN)");
    await scenario.sql("INSERT INTO nodes VALUES ('a', 1), ('b', 1), ('c', 1)");
    await scenario.hub();
    await form("v1");
    await phase("Complete");
  });

  afterAll(() => scenario.close());

  it("status shows phase, progress, steps and revisions", async () => {
    const first = (await status())?.currentRevision ?? "";
    await form("v2");
    await phase("Paused");
    const second = (await status())?.currentRevision ?? "";
    const { code, out, err } = await lynq("status", "web");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(
      [
        "form web: Paused",
        `step 1 of 1 (canary), its nodes are done, approve with lynq rollout resume -n ${scenario.namespace} web: 1 of 3 nodes are updated, 1 of them are ready`,
        "",
        "[##########--------------------] 1 of 3 nodes updated: 1 ready, 0 on the way, 0 failed",
        "",
        "STEP   NAME         ROWS                THEN WAITS FOR   STATE",
        '1      canary       {{ eq .uid "a" }}   approval         Paused',
        "       all others   all that are left",
        "",
        `REVISION   NAME                   NODES   READY`,
        `1          ${first}   2       2       stable`,
        `2          ${second}   1       1       newest`,
        "",
      ].join("\n"),
    );
  });

  it("undo gives the form its stable content again, which goes out at once, past all steps", async () => {
    const { stableRevision = "" } = (await status()) ?? {};
    expect(await lynq("undo", "web")).toEqual({
      code: 0,
      out: `form web has the content of revision 1 (${stableRevision}) again\n`,
      err: "",
    });
    await phase("Complete");
    expect(await values()).toBe("v1 v1 v1");
    expect(await status()).toMatchObject({ currentRevision: stableRevision, stableRevision });
    const { spec } = await scenario.formObject("web");
    // What is not content stays.
    expect(spec.rollout?.steps).toEqual([{ ...steps[0], pause: { approval: true } }]);
  });

  it("resume approves the step that waits; --watch tells each change, and ends with the rollout", async () => {
    // The same content again: an approval of the rollout before would not count.
    await form("v2");
    await phase("Paused");
    let told = "";
    const watching = lynqTelling(text => (told += text), "status", "web", "--watch");
    // Who comes to watch late sees only the end.
    await eventually(() => {
      expect(told).toMatch(/^Paused: .*\n/);
    });
    expect(await lynq("resume", "web")).toEqual({ code: 0, out: "step canary is approved\n", err: "" });
    const { code, out } = await watching;
    expect(code).toBe(0);
    const lines = out.trim().split("\n");
    expect(lines.at(-1)).toBe("Complete: all 3 nodes are updated");
    expect(await values()).toBe("v2 v2 v2");
    expect(await lynq("resume", "web")).toEqual({
      code: 1,
      out: "",
      err: "lynq rollout: form web is not paused, and no step of it waits for an approval\n",
    });
  });

  it("undo of a rollout that is complete goes to the content before it; --to-revision to any that is kept", async () => {
    expect(await lynq("undo", "web")).toMatchObject({ code: 0, err: "" });
    await phase("Paused");
    await lynq("resume", "web");
    await phase("Complete");
    expect(await values()).toBe("v1 v1 v1");
    const { stdout } = await scenario.kubectl(["get", "controllerrevisions", "-o", "json"]);
    const items = (JSON.parse(stdout) as { items: { revision: number; metadata: { name: string } }[] }).items;
    const [older, newest] = items.sort((a, b) => a.revision - b.revision);
    // Going back made the earlier content the newest one again.
    expect(newest?.metadata.name).toBe((await status())?.currentRevision);

    expect(await lynq("undo", "web", "--to-revision", String(newest?.revision))).toMatchObject({
      code: 1,
      err: expect.stringContaining("has the content of revision"),
    });
    expect(await lynq("undo", "web", "--to-revision", "77")).toMatchObject({
      code: 1,
      err: expect.stringContaining("form web has not kept a revision 77; kept: "),
    });
    expect(await lynq("undo", "web", "--to-revision", older?.metadata.name ?? "")).toMatchObject({ code: 0 });
    await phase("Paused");
    await lynq("resume", "web");
    await phase("Complete");
    expect(await values()).toBe("v2 v2 v2");
  });

  it("pause keeps every node as it is, until resume", async () => {
    expect(await lynq("pause", "web")).toEqual({
      code: 0,
      out: "form web is paused: no further node moves until lynq rollout resume\n",
      err: "",
    });
    expect(await lynq("pause", "form/web")).toMatchObject({ code: 0, out: "form web is paused already\n" });
    await form("v3", { paused: true });
    await phase("Paused");
    await scenario.afterSyncs();
    expect(await values()).toBe("v2 v2 v2");
    expect(await lynq("resume", "web")).toMatchObject({ code: 0, out: "form web is resumed\n" });
    await stable();
    expect(await values()).toBe("v3 v3 v3");
  });

  it("status of a rollout that is held ends with 1", async () => {
    await form("bad");
    await phase("Held");
    expect(await lynq("status", "web", "--watch")).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^Held: held: step 1 of 1 \(canary\), /),
    });
    expect(await lynq("undo", "web")).toMatchObject({ code: 0 });
    await phase("Complete");
    expect(await values()).toBe("v3 v3 v3");
  });

  it("refuses an edit that admission would refuse, and what is no call", async () => {
    expect(await lynq("status", "nobody")).toMatchObject({ code: 1, err: expect.stringContaining("not found") });
    expect(await lynq("undone", "web")).toMatchObject({
      code: 2,
      err: "lynq rollout: there is no rollout undone; did you mean undo? (see lynq rollout --help)\n",
    });
    expect(await lynq("pause", "web", "--watch")).toMatchObject({ code: 2 });
  });
});
