import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";

/** What the kernel says of all processes of one group. */
export interface ProcessUsage {
  /** User and system time of the processes that live (seconds). */
  readonly cpuSeconds: number;
  /** Largest resident memory since {@link ProcessGroup.resetPeak}, summed (bytes). */
  readonly peakRssBytes: number;
  readonly rssBytes: number;
  /** Open sockets of any kind. */
  readonly sockets: number;
}

/** Linux' USER_HZ, which is 100 on every platform that Node runs on. */
const ticksPerSecond = 100;

/** A process and what it has started, read from /proc. Linux only; elsewhere nothing is known. */
export class ProcessGroup {
  /** @param leader the process id that is the group's id as well. */
  constructor(private readonly leader: number) {}

  /** Undefined when none of the group lives, or this is no Linux. */
  usage(): ProcessUsage | undefined {
    const pids = this.pids();
    if (pids.length === 0) return undefined;
    let cpuSeconds = 0;
    let peakRssBytes = 0;
    let rssBytes = 0;
    let sockets = 0;
    for (const pid of pids) {
      const stat = statOf(pid);
      const status = read(`/proc/${pid}/status`) ?? "";
      if (stat !== undefined) cpuSeconds += (Number(stat[11]) + Number(stat[12])) / ticksPerSecond;
      peakRssBytes += kilobytes(status, "VmHWM") * 1_024;
      rssBytes += kilobytes(status, "VmRSS") * 1_024;
      sockets += socketsOf(pid);
    }
    return { cpuSeconds, peakRssBytes, rssBytes, sockets };
  }

  /** The peak counts from here on. */
  resetPeak(): void {
    for (const pid of this.pids()) {
      try {
        writeFileSync(`/proc/${pid}/clear_refs`, "5");
      } catch {
        // It has ended, or the kernel has no such file: the peak is then that of its whole life.
      }
    }
  }

  private pids(): number[] {
    let names: string[];
    try {
      names = readdirSync("/proc");
    } catch {
      return [];
    }
    return names
      .filter(name => /^\d+$/.test(name))
      .map(Number)
      .filter(pid => Number(statOf(pid)?.[2]) === this.leader);
  }
}

/** The fields of /proc/PID/stat after the command's name, which may contain anything: state, parent, group … */
function statOf(pid: number): readonly string[] | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

function kilobytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
}

function socketsOf(pid: number): number {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).filter(name => isSocket(`${folder}/${name}`)).length;
  } catch {
    return 0;
  }
}

function isSocket(path: string): boolean {
  try {
    return readlinkSync(path).startsWith("socket:");
  } catch {
    return false;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
