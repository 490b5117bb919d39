import { describe, expect, it } from "@jest/globals";
import { matches } from "./evaluator";
import { JsonPathLimitError } from "./json-path";
import { parseJsonPath } from "./parser";

const deployment = {
  metadata: { annotations: { "example.com/owner": "team", "a-b": "dash" } },
  spec: {
    replicas: 3,
    containers: [
      { name: "app", image: "app:1", ports: [{ port: 80 }, { port: 443 }] },
      { name: "istio-proxy", image: "istio:1" },
      { name: "log", image: null, ports: [] },
    ],
  },
};

const locate = (object: unknown, path: string) =>
  matches(object, parseJsonPath(path)).map(({ location }) => location.join("/"));

describe("what a path reaches", () => {
  it.each<[string, string[]]>([
    ["$.spec.replicas", ["spec/replicas"]],
    ["$.spec.nothing", []],
    ["$.spec.replicas.deeper", []],
    ["$.metadata.annotations['example.com/owner']", ["metadata/annotations/example.com/owner"]],
    ["$.metadata.annotations.a-b", ["metadata/annotations/a-b"]],
    ["$.spec.containers[*].name", ["spec/containers/0/name", "spec/containers/1/name", "spec/containers/2/name"]],
    ["$.spec.containers[-1].name", ["spec/containers/2/name"]],
    ["$.spec.containers[3].name", []],
    ["$.spec.containers[-4].name", []],
    ["$.spec.containers[1:].name", ["spec/containers/1/name", "spec/containers/2/name"]],
    ["$.spec.containers[:-1].name", ["spec/containers/0/name", "spec/containers/1/name"]],
    ["$.spec.containers[::2].name", ["spec/containers/0/name", "spec/containers/2/name"]],
    ["$.spec.containers[::-1].name", ["spec/containers/2/name", "spec/containers/1/name", "spec/containers/0/name"]],
    ["$.spec.containers[2:0:-1].name", ["spec/containers/2/name", "spec/containers/1/name"]],
    ["$.spec.containers[::0].name", []],
    ["$.spec[0]", []],
    ["$.spec.containers.name", []],
    ["$..port", ["spec/containers/0/ports/0/port", "spec/containers/0/ports/1/port"]],
    ["$.spec['replicas','replicas']", ["spec/replicas"]],
    ['$.spec.containers[?(@.name=="app")].image', ["spec/containers/0/image"]],
    ["$.spec.containers[?@.name != 'app'].image", ["spec/containers/1/image", "spec/containers/2/image"]],
    ["$.spec.containers[?@.image == null].name", ["spec/containers/2/name"]],
    ["$.spec.containers[?@.image == @.nothing].name", []],
    ["$.spec.containers[?@.ports].name", ["spec/containers/0/name", "spec/containers/2/name"]],
    ["$.spec.containers[?!@.ports].name", ["spec/containers/1/name"]],
    ["$.spec.containers[?@.ports[0]].name", ["spec/containers/0/name"]],
    ["$.spec.containers[?@.ports[?@.port > 400]].name", ["spec/containers/0/name"]],
    ["$.spec.containers[?count(@.ports[*]) < 1].name", ["spec/containers/1/name", "spec/containers/2/name"]],
    ["$.spec.containers[?length(@.name) == 3].name", ["spec/containers/0/name", "spec/containers/2/name"]],
    ["$.spec.containers[?search(@.name, '^istio')].name", ["spec/containers/1/name"]],
    ["$.spec.containers[?match(@.name, 'istio')].name", []],
    ["$.spec.containers[?match(@.name, '(')].name", []],
    ["$.spec.containers[?@.name == 'log' || @.name == 'app' && @.image == 'x'].name", ["spec/containers/2/name"]],
    ["$.spec.containers[?(@.name == 'log' || @.name == 'app') && @.image == 'app:1'].name", ["spec/containers/0/name"]],
    ["$.spec.containers[?@.name == $.spec.containers[1].name].name", ["spec/containers/1/name"]],
    ["$.spec.containers[?value(@..port) == 80].name", []],
  ])("%s", (path, locations) => {
    expect(locate(deployment, path)).toEqual(locations);
  });

  it("is never a prototype, and an own field of such a name is one like any other", () => {
    expect(locate({ a: {} }, "$.a.constructor")).toEqual([]);
    expect(locate({ a: {} }, "$.a.__proto__")).toEqual([]);
    expect(locate([], "$.length")).toEqual([]);
    expect(locate(JSON.parse('{"__proto__": {"a": 1}}'), "$.__proto__.a")).toEqual(["__proto__/a"]);
  });

  it("leaves out undefined fields", () => {
    expect(locate({ a: undefined, b: 1 }, "$.*")).toEqual(["b"]);
    expect(locate({ a: undefined }, "$.a")).toEqual([]);
  });
});

describe("comparison", () => {
  it.each([
    ["1 < 2", true],
    ["2 <= 2", true],
    ["'a' < 'b'", true],
    ["'a' < 'ab'", true],
    ["'ab' < 'a'", false],
    ["'\uFF5E' < '\u{1F600}'", true],
    ["'10' < 9", false],
    ["'10' == 10", false],
    ["true < false", false],
    ["null <= null", true],
    ["@.a == @.b", true],
    ["@.a < @.c", false],
    ["@.x == @.y", true],
    ["@.x == null", false],
    ["-0 == 0", true],
    ["1e2 == 100", true],
    ["1.5 > 1", true],
  ])("%s is %s", (condition, expected) => {
    const object = [{ a: { m: 1, n: [2] }, b: { n: [2], m: 1 }, c: { m: 1 } }];
    expect(locate(object, `$[?${condition}]`)).toEqual(expected ? ["0"] : []);
  });
});

describe("a path that takes too long", () => {
  const nest = (depth: number) => Array.from({ length: depth }).reduce<unknown>(inner => ({ a: inner, b: [1, 2] }), 1);

  it.each(["$..*..*..*..*", "$..[?count($..*) > 1]"])("is given up: %s", path => {
    expect(() => matches(nest(10), parseJsonPath(path))).not.toThrow();
    expect(() => matches(nest(400), parseJsonPath(path))).toThrow(JsonPathLimitError);
  });

  it.each(["$[*]", "$..image"])("is given up in a long list, too: %s", path => {
    const long = Array.from({ length: 300_000 }, () => 1);
    expect(() => matches(long, parseJsonPath(path))).toThrow(JsonPathLimitError);
  });

  it("does not exhaust the stack on a deep object", () => {
    const deep = Array.from({ length: 20_000 }).reduce<unknown>(inner => [inner], { image: "x" });
    expect(matches(deep, parseJsonPath("$..image"))).toHaveLength(1);
  });
});
