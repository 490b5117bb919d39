import { describe, expect, it } from "@jest/globals";
import { type LynqNodeObject, type LynqNodeStatus } from "../../../crds";
import { ApiError } from "../../cluster";
import { nodeStatus, type ResourceOutcome } from "../../status";
import { NodePublisher, type Told } from "./node-publisher";

const outcome = (state: ResourceOutcome["state"]): ResourceOutcome => ({
  id: "app",
  kind: "Deployment",
  namespace: "shop",
  name: "app",
  wave: 0,
  state,
  reason: state === "Failed" ? "ApplyFailed" : state,
  message: "so it is",
});

function statusOf(outcomes: readonly ResourceOutcome[], now: number): LynqNodeStatus {
  const input = { generation: 1, outcomes, inventory: [], formRevision: "r1", previousConditions: [] };
  return nodeStatus(input, new Date(now));
}

function setUp() {
  const node: LynqNodeObject = {
    apiVersion: "operator.lynq.sh/v1",
    kind: "LynqNode",
    metadata: { namespace: "shop", name: "acme-web", generation: 1, resourceVersion: "1" },
    spec: { uid: "acme", templateRef: "web" },
  };
  const world = { now: Date.parse("2026-01-01T00:00:00Z"), busy: false, refuse: undefined as Error | undefined };
  const written: Record<string, unknown>[] = [];
  const events: string[] = [];
  const client = {
    of: () => client,
    patchStatus: (_resource: unknown, _key: unknown, status: Record<string, unknown>) => {
      if (world.refuse !== undefined) return Promise.reject(world.refuse);
      written.push(status);
      return Promise.resolve({ ...node, metadata: { resourceVersion: String(written.length + 1) } });
    },
  };
  const publisher = new NodePublisher(
    {
      client,
      events: { record: (_node: unknown, _type: string, reason: string) => events.push(reason) },
      now: () => world.now,
    },
    () => world.busy,
  );
  const told: Told = { outcomes: undefined, written: undefined, priority: "urgent", untold: undefined };
  const tell = (...states: ResourceOutcome["state"][]) => {
    const outcomes = states.map(outcome);
    const report = { status: statusOf(outcomes, world.now), outcomes, hasWritten: true, isPartial: false };
    return publisher.tell(node, told, report);
  };
  return { node, told, world, written, events, publisher, tell };
}

describe("NodePublisher", () => {
  it("tells of a node that is ready a moment later by one status and one event", async () => {
    const { world, written, events, tell, told } = setUp();
    expect(await tell("Progressing")).toBe(5_000);
    world.now += 1_500;
    expect(await tell("Progressing")).toBe(3_500);
    expect([written, events]).toEqual([[], []]);
    expect(await tell("Ready")).toBeUndefined();
    expect(written).toHaveLength(1);
    expect(written[0]).toMatchObject({ readyResources: 1 });
    expect(events).toEqual(["TemplateAppliedSuccess"]);
    expect(told.untold).toBeUndefined();
  });

  it("tells of progress that lasts, and of each further step when it lasts", async () => {
    const { world, written, events, tell } = setUp();
    await tell("Progressing", "Progressing");
    world.now += 5_000;
    expect(await tell("Progressing", "Progressing")).toBeUndefined();
    expect([written.length, events]).toEqual([1, ["TemplateResourcesApplying"]]);
    expect(await tell("Progressing", "Progressing")).toBeUndefined();
    expect(await tell("Ready", "Progressing")).toBe(5_000);
    expect(written).toHaveLength(1);
  });

  it("waits with progress while others wait for their turn, but not for ever", async () => {
    const { world, written, tell } = setUp();
    world.busy = true;
    await tell("Progressing");
    world.now += 19_000;
    expect(await tell("Progressing")).toBe(5_000);
    world.now += 1_000;
    expect(await tell("Progressing")).toBeUndefined();
    expect(written).toHaveLength(1);
  });

  it("tells of a failure at once, however busy", async () => {
    const { world, written, events, tell } = setUp();
    world.busy = true;
    expect(await tell("Failed")).toBeUndefined();
    expect([written.length, events]).toEqual([1, ["ApplyFailed", "TemplateAppliedPartial"]]);
  });

  it("goes on from what it knows, told or not, also when it could not be told", async () => {
    const { node, told, world, written, publisher, tell } = setUp();
    await tell("Progressing");
    expect(publisher.known(node, told)).toMatchObject({ desiredResources: 1, readyResources: 0 });
    const away = { method: "PATCH", path: "/", reason: "", serverMessage: "away", causes: [] };
    world.refuse = new ApiError({ ...away, status: 503 });
    await expect(tell("Ready")).rejects.toBe(world.refuse);
    expect(publisher.known(node, told)).toMatchObject({ readyResources: 1 });
    world.refuse = undefined;
    await tell("Ready");
    expect(written).toHaveLength(1);
    expect(publisher.known(node, told)).toMatchObject({ readyResources: 1 });
  });

  it("has nobody to tell when the node is gone", async () => {
    const { told, world, tell } = setUp();
    const gone = { method: "PATCH", path: "/", reason: "NotFound", serverMessage: "gone", causes: [] };
    world.refuse = new ApiError({ ...gone, status: 404 });
    expect(await tell("Ready")).toBeUndefined();
    expect(told.untold).toBeUndefined();
  });
});
