import {
  FairTurns,
  NotPermittedError,
  type ProcessResult,
  type WorkObservation,
  WorkQueue,
  type WorkQueueOptions,
} from "../cluster";
import { hubOfRow } from "./hub/row-key";
import { CROWD, LANE } from "./lanes";
import { about, log, loggable, type Subject } from "./log";
import { metrics } from "./metrics";
import { type Shard } from "./shard";

const BACKOFF = { baseMs: 500, capMs: 30_000 };
/** How long a stop waits for what runs, in milliseconds. */
const PATIENCE_MS = 10_000;

/** Passes over nodes at once, and how many of them crowds leave free for single nodes. */
const NODES = { atOnce: 32, reserved: 8, lastEvery: 8 };

type QueueName = "read" | "hub" | "row" | "form" | "node";

type Process = (key: string, signal: AbortSignal, lane: number) => Promise<ProcessResult | undefined>;

/** The passes that work off each queue. */
export interface Passes {
  /** Reads a hub's table. */
  readonly read: Process;
  /** Compares a hub's nodes with its rows. */
  readonly hub: Process;
  /** Writes the nodes of one row. */
  readonly row: Process;
  readonly form: Process;
  readonly node: Process;
  /** Whether the last pass over a node found a resource of it failed. */
  readonly hasFailures: (node: string) => boolean;
  /** The hub, form or node of a key; undefined when it is gone. */
  readonly subjectOf: (queue: QueueName, key: string) => Subject | undefined;
}

/** What is to be looked at, by key. */
export class Queues {
  readonly reads: WorkQueue<string>;
  readonly hubs: WorkQueue<string>;
  readonly rows: WorkQueue<string>;
  readonly forms: WorkQueue<string>;
  readonly nodes: WorkQueue<string>;

  /**
   * @param shard what is another shard's is never looked at; of forms, only those who add them know
   * @param hubOfNode hubs take turns: a thousand new rows of one do not keep a single row of another waiting
   */
  constructor(passes: Passes, shard: Shard, hubOfNode: (node: string) => string) {
    const { subjectOf } = passes;
    const accepts = (key: string): boolean => shard.leadsHub(key);
    this.reads = queue("read", 8, passes.read, { subjectOf, accepts });
    this.hubs = queue("hub", 8, passes.hub, { subjectOf, accepts });
    // The client bounds requests over all of them; hubs take turns here, too.
    this.rows = queue("row", 64, passes.row, {
      subjectOf,
      accepts: row => shard.leadsHub(hubOfRow(row)),
      flowOf: hubOfRow,
    });
    this.forms = queue("form", 4, passes.form, { subjectOf });
    this.nodes = queue("node", NODES.atOnce, passes.node, {
      subjectOf,
      accepts: key => shard.hasNode(key),
      bulk: { from: LANE.arrival, reserved: NODES.reserved, lastEvery: NODES.lastEvery },
      flowOf: hubOfNode,
      onRun: ({ key, error, tookMs }) => {
        const result = error !== undefined ? "error" : passes.hasFailures(key) ? "partial_failure" : "success";
        metrics.nodes.passed(result, tookMs);
      },
    });
  }

  /** Looks at a node as soon as its turn comes; one that comes in a crowd does not go before others. */
  addNode(key: string, lane: number): void {
    const isCrowded = lane < LANE.arrival && this.nodes.laneDepth(lane) >= CROWD;
    this.nodes.add(key, isCrowded ? LANE.bulk : lane);
  }

  /** Whether nodes wait for their turn, for more than to be told of. */
  nodesWait(): boolean {
    return this.nodes.depth.ready > this.nodes.laneDepth(LANE.progress);
  }

  /** Lets what runs come to its end; a read has nothing to finish. @param patienceMs how long nothing hurries it */
  async stop(patienceMs = PATIENCE_MS): Promise<void> {
    const passes = [this.hubs, this.rows, this.forms, this.nodes];
    await Promise.all([this.reads.shutdown(0), ...passes.map(one => one.shutdown(patienceMs))]);
  }
}

interface Extras extends Pick<WorkQueueOptions<string>, "accepts" | "flowOf" | "bulk">, Pick<Passes, "subjectOf"> {
  readonly onRun?: (run: WorkObservation<string>) => void;
}

function queue(name: QueueName, concurrency: number, process: Process, extras: Extras): WorkQueue<string> {
  const { onRun, subjectOf, ...options } = extras;
  const turns = new FairTurns();
  const one = new WorkQueue<string>({
    concurrency,
    process: async (key, signal, lane) => {
      // A pass that has nothing to write waits for nobody: after a restart, so would ten thousand in a row.
      await turns.next();
      return await process(key, signal, lane);
    },
    ...options,
    backoff: BACKOFF,
    defaultLane: LANE.bulk,
    observe: run => {
      const { key, error } = run;
      // Another process does it now.
      if (error instanceof NotPermittedError) return;
      metrics.queues.observe(metricName(name), run);
      onRun?.(run);
      const failures = one.failuresOf(key);
      if (error === undefined || !isToldOf(failures)) return;
      const subject = subjectOf(name, key);
      const what = subject === undefined ? { key } : about(subject);
      log.warn({ ...what, queue: name, failures, err: loggable(error) }, "failed; tried again");
    },
  });
  metrics.queues.follow(metricName(name), one);
  return one;
}

/** The first, second, fourth, eighth … in a row: an outage of an hour is no thousand lines for each key. */
function isToldOf(failures: number): boolean {
  return (failures & (failures - 1)) === 0;
}

/** As the Go operator calls its controllers. */
function metricName(queue: QueueName): string {
  return queue === "read" ? "lynqhub-read" : `lynq${queue}`;
}
