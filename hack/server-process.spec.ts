import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

import { createScratch, isAlive, type Scratch } from "./scratch";
import { ServerProcess } from "./server-process";
import { waitUntil } from "./wait";

const forever = "setInterval(() => {}, 1000);";

describe("ServerProcess", () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = createScratch();
  });
  afterEach(() => {
    scratch.remove();
  });
  const start = (script: string, command = process.execPath) =>
    new ServerProcess({ name: "server", command, args: ["-e", script], logPath: join(scratch.path, "log") });
  const gone = (pid: number) =>
    waitUntil(`the end of ${pid}`, () => Promise.resolve(isAlive(pid) ? "it lives" : undefined), { limit: 20_000 });
  const says = (server: ServerProcess, text: string) =>
    waitUntil(text, () => Promise.resolve(server.tail().includes(text) ? undefined : server.tail()));

  it("says how it ended, with the last lines of its log", async () => {
    const server = start('console.error("bad flag"); process.exit(3)');
    await server.exited;
    expect(() => {
      server.assertRunning();
    }).toThrow("server ended with exit code 3:\nbad flag");
  });

  it("says that a command does not exist", async () => {
    const server = start("", join(scratch.path, "missing"));
    await server.exited;
    expect(() => {
      server.assertRunning();
    }).toThrow("server ");
  });

  it("lets a server that is stopped end in its own order", async () => {
    const server = start(
      `process.on("SIGTERM", () => { console.log("bye"); process.exit(0); }); console.log("up"); ${forever}`,
    );
    await says(server, "up");
    await server.stop();
    expect(server.tail()).toBe("up\nbye");
  });

  it("kills one that does not end when it is asked to", async () => {
    const server = start(`process.on("SIGTERM", () => console.log("no")); console.log("up"); ${forever}`);
    await says(server, "up");
    await server.stop(200);
    expect(await server.exited).toBe("was ended by SIGKILL");
  });

  it("kills what the server has started, too", async () => {
    const child = `const c = require("child_process").spawn(process.execPath, ["-e", "${forever}"]); console.log("child", c.pid);`;
    const server = start(`${child} ${forever}`);
    await says(server, "child");
    const pid = Number(/child (\d+)/.exec(server.tail())?.[1]);
    await server.kill();
    await gone(pid);
    expect(isAlive(pid)).toBe(false);
  });

  describe("of a script that ends", () => {
    const script = (end: string) => `
      const { ServerProcess } = require(${JSON.stringify(join(__dirname, "server-process.ts"))});
      const server = new ServerProcess({ name: "x", command: process.execPath, args: ["-e", ${JSON.stringify(forever)}], logPath: ${JSON.stringify(join(scratch.path, "inner"))} });
      console.log("pid", server.pid);
      ${end}`;
    const runScript = (end: string): ChildProcess =>
      spawn(process.execPath, ["--require", "tsx/cjs", "-e", script(end)], {
        cwd: join(__dirname, ".."),
        stdio: ["ignore", "pipe", "ignore"],
      });
    const pidOf = (child: ChildProcess): Promise<number> =>
      new Promise(resolve => {
        child.stdout?.setEncoding("utf8").on("data", (text: string) => {
          const pid = /pid (\d+)/.exec(text)?.[1];
          if (pid !== undefined) resolve(Number(pid));
        });
      });

    it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("ends by %s", async signal => {
      const child = runScript(forever);
      const pid = await pidOf(child);
      child.kill(signal);
      await gone(pid);
      expect(isAlive(pid)).toBe(false);
    });

    it.each(['setImmediate(() => { throw new Error("oops"); });', "setImmediate(() => process.exit(0));"])(
      "ends with: %s",
      async end => {
        const pid = await pidOf(runScript(end));
        await gone(pid);
        expect(isAlive(pid)).toBe(false);
      },
    );

    // Elsewhere nothing tells a child that its parent was killed.
    (process.platform === "linux" ? it : it.skip)("ends by SIGKILL", async () => {
      const child = runScript(forever);
      const pid = await pidOf(child);
      child.kill("SIGKILL");
      await gone(pid);
      expect(isAlive(pid)).toBe(false);
    });
  });
});
