import { literalReads, present } from "./guard";
import {
  type BranchNode,
  type InvocationNode,
  type OperandNode,
  type ParsedTemplate,
  type PipeNode,
  type StatementNode,
} from "./node";
import { type Origin, originOf, type Sight, stagesOf } from "./origin";
import { type Position, Positions } from "./position";
import { type TemplateFunction } from "./value";

/** One place where a template reads a variable of its data. */
export interface VariableRead extends Position {
  readonly name: string;
  /** The template copes with the variable missing: by `default`, `if`, `with`, `hasKey` and their like. */
  readonly guarded: boolean;
}

/** What can be said of a template without rendering it. */
export interface TemplateAnalysis {
  /** Reads of top-level variables, in the order of their places. */
  readonly variables: readonly VariableRead[];
  /** The data is used as a whole (`toJson .`), so any variable may be read. */
  readonly readsWholeData: boolean;
  /** Names of the functions called, sorted. */
  readonly functions: readonly string[];
  /** Two renders with equal data may differ. */
  readonly nonDeterministic: boolean;
}

/** What happens to a value that is read: printed, taken by a function that needs it, or by something that copes with nil. */
type Use = "print" | "argument" | "guard";

/** Definitions invoked in ever new circumstances are followed this often; beyond that nothing counts as guarded. */
const maximumVisits = 500;

export function analyse(
  parsed: ParsedTemplate,
  settings: { readonly source: string; readonly functions: ReadonlyMap<string, TemplateFunction> },
): TemplateAnalysis {
  return new Analyser(parsed, settings.source, settings.functions).run();
}

class Analyser {
  private readonly reads = new Map<string, { name: string; offset: number; guarded: boolean }>();
  private readonly visited = new Set<string>();
  private readsWholeData = false;

  constructor(
    private readonly parsed: ParsedTemplate,
    private readonly source: string,
    private readonly functions: ReadonlyMap<string, TemplateFunction>,
  ) {}

  run(): TemplateAnalysis {
    this.list(this.parsed.body, sightOf("data", new Set()));
    const functions = [...this.parsed.functions].sort();
    const reads = [...this.reads.values()].sort((left, right) => left.offset - right.offset);
    const positions = new Positions(this.source);
    return {
      variables: reads.map(({ name, guarded, offset }) => ({ name, guarded, ...positions.at(offset) })),
      readsWholeData: this.readsWholeData,
      functions,
      nonDeterministic: functions.some(name => this.functions.get(name)?.nonDeterministic === true),
    };
  }

  private list(nodes: readonly StatementNode[], sight: Sight): void {
    // Variables declared here end with the list.
    const inner: Sight = { ...sight, variables: new Map(sight.variables) };
    for (const node of nodes) this.statement(node, inner);
  }

  private statement(node: StatementNode, sight: Sight): void {
    if (node.kind === "action")
      this.pipeline(node.pipe, node.pipe.declarations.length === 0 ? "print" : "guard", sight);
    else if (node.kind === "template") this.invocation(node, sight);
    else if (node.kind === "if" || node.kind === "with" || node.kind === "range") this.branch(node, sight);
  }

  private branch(node: BranchNode, outer: Sight): void {
    const sight: Sight = { ...outer, variables: new Map(outer.variables) };
    this.pipeline(node.pipe, node.kind === "range" ? "argument" : "guard", sight);
    const origin = originOf(node.pipe, sight);
    if (node.kind === "range") {
      for (const { name } of node.pipe.declarations) sight.variables.set(name, undefined);
      this.list(node.body, { ...sight, dot: undefined });
      this.list(node.otherwise ?? [], sight);
      return;
    }
    const whenTrue = new Set([...sight.present, ...present(node.pipe, true, sight)]);
    const whenFalse = new Set([...sight.present, ...present(node.pipe, false, sight)]);
    const dot = node.kind === "with" ? origin : sight.dot;
    this.list(node.body, { ...sight, dot, present: whenTrue });
    this.list(node.otherwise ?? [], { ...sight, present: whenFalse });
  }

