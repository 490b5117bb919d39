import { describe, expect, it } from "@jest/globals";

import { serverVersion } from "./external";

const version = (gitVersion: string) => ({ major: "1", minor: "36", gitVersion });

describe("serverVersion", () => {
  it("is the server's, not the client's", () => {
    const json = JSON.stringify({ clientVersion: version("v1.32.4"), serverVersion: version("v1.36.3") }, undefined, 2);
    expect(serverVersion(json)).toBe("v1.36.3");
  });

  it("is undefined when no server answered", () => {
    expect(serverVersion(JSON.stringify({ clientVersion: version("v1.32.4") }))).toBeUndefined();
  });
});
