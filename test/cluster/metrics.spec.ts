import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { run } from "../../hack/command";
import { alerts, dashboardQueries, runbook, runbookCommands, runbookNames } from "../../hack/monitoring";
import { projectFolder } from "../../hack/project";
import { parseQuery } from "../../hack/promql";
import { LANE } from "../../lib/controllers/lanes";
import { findCondition } from "../../lib/status";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { Scrape } from "../environment/metrics";
import { Scenario } from "../environment/scenario";

/** Stands in a sensitive column. */
const PLANTED = `planted-${randomBytes(8).toString("hex")}`;

let scenario: Scenario;
let hub: { hub: string; namespace: string };
let form: { form: string; namespace: string };

beforeAll(async () => {
  scenario = await Scenario.open("metrics");
  const { namespace } = scenario;
  scenario.plant(PLANTED);
  hub = { hub: "hub", namespace };
  form = { form: "form", namespace };
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN, plan VARCHAR(20), token VARCHAR(64))");
  await scenario.sql(
    `INSERT INTO nodes VALUES ('a', 1, 'basic', ?), ('b', 1, 'taken', ?), ('c', 1, 'broken', ?), ('off', 0, '', ''), ('', 1, '', '')`,
    [PLANTED, PLANTED, PLANTED],
  );
  // Somebody else's, so that row b is in conflict.
  await scenario.apply({ ...configMap({ mine: "true" }), metadata: { name: "taken" } });
  await scenario.hub({ extra: { plan: "plan", token: "token" }, spec: { sensitiveValues: ["token"] } });
  await scenario.form("form", {
    rollout: { maxSkew: 2 },
    configMaps: [
      {
        id: "plan",
        nameTemplate: '{{ if eq .plan "taken" }}taken{{ else }}{{ .uid }}-plan{{ end }}',
        spec: configMap({ plan: '{{ if eq .plan "broken" }}{{ fail "no such plan" }}{{ end }}{{ .plan }}' }),
      },
    ],
    secrets: [
      {
        id: "token",
        nameTemplate: "{{ .uid }}-token",
        spec: { apiVersion: "v1", kind: "Secret", stringData: { token: "{{ .token }}" } },
      },
    ],
  });
  await scenario.ready("a-form");
  await eventually(async () => {
    const { status } = await scenario.hubObject();
    expect(status).toMatchObject({ desired: 3, ready: 1, failed: 2, rows: { seen: 5, active: 3, quarantined: 1 } });
  });
});

afterAll(() => scenario.close());

describe("the commands of docs/alerts", () => {
  const commands = [...new Set(runbookNames().flatMap(name => runbookCommands(runbook(name))))];
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "lynq-runbooks-"));
    const lynq = join(folder, "lynq");
    writeFileSync(lynq, `#!/bin/sh\nexec "${process.execPath}" "${join(projectFolder, "cli", "bin.mjs")}" "$@"\n`);
    chmodSync(lynq, 0o755);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(commands)("work: %s", async command => {
    const { kubectlPath, kubeconfigPath } = scenario.environment.details;
    const { code, stderr } = await run("bash", ["-c", command], {
      env: {
        ...process.env,
        PATH: [folder, dirname(kubectlPath), process.env["PATH"]].join(delimiter),
        KUBECONFIG: kubeconfigPath,
        NAMESPACE: scenario.namespace,
        HUB: "hub",
        FORM: "form",
        NODE: "b-form",
      },
    });
    // A namespace may be without pods here.
    expect(stderr.replace(/^No resources found.*$/gm, "").trim()).toBe("");
    expect(code).toBe(0);
  });
});