  private invocation(node: InvocationNode, sight: Sight): void {
    const { name, pipe } = node;
    const origin = pipe && originOf(pipe, sight);
    // Handing the data on as the dot of a template is no use of it by itself.
    if (pipe !== undefined && origin?.kind !== "data") this.pipeline(pipe, "guard", sight);
    const body = this.parsed.definitions.get(name);
    if (body === undefined) return;
    const isData = origin?.kind === "data";
    const known = isData && this.visited.size < maximumVisits ? sight.present : new Set<string>();
    const key = JSON.stringify([name, isData, isData ? [...known].sort() : origin]);
    if (this.visited.has(key)) return;
    this.visited.add(key);
    this.list(body, { dot: origin, variables: new Map([["$", origin]]), present: known });
  }

  private pipeline(pipe: PipeNode, use: Use, sight: Sight): void {
    const stages = stagesOf(pipe);
    const last = stages.at(-1);
    if (last !== undefined) this.operands(last, use, sight);
    const origin = originOf({ ...pipe, declarations: [] }, sight);
    for (const { name } of pipe.declarations) sight.variables.set(name, origin);
  }

  /** A command: its function with all its arguments, the piped one last; or a value alone. */
  private operands([first, ...args]: readonly OperandNode[], use: Use, sight: Sight): void {
    if (first === undefined) return;
    if (first.kind !== "identifier") {
      this.operand(first, use, sight);
      for (const arg of args) this.operand(arg, "argument", sight);
      return;
    }
    const { name } = first;
    const literal = literalReads(name, args, sight);
    for (const read of literal?.names ?? []) {
      const copes = literal?.yieldsNil !== true || use !== "print";
      this.read(read, first.offset, copes || sight.present.has(read));
    }
    let known = sight;
    for (const [index, arg] of args.entries()) {
      if (arg === literal?.source) continue;
      this.operand(arg, this.useBy(name, index, args.length, use), known);
      // What `and` and `or` evaluate later depends on what came before.
      if (name === "and" || name === "or") {
        known = { ...known, present: new Set([...known.present, ...present(arg, name === "and", known)]) };
      }
    }
  }

  private useBy(name: string, index: number, count: number, use: Use): Use {
    const isLast = index === count - 1;
    if (name === "and") return use;
    if (name === "or") return isLast ? use : "guard";
    const definition = this.functions.get(name);
    if (definition?.acceptsMissing !== true) return "argument";
    // `default` and `ternary` hand their other arguments on as the result.
    return isLast || (name !== "default" && name !== "ternary") ? "guard" : use;
  }

  private operand(node: OperandNode, use: Use, sight: Sight): void {
    switch (node.kind) {
      case "pipe":
        this.pipeline(node, use, sight);
        return;
      case "identifier":
        this.operands([node], use, sight);
        return;
      case "chain":
        if (originOf(node, sight) === undefined) this.operand(node.base, use, sight);
        else this.readOrigin(node, use, sight);
        return;
      case "field":
      case "variable":
      case "dot":
        this.readOrigin(node, use, sight);
    }
  }

  private readOrigin(node: OperandNode, use: Use, sight: Sight): void {
    const origin = originOf(node, sight);
    if (origin?.kind === "data") this.readsWholeData ||= use !== "guard";
    else if (origin !== undefined)
      this.read(origin.name, node.offset, use === "guard" || sight.present.has(origin.name));
  }

  /** The same place read in several circumstances is guarded only if it is in all of them. */
  private read(name: string, offset: number, guarded: boolean): void {
    const key = `${offset} ${name}`;
    const known = this.reads.get(key);
    this.reads.set(key, { name, offset, guarded: guarded && known?.guarded !== false });
  }
}

function sightOf(dot: "data" | undefined, known: ReadonlySet<string>): Sight {
  const origin: Origin | undefined = dot && { kind: "data" };
  return { dot: origin, variables: new Map([["$", origin]]), present: known };
}
