import { isPlainObject } from "../../lib/blueprint/object";
import { type Inspector } from "./inspector";

export interface ProcessUse {
  /** What is still needed after a garbage collection. */
  readonly heapBytes: number;
  /** Buffers and strings outside of the heap. */
  readonly externalBytes: number;
  /** The most that the process has ever held of the machine's memory. */
  readonly peakBytes: number;
  readonly rssBytes: number;
  readonly cpuSeconds: number;
  /** The longest time for which the event loop kept everybody waiting since {@link watchLoop}. */
  readonly lagMilliseconds: number;
  readonly lagMillisecondsP99: number;
}

const LOOP = "globalThis.lynqLoopDelay";

/** Loading the module keeps the event loop for longer than anything after it; once Pepr listens, it is over. */
const LOADED = 'process.getActiveResourcesInfo().includes("TCPServerWrap")';

/** Once the module is loaded, the process measures how late its timers are. */
export async function watchLoop(inspector: Inspector): Promise<void> {
  while ((await inspector.evaluate(LOADED)) !== true) await new Promise(resolve => setTimeout(resolve, 20));
  await inspector.evaluate(`(${LOOP} = require("node:perf_hooks").monitorEventLoopDelay({ resolution: 5 })).enable()`);
}

/** The figures so far, then those after a garbage collection. */
export async function measureProcess(inspector: Inspector): Promise<ProcessUse> {
  const before: unknown = await inspector.evaluate(
    `({ peak: process.resourceUsage().maxRSS * 1024, cpu: process.cpuUsage(), lag: ${LOOP}?.max / 1e6, p99: ${LOOP}?.percentile(99) / 1e6 })`,
  );
  await inspector.send("HeapProfiler.enable");
  for (let time = 0; time < 2; time++) await inspector.send("HeapProfiler.collectGarbage");
  const memory: unknown = await inspector.evaluate("process.memoryUsage()");
  if (!isPlainObject(before) || !isPlainObject(memory) || !isPlainObject(before["cpu"]))
    throw new Error("the process tells nothing of itself");
  const { user, system } = before["cpu"];
  return {
    heapBytes: Number(memory["heapUsed"]),
    externalBytes: Number(memory["external"]),
    rssBytes: Number(memory["rss"]),
    peakBytes: Number(before["peak"]),
    cpuSeconds: (Number(user) + Number(system)) / 1e6,
    lagMilliseconds: Number(before["lag"]),
    lagMillisecondsP99: Number(before["p99"]),
  };
}
