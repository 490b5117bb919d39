import { describe, expect, it } from "@jest/globals";

import { mismatch } from "./mismatch";

describe("what differs from what is expected", () => {
  const deployment = { spec: { replicas: 5, containers: [{ name: "app", image: "nginx:1.27" }] } };

  it("is nothing when every expected field is there, whatever else is", () => {
    expect(mismatch(deployment, { spec: { replicas: 5 } })).toBeUndefined();
    expect(mismatch(deployment, { spec: { containers: [{ image: /^nginx:/ }], paused: undefined } })).toBeUndefined();
  });

  it.each([
    [{ spec: { replicas: 10 } }, ".spec.replicas is 5, not 10"],
    [{ spec: { replicas: "5" } }, '.spec.replicas is 5, not "5"'],
    [{ spec: { paused: true } }, ".spec.paused is absent, not true"],
    [{ spec: { containers: [] } }, ".spec.containers has 1 items, not 0"],
    [{ spec: { containers: [{ image: /^caddy/ }] } }, '.spec.containers[0].image is "nginx:1.27", not like /^caddy/'],
    [{ status: { ready: 1 } }, ".status is absent"],
    [{ spec: { replicas: undefined } }, ".spec.replicas is 5, not absent"],
  ])("names the field: %j", (expected, words) => {
    expect(mismatch(deployment, expected)).toBe(words);
  });
});
