import { describe, expect, it } from "@jest/globals";
import { CROWD, LANE, priorityOf } from "./lanes";
import { Queues } from "./queues";
import { Shard } from "./shard";

/** Queues of which only that of nodes works; a pass ends with the spec. */
function setUp() {
  const runs: { readonly key: string; readonly lane: number }[] = [];
  let end: () => void = () => undefined;
  const over = new Promise<void>(resolve => (end = resolve));
  const nothing = () => Promise.resolve(undefined);
  const made = new Queues(
    {
      read: nothing,
      hub: nothing,
      row: nothing,
      form: nothing,
      node: async (key, _signal, lane) => {
        runs.push({ key, lane });
        await over;
        return undefined;
      },
      hasFailures: () => false,
      subjectOf: () => undefined,
    },
    new Shard({ index: 0, count: 1 }),
    () => "shop/hub",
  );
  const add = (many: number, lane: number) => {
    for (let i = 0; i < many; i++) made.addNode(`shop/${lane}-${i}`, lane);
  };
  const finish = async () => {
    const stopped = made.stop();
    end();
    await stopped;
  };
  return { queues: made, runs, add, finish };
}

/** Some turns of the event loop, in which everything begins that may. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await new Promise(resolve => setImmediate(resolve));
}

describe("the queue of nodes", () => {
  it.each([LANE.deletion, LANE.child, LANE.change])("takes what comes in a crowd for bulk (lane %i)", lane => {
    const { queues, add } = setUp();
    add(CROWD + 5, lane);
    expect([queues.nodes.laneDepth(lane), queues.nodes.laneDepth(LANE.bulk)]).toEqual([CROWD, 5]);
  });

  it("lets a single change pass a crowd: there is a place for it, and for its requests", async () => {
    const { queues, runs, add, finish } = setUp();
    add(100, LANE.bulk);
    add(100, LANE.fresh);
    queues.nodes.start();
    await turns();
    expect(runs).toHaveLength(24);
    queues.addNode("shop/changed", LANE.change);
    await turns();
    expect(runs.at(-1)).toMatchObject({ key: "shop/changed", lane: LANE.change });
    await finish();
  });

  it("says whether nodes wait for more than to be told of", () => {
    const { queues, add } = setUp();
    expect(queues.nodesWait()).toBe(false);
    add(3, LANE.progress);
    expect(queues.nodesWait()).toBe(false);
    add(1, LANE.bulk);
    expect(queues.nodesWait()).toBe(true);
  });
});

describe("requests of a pass", () => {
  it("are as urgent as its lane", () => {
    expect(Object.values(LANE).map(priorityOf)).toEqual([
      ...["urgent", "urgent", "urgent"],
      ...["fresh", "fresh"],
      ...["bulk", "bulk"],
    ]);
  });
});
