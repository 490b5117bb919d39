import { describe, expect, it } from "@jest/globals";
import { type Manifest } from "./manifest";
import { readManifests } from "./read";

function only(text: string): Manifest {
  const { manifests, findings } = readManifests({ name: "form.yaml", text });
  const [manifest] = manifests;
  if (manifest === undefined || manifests.length > 1)
    throw new Error(`one manifest, please: ${JSON.stringify(findings)}`);
  return manifest;
}

/** The line and column of `^` in the line after the one that it points into. */
function marked(text: string): { text: string; line: number; column: number } {
  const lines = text.split("\n");
  const marker = lines.findIndex(line => /^ *\^$/.test(line));
  if (marker < 1) throw new Error("no marker");
  const column = (lines[marker] ?? "").length;
  return { text: lines.filter((_, index) => index !== marker).join("\n"), line: marker, column };
}

describe("Manifest.locate, a place within a template", () => {
  const cases: [style: string, text: string, place: { line: number; column: number }][] = [
    ["plain", "a: x{{ uper }}\n       ^\n", { line: 1, column: 5 }],
    ["double quotes", 'a: "x{{ uper }}"\n        ^\n', { line: 1, column: 5 }],
    [
      "double quotes with escapes before it",
      'a: "\\"\\u00e9\\t\\n{{ uper }}"\n                   ^\n',
      { line: 2, column: 4 },
    ],
    ["double quotes over two lines", 'a: "one\n  two {{ uper }}"\n         ^\n', { line: 1, column: 12 }],
    ["single quotes with a quote before it", "a: 'it''s {{ uper }}'\n             ^\n", { line: 1, column: 9 }],
    ["plain over two lines", "a: one\n  two {{ uper }}\n         ^\n", { line: 1, column: 12 }],
    ["literal block", "a:\n  b: |\n    one\n      {{ uper }}\n         ^\n", { line: 2, column: 6 }],
    [
      "literal block with an indentation indicator",
      "a:\n  b: |1-\n     x {{ uper }}\n          ^\n",
      { line: 1, column: 8 },
    ],
    ["folded block", "a:\n  b: >-\n    one\n    {{ uper }}\n\n    three\n       ^\n", { line: 2, column: 4 }],
    [
      "folded block, in a folded line",
      "a:\n  b: >-\n    one\n    {{ uper }}\n       ^\n    three\n",
      { line: 1, column: 8 },
    ],
  ];
  it.each(cases)("in %s", (_, source, place) => {
    const { text, line, column } = marked(source);
    const path = text.startsWith("a:\n") ? "a.b" : "a";
    expect(only(text).locate(path, place)).toEqual({ line, column });
  });

  it("counts characters, not UTF-16 units", () => {
    expect(only('a: "😀😀{{ uper }}"').locate("a", { line: 1, column: 6 })).toEqual({ line: 1, column: 10 });
  });

  it("at the end of the text", () => {
    expect(only('a: "{{ if .x }}"').locate("a", { line: 1, column: 12 })).toEqual({ line: 1, column: 16 });
  });
});

describe("Manifest.locate", () => {
  const manifest = only(
    [
      "base: &base",
      "  image: nginx",
      "spec:",
      "  <<: *base",
      "  list:",
      "    - name: x",
      '  "a/b.c": 1',
      "  again: *base",
    ].join("\n"),
  );
  it.each([
    ["the value of a scalar", "spec.list[0].name", 6, 13],
    ["the key of an object", "spec.list", 5, 3],
    ["a key that is no identifier", 'spec["a/b.c"]', 7, 12],
    ["what is merged in, where it is written", "spec.image", 2, 10],
    ["what an alias stands for, where it is written", "spec.again.image", 2, 10],
    ["what is not there, where it would be", "spec.list[0].spec.replicas", 6, 7],
    ["an item that is not there", "spec.list[7]", 5, 3],
    ["nothing at all", "", 1, 1],
  ])("finds %s", (_, path, line, column) => {
    expect(manifest.locate(path)).toEqual({ line, column });
  });

  it("finds the fields of an item of a List", () => {
    const { manifests } = readManifests({
      name: "list.yaml",
      text: "kind: List\nitems:\n  - kind: A\n    x: 1\n  - kind: B\n    x: 2\n",
    });
    expect(manifests.map(item => [item.kind, item.locate("x")])).toEqual([
      ["A", { line: 4, column: 8 }],
      ["B", { line: 6, column: 8 }],
    ]);
  });
});

describe("readManifests", () => {
  it("reads YAML as kubectl does", () => {
    const { object } = only("a: yes\nb: 0644\nc: 2024-01-31\nd: 12:30\ne: &e {x: 1}\nf: {<<: *e, z: 2}\ng: 1_000\n");
    expect(object).toEqual({ a: true, b: 420, c: "2024-01-31", d: "12:30", e: { x: 1 }, f: { x: 1, z: 2 }, g: 1000 });
  });

  it("reads every document, and passes over empty ones", () => {
    const text = "---\n# nothing\n---\nkind: A\n---\n---\nkind: B\n";
    expect(readManifests({ name: "x", text }).manifests.map(({ kind }) => kind)).toEqual(["A", "B"]);
  });

  it.each([
    ["a: [1\nb: 2\n", 2, 1, /^is not valid YAML/],
    ["a: 1\na: 2\n", 2, 1, /keys must be unique/],
    ["kind: A\n---\n- x\n", 3, 1, /^is not a Kubernetes object/],
    ["a: *nobody\n", 1, 1, /^is not valid YAML: .*nobody/],
  ])("says where %j is wrong", (text, line, column, message) => {
    const { findings } = readManifests({ name: "x.yaml", text });
    expect(findings).toEqual([
      expect.objectContaining({
        severity: "error",
        file: "x.yaml",
        line,
        column,
        message: expect.stringMatching(message),
      }),
    ]);
  });

  it("refuses aliases that multiply", () => {
    const bomb = ["a: &a [x, x, x, x, x, x, x, x, x, x]"];
    for (let level = 98; level < 106; level++) {
      const name = String.fromCharCode(level);
      bomb.push(`${name}: &${name} [${`*${String.fromCharCode(level - 1)}, `.repeat(9)}x]`);
    }
    const { manifests, findings } = readManifests({ name: "x", text: bomb.join("\n") });
    expect(manifests).toEqual([]);
    expect(findings.map(({ message }) => message)).toEqual([expect.stringMatching(/alias/i)]);
  });
});
