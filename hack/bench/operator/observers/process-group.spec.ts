import { spawn } from "node:child_process";
import { once } from "node:events";

import { describe, expect, it } from "@jest/globals";

import { ProcessGroup } from "./process-group";

describe("a group of processes", () => {
  it("has the time and memory of a process and of what it has started", async () => {
    const script =
      "const a = Buffer.alloc(3e7, 1); while (process.cpuUsage().user < 2e5); console.log(a.length); setInterval(() => 0, 1000)";
    const child = spawn("sh", ["-c", `"${process.execPath}" -e '${script}'; true`], { detached: true });
    const { pid = 0 } = child;
    try {
      await once(child.stdout, "data");
      const usage = new ProcessGroup(pid).usage();
      expect(usage?.cpuSeconds).toBeGreaterThan(0.05);
      expect(usage?.peakRssBytes).toBeGreaterThan(3e7);
    } finally {
      process.kill(-pid, "SIGKILL");
    }
  });

  it("that is gone has nothing", () => {
    expect(new ProcessGroup(2 ** 30).usage()).toBeUndefined();
  });
});
