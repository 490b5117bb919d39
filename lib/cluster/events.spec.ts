import { describe, expect, it } from "@jest/globals";
import { isPlainObject, type KubernetesObject } from "../blueprint/object";
import { apiErrorFrom } from "./errors";
import { EventRecorder, type EventRecorderOptions } from "./events";
import { type ApiResource, type ObjectKey } from "./resource";
import { ManualClock, settle } from "./testing/manual-clock";

const node = {
  apiVersion: "operator.lynq.sh/v1",
  kind: "LynqNode",
  metadata: { namespace: "shop", name: "acme-web", uid: "u-1", resourceVersion: "7" },
};

/** A server that keeps events, or refuses them. */
class Journal {
  readonly created: KubernetesObject[] = [];
  readonly patched: { key: ObjectKey; patch: object }[] = [];
  refuse: number | undefined;
  gone = false;
  open: (() => void)[] | undefined;

  async create(_resource: ApiResource, object: KubernetesObject): Promise<KubernetesObject> {
    await this.answer();
    this.created.push(object);
    return object;
  }

  async mergePatch(_resource: ApiResource, key: ObjectKey, patch: object): Promise<KubernetesObject> {
    await this.answer();
    if (this.gone) throw apiErrorFrom({ method: "PATCH", path: "" }, 404, "");
    this.patched.push({ key, patch });
    return node;
  }

  private async answer(): Promise<void> {
    const { open } = this;
    if (open !== undefined) await new Promise<void>(resolve => open.push(resolve));
    if (this.refuse !== undefined) throw apiErrorFrom({ method: "POST", path: "" }, this.refuse, "");
  }
}

function setUp(options: Partial<EventRecorderOptions> = {}) {
  const journal = new Journal();
  const clock = new ManualClock(Date.parse("2026-01-02T03:04:05.678Z"));
  const errors: unknown[] = [];
  const onError = (error: unknown): void => {
    errors.push(error);
  };
  const recorder = new EventRecorder({
    client: journal,
    component: "lynq",
    instance: "lynq-0",
    clock,
    onError,
    ...options,
  });
  return { journal, clock, errors, recorder };
}

