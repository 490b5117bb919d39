import { describe, expect, it } from "@jest/globals";
import { buildGraph, type GraphResource } from "./graph";

/** `["app: config db", "db"]` → resources with ids and dependIds. */
function resources(...lines: string[]): GraphResource[] {
  return lines.map((line, index) => {
    const [id = "", ids = ""] = line.split(":");
    return { id, dependIds: ids.split(" ").filter(Boolean), path: `spec.manifests[${index}]` };
  });
}

describe("buildGraph", () => {
  it("puts a resource one wave after the last of those that it depends on, in the order of the form", () => {
    const { graph, problems } = buildGraph(
      resources("ingress: service", "service: app", "app: config db", "db", "config", "job"),
    );
    expect(problems).toMatchObject([]);
    expect(graph.waves).toEqual([["db", "config", "job"], ["app"], ["service"], ["ingress"]]);
    expect(graph.wave("ingress")).toBe(3);
    expect(graph.dependencies("app")).toEqual(["config", "db"]);
    expect(graph.dependents("app")).toEqual(["service"]);
  });

  it("takes the longest way where there are several", () => {
    const { graph } = buildGraph(resources("last: first middle", "middle: first", "first"));
    expect(graph.waves).toEqual([["first"], ["middle"], ["last"]]);
  });

  it("orders a diamond", () => {
    const { graph } = buildGraph(resources("a", "b: a", "c: a", "d: c b"));
    expect(graph.waves).toEqual([["a"], ["b", "c"], ["d"]]);
    expect(graph.dependents("a")).toEqual(["b", "c"]);
  });

  it("counts a dependency once that is named twice", () => {
    const { graph, problems } = buildGraph(resources("a", "b: a a"));
    expect(problems).toMatchObject([]);
    expect(graph.dependencies("b")).toEqual(["a"]);
    expect(graph.dependents("a")).toEqual(["b"]);
  });

  it("has no waves for an empty form", () => {
    expect(buildGraph([])).toMatchObject({ graph: { waves: [] }, problems: [] });
  });

  it("does not answer for an id that the form does not have", () => {
    const { graph } = buildGraph(resources("a"));
    expect(() => graph.wave("b")).toThrow(new RangeError('no resource of the form has the id "b"'));
  });

  it("tells a cycle with its whole path, from the member that comes first in the form", () => {
    const { problems } = buildGraph(resources("start: c", "a: start b", "b: c", "c: a"));
    expect(problems).toMatchObject([
      { path: "spec.manifests[0].dependIds[0]", message: "dependencies form a cycle: start → c → a → start" },
    ]);
  });

  it("tells a cycle of two as a → b → a", () => {
    const { problems } = buildGraph(resources("a: b", "b: a"));
    expect(problems).toMatchObject([
      { path: "spec.manifests[0].dependIds[0]", message: "dependencies form a cycle: a → b → a" },
    ]);
  });

  it("points at the dependency that closes the cycle, not at a harmless one before it", () => {
    const { problems } = buildGraph(resources("x", "a: x b", "b: a"));
    expect(problems).toMatchObject([
      { path: "spec.manifests[1].dependIds[1]", message: "dependencies form a cycle: a → b → a" },
    ]);
  });

  it("tells every separate cycle, also one that hangs on another", () => {
    const { problems } = buildGraph(resources("a: b c", "b: a", "c: d", "d: c", "e: a"));
    expect(problems.map(({ message }) => message).sort()).toEqual([
      "dependencies form a cycle: a → b → a",
      "dependencies form a cycle: c → d → c",
    ]);
  });

  it("names both places of an id that is used twice", () => {
    const { problems } = buildGraph(resources("a", "b", "a"));
    expect(problems).toMatchObject([
      { path: "spec.manifests[2].id", message: 'the id "a" is already taken by spec.manifests[0]' },
    ]);
  });

  it("refuses self-dependencies and unknown ids, all at once and with a guess", () => {
    const { problems } = buildGraph(resources("a: a", "database: confg", "config: elsewhere"));
    expect(problems).toMatchObject([
      { path: "spec.manifests[0].dependIds[0]", message: "a depends on itself" },
      {
        path: "spec.manifests[1].dependIds[0]",
        message: 'no resource of the form has the id "confg"; did you mean config?',
      },
      { path: "spec.manifests[2].dependIds[0]", message: 'no resource of the form has the id "elsewhere"' },
    ]);
  });

  it("still orders the rest of a faulty form", () => {
    const { graph } = buildGraph(resources("c: b", "b: a nowhere", "a: a"));
    expect(graph.waves).toEqual([["a"], ["b"], ["c"]]);
  });

  it("survives a chain that is deeper than the call stack", () => {
    const length = 50_000;
    const chain = Array.from({ length }, (_, index) => ({
      id: `r${index}`,
      dependIds: index + 1 < length ? [`r${index + 1}`] : [],
    }));
    const { graph, problems } = buildGraph(chain);
    expect(problems).toMatchObject([]);
    expect(graph.waves).toHaveLength(length);
    expect(graph.wave("r0")).toBe(length - 1);
  });

  it("tells cycles that share no member, so that a tangle stays readable", () => {
    const ids = Array.from({ length: 300 }, (_, index) => `r${index}`);
    const { problems } = buildGraph(ids.map(id => ({ id, dependIds: ids.filter(other => other !== id) })));
    expect(problems).toHaveLength(150);
    expect(problems[149]?.message).toBe("dependencies form a cycle: r298 → r299 → r298");
  });

  it("never puts a resource before one that it depends on", () => {
    let seed = 42;
    const random = (limit: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % limit;
    for (let round = 0; round < 50; round++) {
      const form = Array.from({ length: 30 }, (_, index) => ({
        id: `r${index}`,
        dependIds: Array.from({ length: random(4) }, () => `r${random(30)}`).filter(id => Number(id.slice(1)) > index),
      }));
      const { graph, problems } = buildGraph(form);
      expect(problems).toMatchObject([]);
      for (const { id, dependIds } of form) {
        const earlier = dependIds.map(dependency => graph.wave(dependency));
        expect(graph.wave(id)).toBe(Math.max(-1, ...earlier) + 1);
      }
    }
  });
});
