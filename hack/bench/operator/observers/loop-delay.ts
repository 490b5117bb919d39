import { connect } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { isPlainObject } from "../../../../lib/blueprint/object";

/** How late the event loop was (milliseconds). */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Variables with which a Node process answers {@link askLoopDelay} on this socket. */
export const loopDelayEnvironment = (socketPath: string): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--import=${pathToFileURL(join(__dirname, "loop-delay.mjs")).href}`,
  LYNQ_BENCH_LOOP_SOCKET: socketPath,
});

/** Since the last question; undefined when nobody answers. */
export const askLoopDelay = (socketPath: string): Promise<LoopDelay | undefined> =>
  new Promise(resolve => {
    let text = "";
    const socket = connect(socketPath).setEncoding("utf8");
    socket.on("data", (part: string) => {
      text += part;
    });
    socket.once("error", () => {
      resolve(undefined);
    });
    socket.once("end", () => {
      const answer: unknown = JSON.parse(text);
      resolve(
        isPlainObject(answer)
          ? { p50: Number(answer["p50"]), p99: Number(answer["p99"]), max: Number(answer["max"]) }
          : undefined,
      );
    });
  });
