import { execFileSync } from "node:child_process";

import { describe, expect, it } from "@jest/globals";

import { commandLine } from "./command-line";

describe("a printed command", () => {
  it("reads like one that a person types", () => {
    expect(commandLine(["kubectl", "get", "lynqnodes", "-o=name"])).toBe("kubectl get lynqnodes -o=name");
  });

  it.each(['{"spec":{"replicas":2}}', "it's", "$HOME `id`", "", "two words"])("means %j to a shell", word => {
    const printed = execFileSync("sh", ["-c", commandLine(["printf", "%s", word])], { encoding: "utf8" });
    expect(printed).toBe(word);
  });
});
