import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

let scenario: Scenario;

const theForm = () => scenario.formObject("web");
/** In two halves, with a pause between them in which the operator can be killed. */
const form = (version: string) =>
  scenario.form("web", {
    mode: "Plan",
    rollout: { steps: [{ percent: 50, pause: { approval: true } }] },
    configMaps: [
      { id: "config", nameTemplate: "{{ .uid }}-web", spec: configMap({ content: `${version} {{ .plan }}` }) },
    ],
  });

const pending = (counts: { creations: number; updates: number; deletions: number }) =>
  eventually(async () => {
    const plan = (await theForm()).status?.plan;
    expect(plan).toMatchObject(counts);
    if (plan === undefined) throw new Error("nothing is pending");
    return plan;
  });

async function annotate(name: string, value: string): Promise<void> {
  const { code, stderr } = await scenario.kubectl([
    "annotate",
    "--overwrite",
    "lynqform/web",
    `lynq.sh/${name}=${value}`,
  ]);
  expect([code, stderr]).toEqual([0, ""]);
}

/** Content of every ConfigMap of the form, by row. */
async function content(): Promise<Record<string, string>> {
  const objects = await scenario.list("v1", "ConfigMap", "lynq.sh/form=web");
  const entries = objects.map(({ metadata, data }): [string, string] => [
    (metadata.name ?? "").replace(/-web$/, ""),
    (data as Record<string, string>)["content"] ?? "",
  ]);
  return Object.fromEntries(entries);
}

const becomes = (expected: Record<string, string>) =>
  eventually(async () => {
    expect(await content()).toEqual(expected);
  });

const all = (text: string, rows = ["a", "b", "c", "d", "e", "f"]) => Object.fromEntries(rows.map(row => [row, text]));

beforeAll(async () => {
  scenario = await Scenario.open("plan-restart");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, plan VARCHAR(20))");
  const rows = Object.keys(all("")).map(id => `('${id}', 1, 'basic')`);
  await scenario.sql(`INSERT INTO nodes VALUES ${rows.join()}`);
  await scenario.hub({ extra: { plan: "plan" } });
});

afterAll(async () => {
  await scenario.environment.act("operator/start");
  await scenario.close();
});

it("finishes exactly what was approved, though it was killed in the middle and everything changed meanwhile", async () => {
  await form("one");
  await annotate("approve-plan", (await pending({ creations: 6, updates: 0, deletions: 0 })).digest);
  await becomes(all("one basic"));

  // Half of what is approved has happened when it is killed.
  await form("two");
  await annotate("approve-plan", (await pending({ creations: 0, updates: 6, deletions: 0 })).digest);
  const paused = await eventually(async () => {
    const { status } = await theForm();
    expect(status?.rollout).toMatchObject({ phase: "Paused", step: 1, updatedNodes: 3 });
    return status?.rollout;
  });
  const half = await content();
  expect(Object.values(half).sort()).toEqual([
    "one basic",
    "one basic",
    "one basic",
    "two basic",
    "two basic",
    "two basic",
  ]);
  const [done = "", gone = ""] = Object.keys(half).filter(row => half[row] === "two basic");
  const [changed = ""] = Object.keys(half).filter(row => half[row] === "one basic");
  await scenario.environment.act("operator/kill");
  await scenario.sql("INSERT INTO nodes VALUES ('late', 1, 'basic')");
  await scenario.sql("DELETE FROM nodes WHERE id = ?", [gone]);
  await scenario.sql("UPDATE nodes SET plan = 'pro' WHERE id IN (?, ?)", [done, changed]);
  await scenario.environment.act("operator/start");

  // Nothing of what came later has happened, and what was approved goes on.
  await pending({ creations: 1, updates: 2, deletions: 1 });
  await scenario.afterSyncs();
  expect(await content()).toEqual(half);
  await annotate("approve-step", paused?.approval ?? "");
  await becomes({ ...all("two basic"), [changed]: "one basic" });
  await scenario.afterSyncs();
  expect(await content()).toEqual({ ...all("two basic"), [changed]: "one basic" });

  // Another yes lets the rest happen.
  await annotate("approve-plan", (await pending({ creations: 1, updates: 2, deletions: 1 })).digest);
  const left = Object.keys(half).filter(row => row !== gone);
  await becomes({ ...all("two basic", [...left, "late"]), [done]: "two pro", [changed]: "two pro" });
});
