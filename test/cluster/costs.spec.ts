import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { configMap, deployment, service } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { type OperatorRequest, OperatorRequests } from "../environment/operator-requests";
import { type Manifest, Scenario } from "../environment/scenario";

jest.setTimeout(180_000);

const ROWS = 10;
/**
 * What a node's stack of five objects may cost from nothing to Ready, by what is written; `npm run bench` measures the same at any number of rows.
 * Hub and form are written once for each count that is seen, so that few rows and a slow machine make their share large.
 */
const LIMITS = { node: 1, objects: 5, nodeStatus: 2, events: 2, hubAndForm: 3 } as const;

const resource = (id: string, spec: Manifest, more: Record<string, unknown> = {}) => ({
  id,
  nameTemplate: `{{ .uid }}-${id}`,
  spec,
  ...more,
});

const backend = { service: { name: "{{ .uid }}-svc", port: { number: 80 } } };
const ingress: Manifest = {
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  spec: { rules: [{ host: "{{ .uid }}.example.com", http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }] },
};

/** Requests a node, by what they are about. */
function shares(requests: readonly OperatorRequest[]): Record<keyof typeof LIMITS | "others", number> {
  const kindOf = ({ uri }: OperatorRequest): keyof typeof LIMITS | "others" => {
    const [path = ""] = uri.split("?");
    if (/\/lynqnodes\/[^/]+\/status$/.test(path)) return "nodeStatus";
    if (/\/lynqnodes(\/[^/]+)?$/.test(path)) return "node";
    if (/\/(lynqhubs|lynqforms)\//.test(path)) return "hubAndForm";
    if (/\/events(\/|$)/.test(path)) return "events";
    return /\/row-\d+-/.test(path) ? "objects" : "others";
  };
  const counts = { node: 0, objects: 0, nodeStatus: 0, events: 0, hubAndForm: 0, others: 0 };
  for (const request of requests) counts[kindOf(request)] += 1 / ROWS;
  return counts;
}

const isRead = ({ verb }: OperatorRequest) => verb === "get" || verb === "list";

describe(`what ${ROWS} rows of five objects cost`, () => {
  let scenario: Scenario;

  beforeAll(async () => {
    scenario = await Scenario.open("costs");
    await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, plan VARCHAR(20))");
    await scenario.hub({ extra: { plan: "plan" } });
    await scenario.form("form", {
      configMaps: [resource("cm", configMap({ plan: "{{ .plan }}" }))],
      secrets: [resource("secret", { apiVersion: "v1", kind: "Secret", stringData: { plan: "{{ .plan }}" } })],
      deployments: [resource("app", deployment(), { waitForReady: true })],
      services: [resource("svc", service(), { dependIds: ["app"] })],
      ingresses: [resource("web", ingress)],
    });
    await eventually(async () => {
      expect((await scenario.hubObject()).status).toMatchObject({ rows: { seen: 0 } });
    });
    await scenario.afterSyncs();
  });

  afterAll(() => scenario.close());

  /** Waits until every node is Ready, hub and form have counted them, and events are written. */
  async function allReady(): Promise<void> {
    for (let row = 0; row < ROWS; row++) await scenario.ready(`row-${row}-form`);
    await eventually(async () => {
      expect((await scenario.hubObject()).status).toMatchObject({ desired: ROWS, ready: ROWS });
      expect((await scenario.formObject("form")).status).toMatchObject({ totalNodes: ROWS, readyNodes: ROWS });
    });
    await scenario.afterSyncs();
    await scenario.afterSyncs();
  }

  it("is one write for the node and for each object, few for its status and events, and no read of either", async () => {
    const requests = await OperatorRequests.since(scenario.namespace);
    const rows = Array.from({ length: ROWS }, (_, index) => `('row-${index}', 1, 'basic')`);
    await scenario.sql(`INSERT INTO nodes VALUES ${rows.join()}`);
    await allReady();
    const made = await requests.made();
    const { node, objects, nodeStatus, events, hubAndForm } = shares(made.filter(request => !isRead(request)));
    expect({ node, objects }).toEqual({ node: expect.closeTo(LIMITS.node), objects: expect.closeTo(LIMITS.objects) });
    expect(nodeStatus).toBeLessThanOrEqual(LIMITS.nodeStatus);
    expect(events).toBeLessThanOrEqual(LIMITS.events);
    expect(hubAndForm).toBeLessThanOrEqual(LIMITS.hubAndForm);
    expect(made.filter(isRead).filter(({ uri }) => uri.includes("row-"))).toEqual([]);
  });

  it("is one query an interval, over a connection that is kept, and nothing asked of the API server, while nothing changes", async () => {
    await allReady();
    const requests = await OperatorRequests.since(scenario.namespace);
    const before = await scenario.databaseCounts();
    const started = performance.now();
    await scenario.afterSyncs();
    await scenario.afterSyncs();
    const after = await scenario.databaseCounts();
    // The interval is a second, or up to a tenth less.
    const intervals = (performance.now() - started) / 900;
    expect(after.selects - before.selects).toBeLessThanOrEqual(intervals + 1);
    expect(after.connections - before.connections).toBe(0);
    expect(await requests.made()).toEqual([]);
  });

  it("is one write for its node and for each object that changes, and nothing of any other row, for a row that changes", async () => {
    const requests = await OperatorRequests.since(scenario.namespace);
    await scenario.sql("UPDATE nodes SET plan = 'gold' WHERE id = 'row-3'");
    await eventually(async () => {
      expect((await scenario.get("v1", "ConfigMap", "row-3-cm"))["data"]).toEqual({ plan: "gold" });
      expect((await scenario.node("row-3-form")).spec.values).toMatchObject({ plan: "gold" });
    });
    await allReady();
    const made = await requests.made();
    const { node, objects, others } = shares(made);
    expect({ node: node * ROWS, objects: objects * ROWS, others }).toEqual({
      node: expect.closeTo(1),
      objects: expect.closeTo(2),
      others: 0,
    });
    expect(made.filter(isRead)).toEqual([]);
    expect(made.filter(({ uri }) => /row-[^3]/.test(uri))).toEqual([]);
  });
});
