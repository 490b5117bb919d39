import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

let scenario: Scenario;

const rollout = {
  steps: [
    { name: "canary", when: '{{ eq .uid "a" }}', pause: { approval: true } },
    { percent: 50, pause: { seconds: 15 } },
  ],
};
const form = (version: string) =>
  scenario.form("web", {
    rollout,
    configMaps: [{ id: "config", nameTemplate: "{{ .uid }}-web", spec: configMap({ version }) }],
  });
const status = () => scenario.formObject("web").then(one => one.status?.rollout);
const updated = async (): Promise<number> => {
  const configs = await scenario.list("v1", "ConfigMap", "lynq.sh/form=web");
  return configs.filter(config => JSON.stringify(config["data"]) === '{"version":"v2"}').length;
};
const reaches = (expected: object) =>
  eventually(async () => {
    const current = await status();
    expect(current).toMatchObject(expected);
    return current;
  });
const restart = async () => {
  await scenario.environment.act("operator/kill");
  await scenario.environment.act("operator/start");
};

beforeAll(async () => {
  scenario = await Scenario.open("rollout-restart");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN)");
  await scenario.sql(`INSERT INTO nodes VALUES ${["a", "b", "c", "d", "e", "f"].map(id => `('${id}', 1)`).join()}`);
  await scenario.hub();
});

afterAll(async () => {
  await scenario.environment.act("operator/start");
  await scenario.close();
});

it("goes on where it was, in a pause and in a step", async () => {
  await form("v1");
  await reaches({ phase: "Complete" });

  // In a pause for an approval: nothing changes by the restart.
  await form("v2");
  const waiting = await reaches({ phase: "Paused", step: 1 });
  await restart();
  await scenario.afterSyncs();
  expect(await status()).toEqual(waiting);
  expect(await updated()).toBe(1);

  // Killed in the moment of the approval.
  const approve = `lynq.sh/approve-step=${waiting?.approval ?? ""}`;
  const { code, stderr } = await scenario.kubectl(["annotate", "lynqform", "web", approve]);
  expect([code, stderr]).toEqual([0, ""]);
  await restart();
  const timed = await reaches({ phase: "Paused", step: 2, startTime: waiting?.startTime });
  expect(await updated()).toBe(3);

  // In a pause for a time: it is not begun anew.
  await restart();
  const begun = new Set([timed?.stepDoneTime]);
  const end = await eventually(async () => {
    const current = await status();
    if (current?.step === 2) begun.add(current.stepDoneTime);
    expect(current).toMatchObject({ phase: "Complete", startTime: waiting?.startTime });
    return current;
  });
  expect(begun.size).toBe(1);
  expect(await updated()).toBe(6);

  // Killed in the moment of another change: it begins at the first step, and new rows would start with what is proven.
  await form("v3");
  await restart();
  await eventually(async () => {
    const { status: now } = await scenario.formObject("web");
    expect(now?.currentRevision).not.toBe(end?.targetRevision);
    expect(now).toMatchObject({
      stableRevision: end?.targetRevision,
      rollout: { phase: "Paused", step: 1, updatedNodes: 1, targetRevision: now?.currentRevision },
    });
  });
});
