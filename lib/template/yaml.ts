import { parse, stringify } from "yaml";
import { type FunctionContext, type GoValue } from "./value";

export function toYaml(value: GoValue, context: FunctionContext): string {
  const text = stringify(value, { indentSeq: false, sortMapEntries: true }).trimEnd();
  context.reserve(text.length);
  return text;
}

export function fromYaml(text: string): GoValue {
  void parse(text);
  return new Map();
}
