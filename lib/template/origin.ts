import { type OperandNode, type PipeNode } from "./node";

/** Where a value comes from: it is the data itself, or (a field of) one of its variables. */
export type Origin = { readonly kind: "data" } | { readonly kind: "variable"; readonly name: string };

/** What static analysis knows at a place of a template. */
export interface Sight {
  readonly dot: Origin | undefined;
  /** Template variables, by name with the dollar sign. */
  readonly variables: Map<string, Origin | undefined>;
  /** Variables of the data that are there whenever this place is reached. */
  readonly present: ReadonlySet<string>;
}

/** A pipeline as calls: each stage with the one before it as its last argument. The last stage is the value. */
export function stagesOf(pipe: PipeNode): readonly OperandNode[][] {
  const stages: OperandNode[][] = [];
  for (const [index, command] of pipe.commands.entries()) {
    const before = pipe.commands.slice(0, index);
    const piped: PipeNode = {
      kind: "pipe",
      offset: pipe.offset,
      declarations: [],
      isAssignment: false,
      commands: before,
    };
    stages.push(index === 0 ? [...command.operands] : [...command.operands, piped]);
  }
  return stages;
}

function along(origin: Origin | undefined, path: readonly string[]): Origin | undefined {
  const [first] = path;
  if (first === undefined || origin?.kind !== "data") return origin;
  return { kind: "variable", name: first };
}

/** Where the value of an operand comes from, if it is passed on unchanged. */
export function originOf(node: OperandNode, sight: Sight): Origin | undefined {
  switch (node.kind) {
    case "dot":
      return sight.dot;
    case "field":
      return along(sight.dot, node.path);
    case "variable":
      return along(sight.variables.get(node.name), node.path);
    case "chain":
      return along(originOf(node.base, sight), node.path);
    case "pipe": {
      const [command] = node.commands;
      if (command === undefined || node.commands.length > 1 || command.operands.length > 1) return undefined;
      return originOf(command.operands[0], sight);
    }
    default:
      return undefined;
  }
}
