// Loaded into our operator by the bench: answers on a socket how late its event loop was since the last question, in milliseconds.
import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";

const resolution = 10;
const histogram = monitorEventLoopDelay({ resolution });
histogram.enable();

// The histogram counts the timer's own period, too.
const late = nanoseconds => Math.max(0, nanoseconds / 1e6 - resolution);

const path = process.env.LYNQ_BENCH_LOOP_SOCKET;
rmSync(path, { force: true });
createServer(socket => {
  socket.on("error", () => undefined);
  socket.end(
    JSON.stringify({
      p50: late(histogram.percentile(50)),
      p99: late(histogram.percentile(99)),
      max: late(histogram.max),
    }),
  );
  histogram.reset();
})
  .listen(path)
  .unref();
