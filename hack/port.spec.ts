import { createServer } from "node:net";

import { describe, expect, it } from "@jest/globals";

import { freePort, isFree, withFreshPorts } from "./port";

describe("ports", () => {
  it("tells a taken port from a free one", async () => {
    const port = await freePort();
    expect(await isFree(port)).toBe(true);
    const server = createServer();
    await new Promise<void>(resolve => server.listen(port, "127.0.0.1", resolve));
    expect(await isFree(port)).toBe(false);
    await new Promise(resolve => server.close(resolve));
  });

  it.each([
    "listen tcp 127.0.0.1:1: bind: address already in use",
    "Error: listen EADDRINUSE: address already in use :::3000",
    "Can't start server: Bind on TCP/IP port. Got error: 98: Address already in use",
  ])("starts again on other ports after: %s", async message => {
    let attempts = 0;
    const start = () => (++attempts < 3 ? Promise.reject(new Error(message)) : Promise.resolve("started"));
    expect(await withFreshPorts(start)).toBe("started");
  });

  it("gives up after three attempts", async () => {
    let attempts = 0;
    const start = () => Promise.reject(new Error(`attempt ${++attempts}: address already in use`));
    await expect(withFreshPorts(start)).rejects.toThrow("attempt 3");
  });

  it("does not repeat a start that failed for another reason", async () => {
    let attempts = 0;
    const start = () => Promise.reject(new Error(`attempt ${++attempts}: unknown flag`));
    await expect(withFreshPorts(start)).rejects.toThrow("attempt 1");
  });
});