describe("EventRecorder", () => {
  it("writes an event beside its object, with everything that kubectl shows", async () => {
    const { journal, recorder } = setUp();
    recorder.record(node, "Warning", "ResourceConflict", "conflict with helm");
    await recorder.settled();
    const [event] = journal.created;
    expect(event?.metadata.name).toMatch(/^acme-web\.[0-9a-f]{16}$/);
    expect({ ...event, metadata: { namespace: event?.metadata.namespace } }).toEqual({
      apiVersion: "v1",
      kind: "Event",
      metadata: { namespace: "shop" },
      involvedObject: {
        apiVersion: "operator.lynq.sh/v1",
        kind: "LynqNode",
        namespace: "shop",
        name: "acme-web",
        uid: "u-1",
        resourceVersion: "7",
      },
      type: "Warning",
      reason: "ResourceConflict",
      message: "conflict with helm",
      count: 1,
      firstTimestamp: "2026-01-02T03:04:05Z",
      lastTimestamp: "2026-01-02T03:04:05Z",
      source: { component: "lynq" },
      reportingComponent: "lynq",
      reportingInstance: "lynq-0",
    });
  });

  it("tells whoever listens of each event once, and of none that is dropped", async () => {
    const told: string[] = [];
    const { recorder } = setUp({
      burst: 2,
      onRecord: ({ subject, type, reason, message }) => {
        told.push([subject.metadata.name, type, reason, message].join(" "));
      },
    });
    for (const message of ["first", "first", "second", "third"]) recorder.record(node, "Normal", "Tried", message);
    await recorder.settled();
    expect(told).toEqual(["acme-web Normal Tried first", "acme-web Normal Tried second"]);
  });

  it("writes events about objects of the cluster to default", async () => {
    const { journal, recorder } = setUp();
    recorder.record({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } }, "Normal", "Created", "x");
    await recorder.settled();
    expect(journal.created[0]?.metadata.namespace).toBe("default");
    expect(journal.created[0]?.involvedObject).toEqual({ apiVersion: "v1", kind: "Namespace", name: "shop" });
  });

  it("counts repetitions, and writes them no more often than its spacing", async () => {
    const { journal, clock, recorder } = setUp();
    recorder.record(node, "Normal", "Applied", "ok");
    await recorder.settled();
    for (let i = 0; i < 5; i++) {
      await clock.advance(1_000);
      recorder.record(node, "Normal", "Applied", "ok");
    }
    expect(journal.patched).toEqual([]);
    await clock.advance(60_000);
    const { namespace, name } = journal.created[0]?.metadata ?? {};
    expect(journal.created).toHaveLength(1);
    expect(journal.patched).toEqual([
      { key: { namespace, name }, patch: { count: 6, lastTimestamp: "2026-01-02T03:04:10Z", message: "ok" } },
    ]);
    await clock.advance(600_000);
    expect(journal.patched).toHaveLength(1);
  });

  it("counts what repeats while the first is being written", async () => {
    const { journal, clock, recorder } = setUp();
    journal.open = [];
    recorder.record(node, "Normal", "Applied", "ok");
    recorder.record(node, "Normal", "Applied", "ok");
    const waiting = journal.open;
    journal.open = undefined;
    for (const open of waiting) open();
    await recorder.settled();
    await clock.advance(60_000);
    expect(journal.created.map(({ count }) => count)).toEqual([1]);
    expect(journal.patched.map(({ patch }) => isPlainObject(patch) && patch.count)).toEqual([2]);
  });

  it("begins a new event when the server has forgotten the old one", async () => {
    const { journal, clock, recorder } = setUp();
    recorder.record(node, "Normal", "Applied", "ok");
    await recorder.settled();
    journal.gone = true;
    recorder.record(node, "Normal", "Applied", "ok");
    await clock.advance(60_000);
    await recorder.settled();
    expect(journal.created.map(({ count }) => count)).toEqual([1, 2]);
    expect(journal.created[0]?.metadata.name).not.toBe(journal.created[1]?.metadata.name);
  });

  it("keeps different events apart: object, type, reason and message count", async () => {
    const { journal, recorder } = setUp();
    recorder.record(node, "Normal", "A", "x");
    recorder.record(node, "Warning", "A", "x");
    recorder.record(node, "Normal", "B", "x");
    recorder.record(node, "Normal", "A", "y");
    recorder.record({ ...node, metadata: { ...node.metadata, uid: "u-2" } }, "Normal", "A", "x");
    await recorder.settled();
    expect(journal.created).toHaveLength(5);
  });

  it("survives refusals, tells them, and tries again at the next repetition", async () => {
    const { journal, clock, errors, recorder } = setUp();
    journal.refuse = 403;
    recorder.record(node, "Normal", "A", "x");
    await recorder.settled();
    await clock.advance(600_000);
    expect(errors).toHaveLength(1);
    journal.refuse = undefined;
    recorder.record(node, "Normal", "A", "x");
    await clock.advance(60_000);
    expect(journal.created.map(({ count }) => count)).toEqual([2]);
  });

  it("bounds events about one object, and refills with time", async () => {
    const { journal, clock, recorder } = setUp({ burst: 3, refillMs: 1_000 });
    for (let i = 0; i < 10; i++) recorder.record(node, "Normal", "A", `message ${i}`);
    recorder.record({ ...node, metadata: { name: "other" } }, "Normal", "A", "x");
    await recorder.settled();
    expect([journal.created.length, recorder.dropped]).toEqual([4, 7]);
    await clock.advance(2_500);
    for (let i = 10; i < 20; i++) recorder.record(node, "Normal", "A", `message ${i}`);
    await recorder.settled();
    expect([journal.created.length, recorder.dropped]).toEqual([6, 15]);
  });

  it("bounds what waits for a server that is slow", async () => {
    const { journal, recorder } = setUp({ concurrency: 1, backlog: 2 });
    journal.open = [];
    for (let i = 0; i < 6; i++) recorder.record({ ...node, metadata: { name: `n${i}` } }, "Normal", "A", "x");
    await settle();
    expect([journal.open.length, recorder.dropped]).toEqual([1, 3]);
  });

  it("remembers no more different events than allowed", async () => {
    const { journal, recorder } = setUp({ memory: 2 });
    for (const message of ["a", "b", "c", "c", "a"]) recorder.record(node, "Normal", "A", message);
    await recorder.settled();
    expect(journal.created.map(({ message }) => message)).toEqual(["a", "b", "c", "a"]);
  });

  it("clips a message to 1024 bytes without cutting a character", async () => {
    const { journal, recorder } = setUp();
    for (const message of ["x".repeat(1_024), "x".repeat(1_025), "é".repeat(800), `x${"😀".repeat(300)}`])
      recorder.record(node, "Normal", "A", message);
    await recorder.settled();
    const messages = journal.created.map(({ message }) => String(message));
    expect(messages.map(message => Buffer.byteLength(message) <= 1_024)).toEqual([true, true, true, true]);
    expect(messages[0]).toBe("x".repeat(1_024));
    expect(messages[1]).toBe(`${"x".repeat(1_021)}…`);
    expect(messages[2]).toMatch(/^é{510}…$/);
    expect(messages[3]).toMatch(/^x(😀){255}…$/u);
  });

  it("makes a legal name of whatever the object is called", async () => {
    const { journal, recorder } = setUp();
    recorder.record({ ...node, metadata: { name: `System:${"n".repeat(400)}` } }, "Normal", "A", "x");
    recorder.record({ ...node, metadata: {} }, "Normal", "A", "x");
    await recorder.settled();
    for (const { metadata } of journal.created) expect(metadata.name).toMatch(/^[a-z0-9]([a-z0-9.-]{0,251})[a-z0-9]$/);
  });

  it("writes what is due when it is closed, and nothing afterwards", async () => {
    const { journal, clock, recorder } = setUp();
    recorder.record(node, "Normal", "A", "x");
    await recorder.settled();
    recorder.record(node, "Normal", "A", "x");
    await recorder.close();
    expect(journal.patched).toHaveLength(1);
    recorder.record(node, "Normal", "B", "x");
    await recorder.settled();
    expect([journal.created.length, clock.waits]).toEqual([1, []]);
  });
});
