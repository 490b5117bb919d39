import { createWriteStream, readFileSync, statSync, writeFileSync } from "node:fs";
import { finished } from "node:stream/promises";

import { type CpuProfile, selfTimes } from "./cpu-profile";
import { heapClasses, type HeapSnapshot } from "./heap-snapshot";
import { type Inspector } from "./inspector";
import { type SourceNames } from "./source-names";

/** Microseconds between two samples. */
const SAMPLING = 500;
const SHOWN = 25;
/** What JavaScript can hold as one text; a larger snapshot is for Chrome DevTools. */
const READABLE_BYTES = 500_000_000;

/** From now on, every half millisecond it is noted which function runs. */
export async function startCpuProfile(inspector: Inspector): Promise<void> {
  await inspector.send("Profiler.enable");
  await inspector.send("Profiler.setSamplingInterval", { interval: SAMPLING });
  await inspector.send("Profiler.start");
}

/** Writes the profile, and tells the functions that ran longest. */
export async function endCpuProfile(inspector: Inspector, path: string, names: SourceNames): Promise<string> {
  const { profile } = await inspector.send("Profiler.stop");
  writeFileSync(path, JSON.stringify(profile));
  const times = selfTimes(profile as CpuProfile, (...place) => names.place(...place));
  const total = times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const lines = times
    .slice(0, SHOWN)
    .map(
      ({ place, milliseconds, share }) =>
        `${milliseconds.toFixed(0).padStart(8)} ms ${(share * 100).toFixed(1).padStart(5)} %  ${place}`,
    );
  return [`${total.toFixed(0).padStart(8)} ms in all; by self time:`, ...lines].join("\n");
}

/** Writes a snapshot of the heap after a garbage collection, and tells which classes take most of it. */
export async function takeHeapSnapshot(inspector: Inspector, path: string, names: SourceNames): Promise<string> {
  const file = createWriteStream(path);
  inspector.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => {
    file.write(String(chunk));
  });
  await inspector.send("HeapProfiler.enable");
  await inspector.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  file.end();
  await finished(file);
  if (statSync(path).size > READABLE_BYTES) return "the snapshot is too large for a table; Chrome DevTools open it";
  const classes = heapClasses(JSON.parse(readFileSync(path, "utf8")) as HeapSnapshot);
  const total = classes.reduce((sum, { bytes }) => sum + bytes, 0);
  const lines = classes
    .slice(0, SHOWN)
    .map(({ name, count, bytes }) => `${mebibytes(bytes)} MiB ${String(count).padStart(9)}  ${names.ofClass(name)}`);
  return [`${mebibytes(total)} MiB in all; by class:`, ...lines].join("\n");
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(2).padStart(8);
}
