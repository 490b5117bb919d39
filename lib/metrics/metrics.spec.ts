import { describe, expect, it } from "@jest/globals";
import { type LynqFormObject, type LynqHubObject, type LynqNodeObject } from "../../crds";
import { Metrics } from "./metrics";

const LANES = { deletion: 0, bulk: 10 };

/** A store that specs fill. */
class Objects<Object> extends Map<string, Object> {
  facts(): Iterable<readonly [string, Object]> {
    return this;
  }
}

function node(name: string, more: Partial<LynqNodeObject["status"]> = {}, ready = true): LynqNodeObject {
  const at = "2026-01-01T00:00:00Z";
  return {
    apiVersion: "operator.lynq.sh/v1",
    kind: "LynqNode",
    metadata: { namespace: "apps", name, generation: 1 },
    spec: { uid: name, templateRef: "form", hubId: "hub" },
    status: {
      observedGeneration: 1,
      desiredResources: 2,
      readyResources: ready ? 2 : 1,
      failedResources: 0,
      conflictedResources: 0,
      conditions: [
        { type: "Ready", status: ready ? "True" : "False", reason: "Reconciled", message: "", lastTransitionTime: at },
      ],
      ...more,
    },
  };
}

const failed = (name: string) =>
  node(
    name,
    {
      failedResources: 1,
      conditions: [
        { type: "Ready", status: "False", reason: "Failed", message: "", lastTransitionTime: "" },
        { type: "Degraded", status: "True", reason: "ResourceFailures", message: "", lastTransitionTime: "" },
      ],
    },
    false,
  );

const hub: LynqHubObject = {
  apiVersion: "operator.lynq.sh/v1",
  kind: "LynqHub",
  metadata: { namespace: "apps", name: "hub" },
  spec: { source: { type: "mysql" }, valueMappings: { uid: "id", activate: "active" } },
  status: { desired: 3, ready: 2, failed: 1, rows: { seen: 5, active: 3, quarantined: 1 } },
};

const form: LynqFormObject = {
  apiVersion: "operator.lynq.sh/v1",
  kind: "LynqForm",
  metadata: { namespace: "apps", name: "form" },
  spec: { hubId: "hub" },
};

