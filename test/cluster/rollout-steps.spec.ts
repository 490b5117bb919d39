import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type RolloutStatus } from "../../crds";
import { Informer } from "../../lib/cluster";
import { FORMS, toForm } from "../../lib/controllers/kinds";
import { findCondition } from "../../lib/status";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

const ROWS = ["a", "b", "c", "d", "e", "f", "g"];

describe("a rollout by steps", () => {
  let scenario: Scenario;

  beforeAll(async () => {
    scenario = await Scenario.open("steps");
    await scenario.sql(
      "CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN DEFAULT TRUE, ring VARCHAR(20) DEFAULT 'all')",
    );
    await scenario.sql("INSERT INTO nodes (id, ring) VALUES ('canary', 'early')");
    await scenario.sql(`INSERT INTO nodes (id) VALUES ${ROWS.map(id => `('${id}')`).join()}`);
    await scenario.hub({ extra: { ring: "ring" } });
  });

  afterAll(() => scenario.close());

  /** What is "bad" fails for good; admission cannot know. */
  const neverReady = { readyWhen: '{{ ne .data.value "bad" }}', timeoutSeconds: 1 };
  const form = (name: string, value: string, rollout: Record<string, unknown>) =>
    scenario.form(name, {
      rollout,
      configMaps: [{ id: "config", nameTemplate: `{{ .uid }}-${name}`, spec: configMap({ value }), ...neverReady }],
    });
  /** Uids of the rows whose ConfigMap says so. */
  const showing = async (name: string, value: string): Promise<string[]> => {
    const configs = await scenario.list("v1", "ConfigMap", `lynq.sh/form=${name}`);
    return configs
      .filter(config => JSON.stringify(config["data"]) === JSON.stringify({ value }))
      .map(({ metadata }) => metadata.labels?.["lynq.sh/uid"] ?? "")
      .sort();
  };
  const status = (name: string) => scenario.formObject(name).then(one => one.status);
  const isComplete = (name: string) =>
    eventually(async () => {
      const { metadata, status: current } = await scenario.formObject(name);
      expect(current).toMatchObject({
        observedGeneration: metadata.generation,
        stableRevision: current?.currentRevision,
        rollout: { phase: "Complete", targetRevision: current?.currentRevision },
      });
    });

  it("goes to the canaries, then to a percentage, then to all, as time and approvals let it", async () => {
    const rollout = {
      steps: [
        { name: "canary", when: '{{ eq .ring "early" }}', pause: { approval: true } },
        { percent: 50, pause: { seconds: 5 } },
      ],
    };
    await form("walk", "v1", rollout);
    await isComplete("walk");
    const stable = (await status("walk"))?.currentRevision;
    await form("walk", "v2", rollout);
    const waiting = await eventually(async () => {
      const current = await status("walk");
      expect(current).toMatchObject({
        stableRevision: stable,
        rollout: { phase: "Paused", step: 1, stepName: "canary", updatedNodes: 1, totalNodes: 8 },
      });
      return current?.rollout;
    });
    expect(waiting?.message).toBe(
      `step 1 of 2 (canary), its nodes are done, approve with lynq rollout resume -n ${scenario.namespace} walk: 1 of 8 nodes are updated, 1 of them are ready`,
    );
    await scenario.afterSyncs();
    expect(await showing("walk", "v2")).toEqual(["canary"]);

    // New rows: one of the canaries' ring takes part, any other starts with what is proven.
    await scenario.sql("INSERT INTO nodes (id, ring) VALUES ('new-canary', 'early'), ('new-other', 'all')");
    await scenario.ready("new-canary-walk");
    await scenario.ready("new-other-walk");
    expect(await showing("walk", "v2")).toEqual(["canary", "new-canary"]);

    // An approval of another step, or of another rollout, is none.
    const approve = async (value: string) => {
      await scenario.kubectl(["annotate", "--overwrite", "lynqform", "walk", `lynq.sh/approve-step=${value}`]);
    };
    const wanted = waiting?.approval ?? "";
    expect(wanted).toBe(`${waiting?.targetRevision ?? ""}/1/${waiting?.startTime ?? ""}`);
    await approve(wanted.replace("/1/", "/2/"));
    await scenario.afterSyncs();
    expect(await showing("walk", "v2")).toEqual(["canary", "new-canary"]);

    // Followed by a watch: the second pause is over after its 5 seconds, whoever looks.
    const seen: RolloutStatus[] = [];
    const watch = new Informer({
      client: scenario.client,
      resource: FORMS,
      namespace: scenario.namespace,
      fieldSelector: "metadata.name=walk",
      toFact: toForm,
      onChange: (_key, one) => {
        if (one?.status?.rollout !== undefined) seen.push(one.status.rollout);
      },
    });
    watch.start();
    await watch.waitForSync();
    await approve(wanted);
    await isComplete("walk");
    await eventually(() => {
      expect(seen.at(-1)).toMatchObject({ phase: "Complete" });
    });
    await watch.stop();
    const half = seen.filter(({ phase, step }) => phase === "Paused" && step === 2);
    expect(half[0]).toMatchObject({ stepName: "50%", updatedNodes: 5, totalNodes: 10 });
    expect(new Set(half.map(({ updatedNodes }) => updatedNodes))).toEqual(new Set([5]));
    expect(await showing("walk", "v2")).toHaveLength(10);
    const done = (await status("walk"))?.rollout;
    expect(done).toMatchObject({ message: "all 10 nodes are updated", failedNodes: 0 });
    await scenario.sql("DELETE FROM nodes WHERE id LIKE 'new-%'");
    await eventually(async () => {
      expect(await scenario.events("walk", "RolloutPaused")).toHaveLength(2);
    });
  });

  it("is held by a canary that fails, told once, and repaired by an edit, which begins at the first step again", async () => {
    const rollout = { steps: [{ name: "canary", when: '{{ eq .ring "early" }}' }] };
    await form("budget", "v1", rollout);
    await isComplete("budget");
    await form("budget", "bad", rollout);
    await eventually(async () => {
      const current = await status("budget");
      expect(current?.rollout).toMatchObject({ phase: "Held", step: 1, updatedNodes: 1, failedNodes: 1 });
      expect(findCondition(current?.conditions, "RolloutHeld")).toMatchObject({
        status: "True",
        reason: "FailureBudgetExceeded",
        message: `held: step 1 of 1 (canary), 1 of 8 nodes are updated, 0 of them are ready; 1 failed: canary; the failure budget is 0. It goes on by itself when these nodes work: repair their rows, change the form, or run lynq rollout undo -n ${scenario.namespace} budget`,
      });
      expect(findCondition(current?.conditions, "Ready")).toMatchObject({ status: "False", reason: "RolloutHeld" });
      expect(findCondition(current?.conditions, "Stalled")).toMatchObject({ status: "True" });
      expect(await scenario.events("budget", "RolloutHeld")).toHaveLength(1);
    });

    // New rows go on meanwhile, with what is proven; canaries, too.
    await scenario.sql("INSERT INTO nodes (id, ring) VALUES ('new-canary', 'early'), ('new-other', 'all')");
    await scenario.ready("new-canary-budget");
    await scenario.ready("new-other-budget");
    await scenario.afterSyncs();
    expect(await showing("budget", "bad")).toEqual(["canary"]);
    expect(await showing("budget", "v1")).toHaveLength(9);

    await form("budget", "v3", rollout);
    await isComplete("budget");
    expect(await showing("budget", "v3")).toHaveLength(10);
    expect(findCondition((await status("budget"))?.conditions, "RolloutHeld")).toBeUndefined();
    expect(await scenario.events("budget", "RolloutHeld")).toHaveLength(1);
    await scenario.sql("DELETE FROM nodes WHERE id LIKE 'new-%'");
  });

  it("that is held goes on when the row of the failed node is repaired", async () => {
    const rollout = { failureBudget: 0, maxSkew: 1, steps: [{ percent: 25 }] };
    await form("repair", "v1", rollout);
    await isComplete("repair");
    await scenario.sql("UPDATE nodes SET ring = 'bad'");
    await eventually(async () => {
      const nodes = (await scenario.nodes()).filter(({ spec }) => spec.templateRef === "repair");
      expect(nodes.map(({ spec }) => spec.values?.["ring"])).toEqual(Array.from({ length: 8 }, () => "bad"));
    });
    await form("repair", '{{ eq .ring "bad" | ternary "bad" "v2" }}', rollout);
    await eventually(async () => {
      expect((await status("repair"))?.rollout).toMatchObject({ phase: "Held", updatedNodes: 1 });
    });
    await scenario.sql("UPDATE nodes SET ring = 'good'");
    await isComplete("repair");
    expect(await showing("repair", "v2")).toHaveLength(8);
    await scenario.sql("UPDATE nodes SET ring = IF(id = 'canary', 'early', 'all')");
  });

  it("leaves a row out of its steps for which they cannot be decided, and names it", async () => {
    const rollout = { steps: [{ when: "{{ .ring }}", pause: { approval: true } }] };
    await scenario.sql("UPDATE nodes SET ring = 'maybe' WHERE id = 'a'");
    await form("words", "v1", {});
    await scenario.ready("a-words");
    await scenario.sql("UPDATE nodes SET ring = IF(id = 'a', 'maybe', IF(id = 'canary', 'true', 'false'))");
    await eventually(async () => {
      expect((await scenario.node("canary-words")).spec.values).toMatchObject({ ring: "true" });
      expect((await scenario.node("g-words")).spec.values).toMatchObject({ ring: "false" });
    });
    await form("words", "v2", rollout);
    await eventually(async () => {
      expect((await status("words"))?.rollout?.message).toBe(
        `step 1 of 1 ({{ .ring }}), its nodes are done, approve with lynq rollout resume -n ${scenario.namespace} words: 1 of 8 nodes are updated, 1 of them are ready; ` +
          'row "a" belongs to no step: spec.rollout.steps[0].when: renders "maybe", but the field takes true or false',
      );
    });
    expect(await showing("words", "v2")).toEqual(["canary"]);
  });
});
