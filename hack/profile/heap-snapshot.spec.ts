import { describe, expect, it } from "@jest/globals";

import { heapClasses } from "./heap-snapshot";

describe("heapClasses", () => {
  it("adds up objects by class, and everything else by what it is", () => {
    const meta = { node_fields: ["type", "name", "id", "self_size"], node_types: [["object", "string"]] };
    const strings = ["Map", "a text", "another"];
    // Of each: type, name, id, size.
    const nodes = [...[0, 0, 1, 100], ...[1, 1, 3, 30], ...[0, 0, 5, 50], ...[1, 2, 7, 20]];
    expect(heapClasses({ snapshot: { meta }, nodes, strings })).toEqual([
      { name: "Map", count: 2, bytes: 150 },
      { name: "(string)", count: 2, bytes: 50 },
    ]);
  });
});