function operator({ limit = 10, now = () => 0 }: { limit?: number; now?: () => number } = {}) {
  const metrics = new Metrics({ version: "1.2.3", lanes: LANES, now });
  const stores = {
    hubs: new Objects([["apps/hub", hub]]),
    forms: new Objects([["apps/form", form]]),
    nodes: new Objects<LynqNodeObject>(),
  };
  metrics.follow(stores, limit, () => 0);
  const put = (one: LynqNodeObject) => {
    const key = `apps/${one.metadata.name ?? ""}`;
    const previous = stores.nodes.get(key);
    stores.nodes.set(key, one);
    metrics.nodeChanged(key, one, previous);
  };
  const drop = (name: string) => {
    const previous = stores.nodes.get(`apps/${name}`);
    stores.nodes.delete(`apps/${name}`);
    metrics.nodeChanged(`apps/${name}`, undefined, previous);
  };
  /** Lines of a metric, without its name. */
  const lines = async (name: string) => {
    const all = (await metrics.text()).split("\n");
    return all
      .filter(line => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      .map(line => line.slice(name.length));
  };
  return { metrics, stores, put, drop, lines };
}

describe("nodes", () => {
  it("have series under the Go operator's names, which go with them", async () => {
    const { put, drop, lines } = operator();
    put(node("a"));
    put(failed("b"));
    expect(await lines("lynqnode_resources_ready")).toEqual([
      '{lynqnode="a",namespace="apps"} 2',
      '{lynqnode="b",namespace="apps"} 1',
    ]);
    expect(await lines("lynqnode_condition_status")).toEqual([
      '{lynqnode="a",namespace="apps",type="Ready"} 1',
      '{lynqnode="b",namespace="apps",type="Ready"} 0',
      '{lynqnode="b",namespace="apps",type="Degraded"} 1',
    ]);
    expect(await lines("lynqnode_degraded_status")).toEqual([
      '{lynqnode="b",namespace="apps",reason="ResourceFailures"} 1',
    ]);
    drop("b");
    expect(await lines("lynqnode_degraded_status")).toEqual([]);
    expect(await lines("lynqnode_resources_failed")).toEqual(['{lynqnode="a",namespace="apps"} 0']);
  });

  it("beyond the limit only those have series that are failed or not ready, failed ones first, and the rest are counted", async () => {
    const { put, drop, lines } = operator({ limit: 2 });
    for (const name of ["a", "b"]) put(node(name, {}, false));
    for (const name of ["c", "d"]) put(node(name));
    put(failed("z"));
    expect(await lines("lynqnode_resources_desired")).toEqual([
      '{lynqnode="z",namespace="apps"} 2',
      '{lynqnode="a",namespace="apps"} 2',
    ]);
    expect(await lines("lynqnode_series_withheld")).toEqual([" 1"]);
    for (const name of ["a", "b"]) put(node(name));
    put(node("z"));
    expect(await lines("lynqnode_resources_desired")).toEqual([]);
    expect(await lines("lynqnode_series_withheld")).toEqual([" 0"]);
    for (const name of ["a", "b", "z"]) drop(name);
    expect(await lines("lynqnode_resources_desired")).toHaveLength(2);
  });

  it("are counted by form and state, each once, and so are their resources", async () => {
    const { put, drop, lines } = operator();
    put(node("a", {}, false));
    put(node("a"));
    put(failed("b"));
    const going = node("c");
    put({ ...going, metadata: { ...going.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } });
    put({ ...node("d"), spec: { ...node("d").spec, inactiveSince: "2026-01-01T00:00:00Z" } });
    const count = (state: string, number: number) => `{form="form",namespace="apps",state="${state}"} ${number}`;
    expect(await lines("lynqform_nodes")).toEqual([
      count("ready", 1),
      count("progressing", 0),
      count("failed", 1),
      count("inactive", 1),
      count("deleting", 1),
    ]);
    expect(await lines("lynqform_resources")).toEqual([
      count("desired", 8),
      count("ready", 7),
      count("failed", 1),
      count("conflicted", 0),
      count("skipped", 0),
    ]);
    for (const name of ["a", "b", "c", "d"]) drop(name);
    expect(await lines("lynqform_nodes")).toEqual([]);
  });

  it("count their conflicts, beyond the limit together", async () => {
    const { metrics, put, drop, lines } = operator({ limit: 1 });
    const write = { kind: "ConfigMap", conflictPolicy: "Stuck" };
    for (const name of ["a", "b"]) {
      put(node(name));
      for (let i = 0; i < 2; i++) metrics.writes.conflicted({ namespace: "apps", name }, write);
    }
    metrics.writes.conflicted({ namespace: "apps", name: "gone" }, write);
    const labels = 'namespace="apps",resource_kind="ConfigMap",conflict_policy="Stuck"';
    const others = `{lynqnode="_others",${labels}} 2`;
    expect(await lines("lynqnode_conflicts_total")).toEqual([`{lynqnode="a",${labels}} 2`, others]);
    drop("a");
    expect(await lines("lynqnode_conflicts_total")).toEqual([others]);
  });
});

describe("rows", () => {
  it("are measured from the read until their node is ready with them", async () => {
    let now = 0;
    const { metrics, stores, put, lines } = operator({ now: () => now });
    metrics.rows.started("apps/a", { form: "form", change: "created", readAt: 0, generation: 1 });
    now = 2000;
    put(node("a", {}, false));
    expect(await lines("lynqform_row_ready_seconds_count")).toEqual([]);
    now = 4000;
    put(node("a"));
    put(node("a"));
    const labels = 'form="form",namespace="apps",change="created"';
    expect(await lines("lynqform_row_ready_seconds_sum")).toEqual([`{${labels}} 4`]);
    expect(await lines("lynqform_row_ready_seconds_count")).toEqual([`{${labels}} 1`]);
    // A change counts when the node is ready with it, not with what it had before.
    metrics.rows.started("apps/a", { form: "form", change: "updated", readAt: 5000, generation: 2 });
    put(node("a"));
    expect(await lines("lynqform_row_ready_seconds_count")).toHaveLength(1);
    now = 7500;
    const changed = node("a", { observedGeneration: 2 });
    put({ ...changed, metadata: { ...changed.metadata, generation: 2 } });
    expect(await lines("lynqform_row_ready_seconds_sum")).toContain(
      '{form="form",namespace="apps",change="updated"} 2.5',
    );
    stores.forms.delete("apps/form");
    metrics.formChanged("apps/form", undefined);
    expect(await lines("lynqform_row_ready_seconds_count")).toEqual([]);
  });

  it("whose node is ready before the write is answered count at once", async () => {
    const { metrics, put, lines } = operator({ now: () => 1000 });
    put(node("a"));
    metrics.rows.started("apps/a", { form: "form", change: "created", readAt: 0, generation: 1 });
    expect(await lines("lynqform_row_ready_seconds_count")).toHaveLength(1);
  });
});

describe("hubs", () => {
  const read = { at: 60_000, tookMs: 250, intervalMs: 30_000 };

  it("tell of their reads and of their nodes, and of nothing when they are gone", async () => {
    const { metrics, stores, lines } = operator();
    metrics.hubs.read("apps/hub", { extent: "whole", rows: 5 }, read);
    metrics.hubs.read("apps/hub", { failure: "timeout" }, { ...read, at: 90_000 });
    const labels = 'hub="hub",namespace="apps"';
    expect(await lines("lynqhub_last_successful_sync_timestamp_seconds")).toEqual([`{${labels}} 60`]);
    expect(await lines("lynqhub_sync_interval_seconds")).toEqual([`{${labels}} 30`]);
    expect(await lines("lynqhub_rows_read_total")).toEqual([`{${labels}} 5`]);
    expect(await lines("lynqhub_sync_errors_total")).toEqual([`{${labels},kind="timeout"} 1`]);
    expect(await lines("lynqhub_sync_duration_seconds_count")).toEqual([
      `{${labels},result="whole"} 1`,
      `{${labels},result="failure"} 1`,
    ]);
    expect(await lines("hub_desired")).toEqual([`{${labels}} 3`]);
    expect(await lines("lynqhub_rows")).toEqual([
      `{${labels},state="seen"} 5`,
      `{${labels},state="active"} 3`,
      `{${labels},state="quarantined"} 1`,
    ]);
    stores.hubs.delete("apps/hub");
    metrics.hubChanged("apps/hub", undefined);
    // A read that comes to its end later makes no series of what is gone.
    metrics.hubs.read("apps/hub", { extent: "whole", rows: 5 }, read);
    expect(await metrics.text()).not.toContain('hub="hub"');
  });
});

describe("a process that waits for its turn", () => {
  it("says so, and tells of no hub, form or node: the one that works does", async () => {
    const { metrics, put, lines } = operator();
    put(node("a"));
    let leads = false;
    metrics.lead("1", () => leads);
    expect(await lines("lynq_leader")).toEqual(['{shard="1"} 0']);
    expect(await metrics.text()).not.toContain('namespace="apps"');
    leads = true;
    expect(await lines("lynq_leader")).toEqual(['{shard="1"} 1']);
    expect(await lines("lynqform_nodes")).toHaveLength(5);
    expect(await lines("lynqnode_resources_ready")).toHaveLength(1);
  });
});

describe("a process that works on nodes of which another one tells", () => {
  it("counts their conflicts and failures while they exist", async () => {
    const { metrics, stores, lines } = operator();
    const none = {
      hubs: new Objects<LynqHubObject>(),
      forms: new Objects<LynqFormObject>(),
      nodes: new Objects<LynqNodeObject>(),
    };
    metrics.follow(none, 10, () => 0, stores);
    stores.nodes.set("apps/a", node("a"));
    metrics.forms.failed("apps/form", "TemplateRenderError");
    metrics.writes.conflicted({ namespace: "apps", name: "a" }, { kind: "ConfigMap", conflictPolicy: "Stuck" });
    expect(await lines("lynqform_resource_failures_total")).toHaveLength(1);
    expect(await lines("lynqnode_conflicts_total")).toHaveLength(1);
    metrics.nodeGone("apps/a");
    metrics.formChanged("apps/form", undefined);
    expect(await lines("lynqform_resource_failures_total")).toEqual([]);
    expect(await lines("lynqnode_conflicts_total")).toEqual([]);
  });
});

describe("queues and requests", () => {
  it("tell what waits, by queue and lane, and what the API server answered, by verb and code", async () => {
    const { metrics, lines } = operator();
    const depth = { ready: 3, running: 2, delayed: 1 };
    metrics.queues.follow("lynqnode", { depth, laneDepth: lane => (lane === 0 ? 1 : 2) });
    metrics.queues.observe("lynqnode", { lane: 0, waitedMs: 20, tookMs: 5, error: new Error("no") });
    expect(await lines("workqueue_depth")).toEqual([
      '{name="lynqnode",lane="deletion"} 1',
      '{name="lynqnode",lane="bulk"} 2',
    ]);
    expect(await lines("workqueue_queue_duration_seconds_sum")).toEqual(['{name="lynqnode",lane="deletion"} 0.02']);
    expect(await lines("workqueue_retries_total")).toEqual(['{name="lynqnode"} 1']);
    metrics.api.observe({ verb: "apply", code: 200, durationMs: 4 });
    metrics.api.observe({ verb: "apply", code: "ECONNREFUSED", durationMs: 4 });
    expect(await lines("lynq_api_requests_total")).toEqual([
      '{verb="apply",code="200"} 1',
      '{verb="apply",code="ECONNREFUSED"} 1',
    ]);
    for (let i = 0; i < 3; i++) metrics.writes.skipped();
    await lines("lynq_writes_skipped_total");
    expect(await lines("lynq_writes_skipped_total")).toEqual([" 3"]);
  });
});
