import { describe, expect, it } from "@jest/globals";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePort } from "../port";
import { Inspector } from "./inspector";
import { measureProcess } from "./process-use";
import { endCpuProfile, startCpuProfile, takeHeapSnapshot } from "./recording";
import { SourceNames } from "./source-names";

describe("Inspector", () => {
  it("profiles a process that runs, and counts what lives in it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lynq-profile-"));
    const address = `127.0.0.1:${await freePort()}`;
    const program = `
      class Customer { constructor() { this.name = "n" + Math.random(); } }
      globalThis.kept = Array.from({ length: 1000 }, () => new Customer());
      function spinInCircles() { for (const end = Date.now() + 20; Date.now() < end; ) Math.sqrt(end); }
      setInterval(spinInCircles, 25);`;
    const child = spawn(process.execPath, [`--inspect=${address}`, "--no-turbo-inlining", "-e", program], {
      stdio: "ignore",
    });
    try {
      const inspector = await Inspector.connectPatiently(address);
      await startCpuProfile(inspector);
      while (Number(await inspector.evaluate("process.cpuUsage().user")) < 400_000)
        await new Promise(resolve => setTimeout(resolve, 50));
      const names = new SourceNames(join(folder, "no-bundle.js"));
      const profile = await endCpuProfile(inspector, join(folder, "a.cpuprofile"), names);
      expect(profile).toMatch(/in all; by self time:\n[^]*spinInCircles/);
      expect(JSON.parse(readFileSync(join(folder, "a.cpuprofile"), "utf8"))).toHaveProperty("nodes");
      expect(await takeHeapSnapshot(inspector, join(folder, "a.heapsnapshot"), names)).toMatch(/ 1000 {2}Customer\n/);
      expect((await measureProcess(inspector)).heapBytes).toBeGreaterThan(1_000_000);
      await expect(inspector.evaluate("nowhere.at.all")).rejects.toThrow("could not evaluate");
      await expect(inspector.send("No.Such")).rejects.toThrow("No.Such: ");
      inspector.close();
    } finally {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true });
    }
  });

  it("says where no process lets itself be inspected", async () => {
    const address = `127.0.0.1:${await freePort()}`;
    await expect(Inspector.connect(address)).rejects.toThrow(`no Node process lets itself be inspected at ${address}`);
  });
});
