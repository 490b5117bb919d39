import { isAlias, isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument } from "yaml";
import { formatFloat } from "./float";
import { textOf, toValidText } from "./sprig/bytes";
import { collectionType, isMap as isDict } from "./sprig/kinds";
import { GoObject } from "./sprig/object";
import { type FunctionContext, FunctionError, type GoMap, type GoValue, MissingValue } from "./value";
import { resolvePlain } from "./yaml-resolve";
import { type YamlNode, YamlWriter } from "./yaml-writer";

const maximumDepth = 200;
const maximumNodes = 100_000;

/** Helm's toYaml: keys sorted, no line feed at the end; empty for what JSON cannot express, such as infinity. */
export function toYaml(value: GoValue, context: FunctionContext): string {
  const budget = new Budget();
  const node = nodeOf(value, budget, 0);
  if (node === undefined) return "";
  const writer = new YamlWriter(characters => {
    context.reserve(characters);
  });
  return writer.document(node).replace(/\n$/, "");
}

/** Helm's fromYaml: the map of a document; of a text that is none, a map with the key `Error`. */
export function fromYaml(text: string): GoMap {
  const lines = new LineCounter();
  const document = parseDocument(toValidText(text), {
    schema: "failsafe",
    version: "1.1",
    uniqueKeys: false,
    lineCounter: lines,
    logLevel: "silent",
  });
  const [error] = document.errors;
  if (error !== undefined && error.code !== "MULTIPLE_DOCS") {
    return failure(`yaml: line ${error.linePos?.[0].line ?? 1}: ${error.code.toLowerCase().replaceAll("_", " ")}`);
  }
  try {
    const value = new Reader(document).value(document.contents, 0);
    if (value === null) return new Map();
    return isDict(value) ? value : failure("the document is no map");
  } catch (problem) {
    if (problem instanceof FunctionError) return failure(problem.message);
    throw problem;
  }
}

function failure(message: string): GoMap {
  return new Map([["Error", `error converting YAML to JSON: ${message}`]]);
}

/** Values that hold each other many times over grow without end when written out. */
class Budget {
  private nodes = 0;

  spend(depth: number): void {
    if (++this.nodes > maximumNodes) throw new FunctionError("the value has too many parts");
    if (depth > maximumDepth) throw new FunctionError("the value is nested too deeply");
  }
}

function nodeOf(value: GoValue, budget: Budget, depth: number): YamlNode | undefined {
  budget.spend(depth);
  switch (typeof value) {
    case "string":
      return stringNode(value);
    case "bigint":
    case "boolean":
      return { kind: "plain", text: String(value) };
    case "number":
      return Number.isFinite(value) ? { kind: "plain", text: numberText(value) } : undefined;
  }
  if (value === null || value instanceof MissingValue) return { kind: "plain", text: "null" };
  if (value instanceof GoObject) return nodeOf(value.toJson(), budget, depth + 1);
  if (collectionType(value).nil) return { kind: "plain", text: "null" };
  if (Array.isArray(value)) {
    const items: YamlNode[] = [];
    for (const element of value) {
      const item = nodeOf(element, budget, depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return { kind: "list", items };
  }
  const entries: [string, YamlNode][] = [];
  for (const [key, element] of value) {
    const item = nodeOf(element, budget, depth + 1);
    const name = stringNode(key);
    if (item === undefined || name === undefined) return undefined;
    entries.push([name.text, item]);
  }
  return { kind: "map", entries };
}

/** Helm goes by way of JSON read as YAML, which allows no control characters. */
function stringNode(text: string): { readonly kind: "string"; readonly text: string } | undefined {
  return /[\u007f-\u0084\u0086-\u009f\ufffe\uffff]/.test(text)
    ? undefined
    : { kind: "string", text: toValidText(text) };
}

/** A whole number is an integer again after its way through JSON. */
function numberText(value: number): string {
  if (Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 64) return BigInt(value).toString();
  return formatFloat(value, "g", -1);
}

const tagPrefix = "tag:yaml.org,2002:";
/** What a scalar with an explicit tag may be. */
const tagKinds: ReadonlyMap<string, readonly string[]> = new Map([
  ["int", ["integer"]],
  ["float", ["float", "integer"]],
  ["bool", ["boolean"]],
  ["null", ["null"]],
]);

type Document = ReturnType<typeof parseDocument>;

/** Turns a parsed document into values, plain scalars resolved as go-yaml v2 does. */
class Reader {
  private readonly budget = new Budget();

  constructor(private readonly document: Document) {}

  value(node: unknown, depth: number): GoValue {
    this.budget.spend(depth);
    if (isAlias(node)) {
      const target = node.resolve(this.document);
      if (target === undefined) throw new FunctionError(`yaml: unknown anchor '${node.source}' referenced`);
      return this.value(target, depth + 1);
    }
    if (isScalar(node)) return this.scalar(node.value, node.type, node.tag);
    if (isSeq(node)) return node.items.map(item => this.value(item, depth + 1));
    if (isMap(node)) return this.map(node.items, depth);
    return null;
  }

  private scalar(value: unknown, type: string | undefined, tag: string | undefined): GoValue {
    const text = typeof value === "string" ? value : "";
    const wanted = tag?.startsWith(tagPrefix) === true ? tag.slice(tagPrefix.length) : undefined;
    if (wanted === "binary") return textOf(Buffer.from(text, "base64"));
    const isText = type !== "PLAIN" && (wanted === undefined || !tagKinds.has(wanted));
    if (isText || wanted === "str" || tag === "!") return text;
    const resolved = resolvePlain(text);
    const kinds = wanted === undefined ? undefined : tagKinds.get(wanted);
    if (kinds?.includes(resolved.kind) === false) throw new FunctionError(`yaml: a scalar is no !!${wanted ?? ""}`);
    switch (resolved.kind) {
      case "boolean":
        return resolved.value;
      case "integer":
        return Number(resolved.value);
      case "float":
        if (Number.isFinite(resolved.value)) return resolved.value;
        throw new FunctionError("json: unsupported value");
      case "null":
        return null;
      default:
        return text;
    }
  }

  private map(pairs: readonly Pair[], depth: number): GoMap {
    const map: GoMap = new Map();
    const merged: GoMap = new Map();
    for (const { key, value } of pairs) {
      if (isScalar(key) && key.type === "PLAIN" && key.value === "<<") this.merge(merged, this.value(value, depth + 1));
      else map.set(this.key(this.value(key, depth + 1)), this.value(value, depth + 1));
    }
    for (const [name, value] of merged) if (!map.has(name)) map.set(name, value);
    return map;
  }

  private merge(into: GoMap, source: GoValue): void {
    const sources = Array.isArray(source) ? source : [source];
    for (const each of sources) {
      if (!isDict(each)) throw new FunctionError("yaml: map merge requires map or sequence of maps as the value");
      for (const [name, value] of each) if (!into.has(name)) into.set(name, value);
    }
  }

  private key(value: GoValue): string {
    if (typeof value === "string") return value;
    if (typeof value === "number")
      return Number.isInteger(value) ? BigInt(value).toString() : formatFloat(value, "g", -1);
    if (typeof value === "boolean") return String(value);
    throw new FunctionError("unsupported map key");
  }
}