describe("/metrics", () => {
  it("tells of a hub what its table and its nodes are", async () => {
    await eventually(async () => {
      const scrape = await Scrape.take();
      expect(scrape.value("hub_desired", hub)).toBe(3);
      expect(scrape.value("hub_ready", hub)).toBe(1);
      expect(scrape.value("hub_failed", hub)).toBe(2);
      expect(scrape.value("lynqhub_rows", { ...hub, state: "seen" })).toBe(5);
      expect(scrape.value("lynqhub_rows", { ...hub, state: "quarantined" })).toBe(1);
      expect(scrape.value("lynqhub_condition_status", { ...hub, type: "Ready" })).toBe(1);
      expect(scrape.value("lynqhub_deletions_held", hub)).toBe(0);
      expect(scrape.value("lynqhub_sync_interval_seconds", hub)).toBe(1);
      const reads = scrape.value("lynqhub_sync_duration_seconds_count", { ...hub, result: "whole" });
      expect(scrape.value("lynqhub_rows_read_total", hub)).toBe(5 * reads);
      expect(scrape.find("lynqhub_sync_errors_total", hub)).toEqual([]);
      const readAt = scrape.value("lynqhub_last_successful_sync_timestamp_seconds", hub);
      expect(new Date(readAt * 1000).getFullYear()).toBe(new Date().getFullYear());
    });
  });

  it("tells of a form how its nodes and their resources are, and how long a row took to be ready", async () => {
    await eventually(async () => {
      const scrape = await Scrape.take();
      const nodes = (state: string) => scrape.value("lynqform_nodes", { ...form, state });
      expect([nodes("ready"), nodes("failed"), nodes("progressing")]).toEqual([1, 2, 0]);
      const resources = (state: string) => scrape.value("lynqform_resources", { ...form, state });
      expect(["desired", "ready", "failed", "conflicted"].map(resources)).toEqual([6, 4, 2, 1]);
      expect(scrape.value("lynqform_condition_status", { ...form, type: "Applied" })).toBe(0);
      expect(scrape.value("lynqform_row_ready_seconds_count", { ...form, change: "created" })).toBe(1);
      expect(
        scrape.value("lynqform_resource_failures_total", { ...form, reason: "TemplateRenderError" }),
      ).toBeGreaterThanOrEqual(1);
    });
  });

  it("tells of nodes under the Go operator's names", async () => {
    const { namespace } = scenario;
    await eventually(async () => {
      const scrape = await Scrape.take();
      const node = (lynqnode: string) => ({ lynqnode, namespace });
      expect(scrape.value("lynqnode_resources_desired", node("a-form"))).toBe(2);
      expect(scrape.value("lynqnode_resources_ready", node("a-form"))).toBe(2);
      expect(scrape.value("lynqnode_resources_failed", node("c-form"))).toBe(1);
      expect(scrape.value("lynqnode_resources_conflicted", node("b-form"))).toBe(1);
      expect(scrape.value("lynqnode_condition_status", { ...node("a-form"), type: "Ready" })).toBe(1);
      expect(scrape.value("lynqnode_condition_status", { ...node("c-form"), type: "Ready" })).toBe(0);
      expect(scrape.value("lynqnode_degraded_status", { ...node("b-form"), reason: "ResourceConflicts" })).toBe(1);
      expect(scrape.find("lynqnode_degraded_status", node("a-form"))).toEqual([]);
      const conflicts = { ...node("b-form"), resource_kind: "ConfigMap", conflict_policy: "Stuck" };
      expect(scrape.value("lynqnode_conflicts_total", conflicts)).toBeGreaterThanOrEqual(1);
      const written = { kind: "Secret", result: "success", conflict_policy: "Stuck" };
      expect(scrape.value("apply_attempts_total", written)).toBeGreaterThanOrEqual(3);
      expect(
        scrape.value("lynqnode_reconcile_duration_seconds_count", { result: "partial_failure" }),
      ).toBeGreaterThanOrEqual(2);
    });
  });

  it("tells of the operator itself: queues, requests, webhooks, the process, and what Pepr tells", async () => {
    await eventually(async () => {
      const scrape = await Scrape.take();
      for (const name of ["lynqhub-read", "lynqhub", "lynqform", "lynqnode"]) {
        expect(scrape.find("workqueue_depth", { name })).toHaveLength(Object.keys(LANE).length);
        expect(scrape.value("workqueue_work_duration_seconds_count", { name })).toBeGreaterThan(0);
      }
      expect(scrape.value("lynq_api_requests_total", { verb: "apply", code: "201" })).toBeGreaterThan(0);
      expect(scrape.value("lynq_leader")).toBe(1);
      expect(scrape.value("lynq_api_requests_limit")).toBeGreaterThan(0);
      expect(
        scrape.value("lynq_admission_duration_seconds_count", { kind: "LynqForm", verdict: "allowed" }),
      ).toBeGreaterThan(0);
      expect(scrape.value("lynq_writes_skipped_total")).toBeGreaterThan(0);
      for (const name of ["process_cpu_seconds_total", "nodejs_eventloop_lag_p99_seconds", "pepr_errors"])
        expect(scrape.find(name)).toHaveLength(1);
    });
  });

  it("says what each metric is, names no value of a row, and no series twice", async () => {
    const { text, series } = await Scrape.take();
    expect(text).not.toContain(PLANTED);
    expect(text).not.toContain("no such plan");
    const keys = series.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    const helped = new Set([...text.matchAll(/^# HELP (\S+) \S/gm)].map(([, name]) => name));
    const families = series.map(({ name }) => (helped.has(name) ? name : name.replace(/_(bucket|sum|count)$/, "")));
    expect([...new Set(families)].filter(name => !helped.has(name))).toEqual([]);
  });

  it("counts reads that fail by their kind, and keeps what was known", async () => {
    await scenario.sql("RENAME TABLE nodes TO elsewhere");
    await eventually(async () => {
      const scrape = await Scrape.take();
      expect(scrape.value("lynqhub_condition_status", { ...hub, type: "Ready" })).toBe(0);
      expect(scrape.value("lynqhub_sync_errors_total", { ...hub, kind: "unknown-table" })).toBeGreaterThan(0);
      expect(scrape.value("hub_desired", hub)).toBe(3);
    });
    await scenario.sql("RENAME TABLE elsewhere TO nodes");
    await eventually(async () => {
      expect(findCondition((await scenario.hubObject()).status?.conditions, "Ready")?.status).toBe("True");
    });
  });

  it("tells all that the alerts and the dashboard ask for, with the labels by which they ask", async () => {
    const { series } = await Scrape.take();
    const labelsOf = new Map<string, Set<string>>();
    for (const { name, labels } of series) {
      const known = labelsOf.get(name) ?? new Set();
      for (const label of Object.keys(labels)) known.add(label);
      labelsOf.set(name, known);
    }
    // Prometheus itself gives these to whatever it scrapes.
    const targets = ["instance", "job"];
    const missing = [...alerts().map(({ expr }) => expr), ...dashboardQueries()].flatMap(query => {
      const { selectors, groupings } = parseQuery(query);
      const carried = new Set([...targets, ...selectors.flatMap(({ metric }) => [...(labelsOf.get(metric) ?? [])])]);
      return [
        ...selectors.flatMap(({ metric, labels }) => {
          const known = labelsOf.get(metric);
          if (known === undefined) return [`${metric}: no series`];
          return labels.filter(label => !known.has(label)).map(label => `${metric} has no label ${label}`);
        }),
        ...groupings.filter(label => !carried.has(label)).map(label => `${query} has no label ${label}`),
      ];
    });
    expect(missing).toEqual([]);
  });

  it("has no series of what is gone: a node, a form, a hub", async () => {
    const { namespace } = scenario;
    await scenario.sql("UPDATE nodes SET active = 0 WHERE id = 'b'");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "b-form");
    await eventually(async () => {
      const { series } = await Scrape.take();
      expect(
        series.filter(({ labels }) => labels["lynqnode"] === "b-form" && labels["namespace"] === namespace),
      ).toEqual([]);
    });
    await scenario.kubectl(["delete", "lynqform", "form"]);
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "a-form");
    await eventually(async () => {
      const { series } = await Scrape.take();
      expect(series.filter(({ labels }) => "form" in labels && labels["namespace"] === namespace)).toEqual([]);
    });
    await scenario.kubectl(["delete", "lynqhub", "hub"]);
    await scenario.gone("operator.lynq.sh/v1", "LynqHub", "hub");
    await eventually(async () => {
      const { series } = await Scrape.take();
      expect(series.filter(({ labels }) => labels["namespace"] === namespace)).toEqual([]);
    });
  });
});
