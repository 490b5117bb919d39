import { Counter, Histogram, type Registry } from "prom-client";
import { scrapedGauge } from "./series";

/** One run of a key, as the queue tells it. */
interface Run {
  readonly lane: number;
  readonly waitedMs: number;
  readonly tookMs: number;
  readonly error?: unknown;
}

interface Queue {
  readonly depth: { readonly ready: number; readonly running: number; readonly delayed: number };
  laneDepth(lane: number): number;
}

const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300];

/** Work that waits and work that is done. Names are those of client-go, by which the Go operator's dashboards ask; lanes are ours. */
export class QueueMetrics {
  private readonly queues = new Map<string, Queue>();
  private readonly waited: Histogram<"name" | "lane">;
  private readonly took: Histogram<"name">;
  private readonly retries: Counter<"name">;

  /** @param lanes name → number */
  constructor(
    registry: Registry,
    private readonly lanes: Readonly<Record<string, number>>,
  ) {
    const registers = [registry];
    this.waited = new Histogram({
      name: "workqueue_queue_duration_seconds",
      help: "Seconds that a key waited from when it was ready until it ran, by queue and lane.",
      labelNames: ["name", "lane"],
      buckets: SECONDS,
      registers,
    });
    this.took = new Histogram({
      name: "workqueue_work_duration_seconds",
      help: "Seconds that the work for a key took, by queue.",
      labelNames: ["name"],
      buckets: SECONDS,
      registers,
    });
    this.retries = new Counter({
      name: "workqueue_retries_total",
      help: "Runs that failed and are tried again, by queue.",
      labelNames: ["name"],
      registers,
    });
    scrapedGauge(
      registry,
      { name: "workqueue_depth", help: "Keys that wait to run, by queue and lane.", labelNames: ["name", "lane"] },
      set => {
        for (const [name, queue] of this.queues) {
          for (const [lane, number] of Object.entries(this.lanes)) set({ name, lane }, queue.laneDepth(number));
        }
      },
    );
    scrapedGauge(
      registry,
      { name: "lynq_queue_running", help: "Keys that are being worked on, by queue.", labelNames: ["name"] },
      set => {
        for (const [name, queue] of this.queues) set({ name }, queue.depth.running);
      },
    );
    scrapedGauge(
      registry,
      {
        name: "lynq_queue_delayed",
        help: "Keys that are looked at later, after a failure or in time, by queue.",
        labelNames: ["name"],
      },
      set => {
        for (const [name, queue] of this.queues) set({ name }, queue.depth.delayed);
      },
    );
  }

  follow(name: string, queue: Queue): void {
    this.queues.set(name, queue);
    this.retries.inc({ name }, 0);
  }

  observe(name: string, { lane, waitedMs, tookMs, error }: Run): void {
    this.waited.observe({ name, lane: this.laneName(lane) }, waitedMs / 1000);
    this.took.observe({ name }, tookMs / 1000);
    if (error !== undefined) this.retries.inc({ name });
  }

  private laneName(lane: number): string {
    return Object.entries(this.lanes).find(([, number]) => number === lane)?.[0] ?? String(lane);
  }
}
