import { type ProcessResult, WorkQueue } from "../cluster";
import { log, loggable } from "./log";

/** Lanes of the queues: what goes and what is broken before what is new, and bulk last. */
export const LANE = { deletion: 0, child: 2, change: 5 } as const;

const BACKOFF = { baseMs: 500, capMs: 30_000 };
/** How long a stop waits for what runs, in milliseconds. */
const PATIENCE_MS = 10_000;

type Process = (key: string, signal: AbortSignal) => Promise<ProcessResult | undefined>;

/** The passes that work off each queue. */
export interface Passes {
  /** Reads a hub's table. */
  readonly read: Process;
  /** Compares a hub's nodes with its rows. */
  readonly hub: Process;
  readonly form: Process;
  readonly node: Process;
}

/** What is to be looked at, by key. */
export class Queues {
  readonly reads: WorkQueue<string>;
  readonly hubs: WorkQueue<string>;
  readonly forms: WorkQueue<string>;
  readonly nodes: WorkQueue<string>;

  /** @param hubOfNode hubs take turns: a thousand new rows of one do not keep a single row of another waiting */
  constructor(passes: Passes, hubOfNode: (node: string) => string) {
    this.reads = queue("read", 8, passes.read);
    this.hubs = queue("hub", 8, passes.hub);
    this.forms = queue("form", 4, passes.form);
    this.nodes = queue("node", 32, passes.node, hubOfNode);
  }

  /** Lets what runs come to its end. */
  async stop(): Promise<void> {
    await Promise.all([this.reads, this.hubs, this.forms, this.nodes].map(one => one.shutdown(PATIENCE_MS)));
  }
}

function queue(
  name: string,
  concurrency: number,
  process: Process,
  flowOf?: (key: string) => string,
): WorkQueue<string> {
  return new WorkQueue<string>({
    concurrency,
    process,
    ...(flowOf === undefined ? {} : { flowOf }),
    backoff: BACKOFF,
    observe: ({ key, error }) => {
      if (error !== undefined) log.warn({ err: loggable(error), queue: name, key }, "failed; tried again");
    },
  });
}
