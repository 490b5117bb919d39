import { type Place } from "../errors";
import { type MissingKey } from "../field";
import { type Run } from "../run";
import { type GoValue, MissingValue } from "../value";
import { type Context, isFalsy, isMap, lookUp } from "./lookup";
import { type MustacheNode, type SectionNode } from "./parser";

/** Writes the nodes of a template into one run. */
export class MustacheRenderer {
  constructor(
    private readonly run: Run,
    private readonly missingKey: MissingKey,
  ) {}

  write(nodes: readonly MustacheNode[], context: Context): void {
    const { run } = this;
    for (const node of nodes) {
      if (node.kind === "text") run.write(node.text, node.place);
      else if (node.kind === "variable") run.write(this.print(this.valueOf(node, context), node.place), node.place);
      else this.section(node, context);
    }
  }

  /** The value of a variable; a missing one is an error, or nil where the mode says so. */
  valueOf(node: { readonly name: string; readonly place: Place }, context: Context): GoValue {
    this.run.step(context.length, node.place);
    const value = lookUp(node.name, context);
    if (!(value instanceof MissingValue) || this.missingKey === "strict") return value;
    if (this.missingKey !== "error") return null;
    throw node.place.error(`map has no entry for key ${JSON.stringify(node.name)}`, { variable: value.path });
  }

  private section({ kind, name, place, body }: SectionNode, context: Context): void {
    this.run.step(context.length, place);
    const value = lookUp(name, context);
    const isEmpty = isFalsy(value) || (Array.isArray(value) && value.length === 0);
    if (kind === "inverted") {
      if (isEmpty) this.write(body, context);
    } else if (Array.isArray(value)) {
      for (const element of value) {
        this.run.step(1, place);
        this.write(body, [...context, element]);
      }
    } else if (!isEmpty) {
      this.write(body, value === true ? context : [...context, value]);
    }
  }

  /** As the mustache package prints a value, which is as JavaScript does. */
  private print(value: GoValue, place: Place): string {
    if (value === null) return "";
    if (typeof value === "string") return value;
    if (value instanceof MissingValue) throw missing(value, place);
    if (isMap(value)) throw place.error("a map cannot be printed; name one of its fields");
    if (!Array.isArray(value)) return String(value);
    this.run.step(value.length, place);
    return value.map(element => this.print(element, place)).join(",");
  }
}

function missing({ path }: MissingValue, place: Place): Error {
  const name = path.slice(1);
  return place.error(
    `variable ${path} is not defined; give it a value, or write {{#${name}}}{{${name}}}{{/${name}}}{{^${name}}}...{{/${name}}}`,
    { variable: path },
  );
}
