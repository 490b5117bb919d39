import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import { isPlainObject } from "../../lib/blueprint/object";
import { type Position, positionAt } from "../../lib/template/position";
import { type Step, splitPath } from "./path";
import { offsetInScalar } from "./scalar-offset";

/** A file as the user named it, and its text. */
export interface SourceText {
  readonly name: string;
  readonly text: string;
}

/** How far a path goes in a document. */
interface Reached {
  /** Offset of the last key or list item on the way. */
  readonly offset: number;
  /** What stands at the path; undefined when the document has no such place. */
  readonly node: Node | undefined;
}

/** One object of a file, which knows where its fields stand. */
export class Manifest {
  constructor(
    readonly source: SourceText,
    private readonly document: Document,
    /** Where the object is in its document: empty, or an item of a List. */
    private readonly prefix: readonly Step[],
    readonly object: Readonly<Record<string, unknown>>,
  ) {}

  get apiVersion(): string {
    return text(this.object["apiVersion"]);
  }

  get kind(): string {
    return text(this.object["kind"]);
  }

  get name(): string {
    return text(this.metadata["name"]);
  }

  get namespace(): string | undefined {
    const namespace = text(this.metadata["namespace"]);
    return namespace === "" ? undefined : namespace;
  }

  /**
   * Where a field stands in the file: its value when that is a scalar, otherwise its key; a field that is not there stands
   * where the nearest one around it does.
   *
   * @param place a place within the field's text
   */
  locate(path: string, place?: Position): Position {
    const { node, offset } = this.reach([...this.prefix, ...splitPath(path)]);
    let found = offset;
    if (isScalar(node) && node.range) {
      found = (place && offsetInScalar(this.source.text, node, place)) ?? node.range[0];
    }
    return positionAt(this.source.text, found);
  }

  /** Where the key of a field stands. */
  locateKey(path: string): Position {
    return positionAt(this.source.text, this.reach([...this.prefix, ...splitPath(path)]).offset);
  }

  private get metadata(): Record<string, unknown> {
    const { metadata } = this.object;
    return isPlainObject(metadata) ? metadata : {};
  }

  private reach(steps: readonly Step[]): Reached {
    let node = this.resolve(this.document.contents);
    let offset = node?.range?.[0] ?? 0;
    for (const step of steps) {
      if (isMap(node)) {
        const pair = this.findPair(node, String(step));
        if (pair === undefined) return { offset, node: undefined };
        offset = startOf(pair.key) ?? offset;
        node = this.resolve(pair.value);
      } else if (isSeq(node) && typeof step === "number" && step < node.items.length) {
        node = this.resolve(node.items[step]);
        offset = node?.range?.[0] ?? offset;
      } else {
        return { offset, node: undefined };
      }
    }
    return { offset, node };
  }

  private findPair(map: YAMLMap, key: string): Pair | undefined {
    const own = map.items.find(({ key: name }) => isScalar(name) && String(name.value) === key);
    if (own !== undefined) return own;
    for (const { key: name, value } of map.items) {
      if (!isScalar(name) || (name.value !== "<<" && name.source !== "<<")) continue;
      const merged = this.resolve(value);
      for (const item of isSeq(merged) ? merged.items.map(part => this.resolve(part)) : [merged]) {
        const found = isMap(item) ? this.findPair(item, key) : undefined;
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  private resolve(node: unknown): Node | undefined {
    if (isAlias(node)) return node.resolve(this.document);
    return isMap(node) || isSeq(node) || isScalar(node) ? node : undefined;
  }
}

function startOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) ? node.range?.[0] : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
