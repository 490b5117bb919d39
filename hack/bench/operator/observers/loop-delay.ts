import { readFileSync } from "node:fs";

import { httpsGet } from "../../../https-get";

/** How late the event loop was since the last question (milliseconds). */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Node's histogram counts the period of its own timer, too (milliseconds). */
const period = 10;

const read = (metrics: string, name: string): number => {
  const seconds = new RegExp(`^nodejs_eventloop_lag_${name}_seconds (\\S+)`, "m").exec(metrics)?.[1];
  return Math.max(0, Number(seconds) * 1_000 - period);
};

/** What Prometheus' client for Node tells; each question begins anew. */
export const readLoopDelay = (metrics: string): LoopDelay => ({
  p50: read(metrics, "p50"),
  p99: read(metrics, "p99"),
  max: read(metrics, "max"),
});

/** Undefined when nobody answers. */
export async function askLoopDelay(url: string, caPath: string): Promise<LoopDelay | undefined> {
  try {
    const { status, body } = await httpsGet(`${url}/metrics`, readFileSync(caPath, "utf8"));
    return status === 200 ? readLoopDelay(body) : undefined;
  } catch {
    return undefined;
  }
}
