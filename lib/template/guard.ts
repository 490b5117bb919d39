import { type OperandNode } from "./node";
import { originOf, type Sight, stagesOf } from "./origin";

/** A read of variables by functions that take their names as text. */
export interface LiteralReads {
  readonly names: readonly string[];
  /** The argument that is the data. */
  readonly source: OperandNode;
  /** A missing variable comes out as nil, which prints as `<no value>`. */
  readonly yieldsNil: boolean;
}

/** Variables that `index . "name"`, `get`, `hasKey`, `dig` and `pluck` read; undefined if the call is none of these. */
export function literalReads(name: string, args: readonly OperandNode[], sight: Sight): LiteralReads | undefined {
  const dataFirst = name === "index" || name === "get" || name === "hasKey";
  const dataLast = name === "dig" || name === "pluck";
  const source = dataFirst ? args[0] : dataLast ? args.at(-1) : undefined;
  const key = dataFirst ? args[1] : args[0];
  if (source === undefined || originOf(source, sight)?.kind !== "data") return undefined;
  const text = key && literalText(key);
  if (text === undefined) return undefined;
  return { names: [text], source, yieldsNil: name === "index" };
}

function literalText(node: OperandNode): string | undefined {
  if (node.kind === "string") return node.value;
  if (node.kind !== "pipe" || node.commands.length !== 1) return undefined;
  const only = node.commands[0]?.operands;
  return only?.length === 1 ? literalText(only[0]) : undefined;
}

/** Variables that must be there if the operand turned out to be true (or false). */
export function present(node: OperandNode, truth: boolean, sight: Sight): readonly string[] {
  const origin = originOf(node, sight);
  if (origin !== undefined) return truth && origin.kind === "variable" ? [origin.name] : [];
  if (node.kind !== "pipe") return [];
  const [first, ...args] = stagesOf(node).at(-1) ?? [];
  if (first?.kind === "pipe" && args.length === 0) return present(first, truth, sight);
  if (first?.kind !== "identifier") return [];
  switch (first.name) {
    case "not":
    case "empty":
      return args.flatMap(arg => present(arg, !truth, sight));
    case "and":
      return truth ? args.flatMap(arg => present(arg, true, sight)) : [];
    case "or":
      return truth ? [] : args.flatMap(arg => present(arg, false, sight));
    case "hasKey":
      return truth ? (literalReads("hasKey", args, sight)?.names ?? []) : [];
    default:
      return [];
  }
}
