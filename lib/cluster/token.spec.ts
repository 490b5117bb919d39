import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execCredentials, type ExecCommand } from "./exec-credential";
import { fileToken } from "./token";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lynq-token-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("fileToken", () => {
  it("reads the file again after a minute, or when asked to", async () => {
    let time = 0;
    const path = join(folder, "token");
    writeFileSync(path, "one\n");
    const token = fileToken(path, () => time);
    expect(await token.get()).toBe("one");
    writeFileSync(path, "two");
    time = 59_999;
    expect(await token.get()).toBe("one");
    time = 60_000;
    expect(await token.get()).toBe("two");
    writeFileSync(path, "three");
    expect(await token.get(true)).toBe("three");
  });

  it("keeps the last token while the file is unreadable, but fails when there never was one", async () => {
    const path = join(folder, "token");
    await expect(fileToken(path).get()).rejects.toThrow("ENOENT");
    writeFileSync(path, "one");
    const token = fileToken(path);
    await token.get();
    writeFileSync(path, " ");
    expect(await token.get(true)).toBe("one");
    rmSync(path);
    expect(await token.get(true)).toBe("one");
  });
});

describe("execCredentials", () => {
  const plugin = (script: string): ExecCommand => ({
    user: "jane",
    command: process.execPath,
    args: ["-e", script],
    env: new Map([["WHO", "spec"]]),
    apiVersion: "client.authentication.k8s.io/v1",
    server: "https://api.example",
    ca: "CA",
  });

  it("runs the plugin with its variables and cluster, and again when the token has expired", async () => {
    const counter = join(folder, "runs");
    const command = plugin(`
      require("fs").appendFileSync(${JSON.stringify(counter)}, "x");
      const runs = require("fs").readFileSync(${JSON.stringify(counter)}, "utf8").length;
      const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
      const token = [process.env.WHO, info.kind, info.spec.cluster.server, runs].join(" ");
      console.log(JSON.stringify({ kind: "ExecCredential", status: { token, expirationTimestamp: new Date(1000000).toISOString() } }));
    `);
    let time = 0;
    const token = execCredentials(command, () => time);
    const first = "spec ExecCredential https://api.example 1";
    expect(await Promise.all([token.get(), token.get()])).toEqual([first, first]);
    expect(await token.get()).toBe(first);
    time = 1_000_000;
    expect(await token.get()).toBe("spec ExecCredential https://api.example 2");
  });

  it("quotes what the plugin says on stderr, never what it prints", async () => {
    const failing = plugin('console.log("geheim"); console.error("please sign in"); process.exit(3)');
    await expect(execCredentials(failing).get()).rejects.toThrow(/^(?!.*geheim).*\(exit 3\): please sign in/);
    await expect(execCredentials(plugin('console.log("geheim")')).get()).rejects.toThrow(/^(?!.*geheim).*as JSON/);
    await expect(execCredentials(plugin('console.log("{}")')).get()).rejects.toThrow("gave no token");
    await expect(execCredentials({ ...failing, command: join(folder, "none") }).get()).rejects.toThrow("ENOENT");
  });
});
