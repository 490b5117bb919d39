import { describe, expect, it } from "@jest/globals";
import { JsonPathError } from "./json-path";
import { parseJsonPath } from "./parser";

function refusal(text: string): JsonPathError {
  try {
    parseJsonPath(text);
  } catch (error) {
    if (error instanceof JsonPathError) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

describe("paths that are read", () => {
  it.each([
    "$.spec.replicas",
    ".spec.replicas",
    "spec.replicas",
    "['spec']['replicas']",
    "$['spec'].replicas",
    "$.metadata.annotations['example.com/owner']",
    '$.metadata.annotations["example.com/owner"]',
    "$.spec.template.spec.containers[*].image",
    "$.spec.template.spec.containers[0].resources",
    "$.spec.template.spec.containers[-1:].resources",
    "$.spec.ports[0:2:1].nodePort",
    "$.spec.ports[0,2].nodePort",
    "$..image",
    "$..['image','tag']",
    "$..[*]",
    "*",
    "$.spec.*",
    '$.spec.template.spec.containers[?(@.name=="app")].image',
    "$.spec.containers[?@.name == 'app' && (@.ports || !@.image)]",
    "$.spec.containers[?length(@.ports) > 1]",
    "$.spec.containers[?count(@.ports[*]) >= 2]",
    "$.spec.containers[?search(@.image, '^registry[.]example')]",
    "$.spec.containers[?!match(@.name, 'istio-.*')]",
    "$.data.größe",
    "$.data.app-name",
    "$['a\\u0062\\'\\ud83d\\ude00']",
    "$ .spec [ 'a' , 1 ]",
  ])("%s", text => {
    expect(parseJsonPath(text).text).toBe(text);
  });

  it("mean the same with and without the leading $", () => {
    const [full, dotted, bare] = ["$.spec.ports[0]", ".spec.ports[0]", "spec.ports[0]"].map(parseJsonPath);
    expect(dotted?.segments).toEqual(full?.segments);
    expect(bare?.segments).toEqual(full?.segments);
  });
});

describe("paths that are refused, where and why", () => {
  it.each([
    ["", 0, "empty"],
    ["$", 0, "whole object"],
    [" $.a", 0, 'expected a name or "*"'],
    ["$.a ", 3, 'found " "'],
    ["$.", 2, "found the end"],
    ["$..", 3, "found the end"],
    ["$.a.", 4, "found the end"],
    ["$.a..", 5, "found the end"],
    ["$a", 1, 'found "a"'],
    ["$.-a", 2, 'found "-"'],
    ["$.1a", 2, 'found "1"'],
    ["$.example.com/owner", 13, 'found "/"'],
    ["/spec/replicas", 0, "JSON pointer"],
    ["{.spec.replicas}", 0, "braces"],
    ["$[", 2, "quoted name"],
    ["$[0", 1, 'no closing "]"'],
    ["$[]", 2, "quoted name"],
    ["$[a]", 2, "quoted name"],
    ["$[(@.length-1)]", 2, "quoted name"],
    ["$[01]", 2, "leading zero"],
    ["$[-0]", 2, "leading zero"],
    ["$[9007199254740992]", 2, "out of range"],
    ["$['a", 2, "no closing '"],
    ["$['a\\x']", 4, "escape"],
    ["$['\\ud800']", 3, "surrogate"],
    ["$['\\u12']", 3, "hexadecimal"],
    ["$['a\nb']", 4, "control character"],
    ["$[?]", 3, 'expected "@"'],
    ["$[?@.a", 1, 'no closing "]"'],
    ["$[?(@.a]", 7, 'expected ")"'],
    ["$[?(@.a", 3, 'no closing ")"'],
    ["$[?@.a=1]", 6, 'write "=="'],
    ["$[?@.a=~'x']", 6, "search(@.field"],
    ["$[?@.*==1]", 3, "several places"],
    ["$[?1]", 3, "literal alone"],
    ["$[?!@.a==1]", 4, "in parentheses"],
    ["$[?length(@.a)]", 3, "gives a value"],
    ["$[?match(@.a,'x')==true]", 3, "condition of its own"],
    ["$[?count(1)]", 9, "takes a path"],
    ["$[?match(@.a)]", 12, 'expected ","'],
    ["$[?eval('x')]", 3, "neither a literal"],
    ["$[?process.exit()]", 3, "neither a literal"],
    ["$[?toString(@.a)==1]", 3, "neither a literal"],
    ["$[?nil==1]", 3, "neither a literal"],
  ])("%j at %i: %s", (text, position, problem) => {
    const error = refusal(text);
    expect(error.problem).toContain(problem);
    expect(error.position).toBe(position);
    expect(error.message).toContain(`at character ${position + 1}: `);
  });

  it("are those that are too long or nested too deep, without exhausting the stack", () => {
    expect(refusal(`$.${"a".repeat(2000)}`).problem).toContain("1024");
    expect(refusal(`$[?${"(".repeat(500)}@.a${")".repeat(500)}]`).problem).toContain("levels");
    expect(refusal(`$${"[?@".repeat(200)}`).problem).toContain("levels");
    expect(refusal(`$[?${"length(".repeat(100)}1`).problem).toContain("levels");
  });
});
