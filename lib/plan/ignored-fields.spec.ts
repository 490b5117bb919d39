import { describe, expect, it } from "@jest/globals";
import { parseJsonPath } from "../blueprint/json-path";
import { type KubernetesObject } from "../blueprint/object";
import { leaveIgnoredFields } from "./ignored-fields";

type Strategy = Parameters<typeof leaveIgnoredFields>[3];

function deployment(spec: Record<string, unknown>, metadata: KubernetesObject["metadata"] = {}): KubernetesObject {
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "app", ...metadata }, spec };
}

const ownedBy = (manager: string, fields: Record<string, unknown>) => ({
  managedFields: [{ manager, operation: "Apply", fieldsV1: { "f:spec": fields } }],
});

function leave(desired: KubernetesObject, live: KubernetesObject, strategy: Strategy, ...paths: string[]): unknown {
  const { metadata, ...body } = leaveIgnoredFields(desired, live, paths.map(parseJsonPath), strategy);
  return { labels: metadata.labels, spec: body["spec"] };
}

describe("an ignored field on a later write", () => {
  const desired = deployment({ replicas: 2, paused: false });

  it("is left out of an apply when somebody else owns it", () => {
    const live = deployment({ replicas: 7 }, ownedBy("autoscaler", { "f:replicas": {} }));
    expect(leave(desired, live, "apply", "$.spec.replicas")).toEqual({ spec: { paused: false } });
  });

  it("keeps its live value in an apply while it is ours alone, so that it does not fall back to a default", () => {
    const live = deployment({ replicas: 3 }, ownedBy("lynq", { "f:replicas": {} }));
    expect(leave(desired, live, "apply", "$.spec.replicas")).toEqual({ spec: { replicas: 3, paused: false } });
  });

  it("is not added to an apply that never had it", () => {
    const live = deployment({ replicas: 3 }, ownedBy("lynq", { "f:replicas": {} }));
    expect(leave(deployment({ paused: true }), live, "apply", "$.spec.replicas")).toEqual({ spec: { paused: true } });
  });

  it("is left out of a merge patch, which leaves alone what it does not name", () => {
    expect(leave(desired, deployment({ replicas: 7 }), "merge", "$.spec.replicas")).toEqual({
      spec: { paused: false },
    });
  });

  it("is written back in an update, which would remove it", () => {
    const live = deployment({ replicas: 7 });
    expect(leave(desired, live, "replace", "$.spec.replicas")).toEqual({ spec: { replicas: 7, paused: false } });
  });

  it("is written back in an update even where the form has nothing of it", () => {
    const live = deployment({ strategy: { rollingUpdate: { maxSurge: 3 } } });
    expect(leave(desired, live, "replace", "$.spec.strategy.rollingUpdate.maxSurge")).toEqual({
      spec: { replicas: 2, paused: false, strategy: { rollingUpdate: { maxSurge: 3 } } },
    });
  });

  it("is left out of an update when somebody has removed it", () => {
    expect(leave(desired, deployment({}), "replace", "$.spec.replicas")).toEqual({ spec: { paused: false } });
  });
});

describe("an ignored field within a list", () => {
  const containers = (...images: [string, string][]) =>
    deployment({ containers: images.map(([name, image]) => ({ name, image, tty: true })) });

  it.each<Strategy>(["merge", "replace"])("keeps each item's live value in %s, which writes whole lists", strategy => {
    const desired = containers(["app", "app:1"], ["proxy", "proxy:1"]);
    const live = containers(["proxy", "proxy:2"], ["app", "app:1"]);
    expect(leave(desired, live, strategy, "$.spec.containers[*].image")).toEqual({
      spec: {
        containers: [
          { name: "app", image: "app:1", tty: true },
          { name: "proxy", image: "proxy:2", tty: true },
        ],
      },
    });
  });

  it.each<Strategy>(["merge", "replace"])("keeps an item that somebody else added, in %s", strategy => {
    const desired = containers(["app", "app:1"]);
    const live = containers(["app", "app:1"], ["injected", "proxy:2"]);
    expect(leave(desired, live, strategy, "$.spec.containers[?(@.name=='injected')]")).toEqual({
      spec: {
        containers: [
          { name: "app", image: "app:1", tty: true },
          { name: "injected", image: "proxy:2", tty: true },
        ],
      },
    });
  });

  it("does not bring back an item that the form has dropped", () => {
    const live = containers(["app", "app:1"], ["old", "old:1"]);
    expect(leave(containers(["app", "app:2"]), live, "replace", "$.spec.containers[*].image")).toEqual({
      spec: { containers: [{ name: "app", image: "app:1", tty: true }] },
    });
  });
});

describe("what makes an object ours", () => {
  it.each<Strategy>(["apply", "merge", "replace"])("is never left to others, in %s", strategy => {
    const labels = { "lynq.sh/node": "ours", team: "blue" };
    const live = deployment({}, { labels: { "lynq.sh/node": "theirs", team: "red" } });
    const left = leaveIgnoredFields(deployment({}, { labels }), live, [parseJsonPath("$.metadata")], strategy);
    expect(left.metadata.name).toBe("app");
    expect(left.metadata.labels?.["lynq.sh/node"]).toBe("ours");
  });
});
