import { Place } from "./errors";
import { type CompileSettings, ExpressionCompiler } from "./expression";
import { type BranchNode, type InvocationNode, type ParsedTemplate, type StatementNode } from "./node";
import { sortedEntries } from "./order";
import { type Evaluate, type Execute, Frame, missingVariable, Signal } from "./run";
import { Scope } from "./scope";
import { typeName, isMap } from "./sprig/kinds";
import { nearestName } from "./suggestion";
import { isTrue } from "./truth";
import { type GoValue, MissingValue } from "./value";

/** A compiled template: the main one, or one made by `define` or `block`. */
export interface Program {
  readonly execute: Execute;
  /** Of a template that is one action which prints, and nothing else: the value that it prints. */
  readonly evaluate: Evaluate | undefined;
}

/** Compiles a template with all its definitions. */
export function compileProgram({ body, definitions }: ParsedTemplate, settings: CompileSettings): Program {
  const programs = new Map<string, Program>();
  const names = new Set(definitions.keys());
  for (const [name, list] of definitions) programs.set(name, compileBody(list, names, programs, settings));
  return compileBody(body, names, programs, settings);
}

function compileBody(
  body: readonly StatementNode[],
  names: ReadonlySet<string>,
  programs: ReadonlyMap<string, Program>,
  settings: CompileSettings,
): Program {
  const scope = new Scope();
  const compiler = new StatementCompiler(settings, scope, names, programs);
  const [only] = body;
  if (body.length === 1 && only?.kind === "action" && only.pipe.declarations.length === 0) {
    const evaluate = compiler.pipeline(only.pipe);
    const execute = compiler.action(evaluate, true, new Place(settings.source, only.offset));
    return { execute, evaluate };
  }
  const execute = compiler.list(body);
  return { execute, evaluate: undefined };
}

class StatementCompiler extends ExpressionCompiler {
  constructor(
    settings: CompileSettings,
    scope: Scope,
    private readonly names: ReadonlySet<string>,
    /** Filled while compiling: templates may invoke each other in any order. */
    private readonly programs: ReadonlyMap<string, Program>,
  ) {
    super(settings, scope);
  }

  list(nodes: readonly StatementNode[]): Execute {
    const statements = nodes.map(node => this.statement(node));
    const [first] = statements;
    if (first === undefined) return () => Signal.none;
    if (statements.length === 1) return first;
    return frame => {
      for (const execute of statements) {
        const signal = execute(frame);
        if (signal !== Signal.none) return signal;
      }
      return Signal.none;
    };
  }

  private statement(node: StatementNode): Execute {
    const place = this.place(node);
    switch (node.kind) {
      case "text": {
        const { text } = node;
        return frame => {
          frame.run.write(text, place);
          return Signal.none;
        };
      }
      case "action":
        return this.action(this.pipeline(node.pipe), node.pipe.declarations.length === 0, place);
      case "if":
      case "with":
        return this.condition(node, place);
      case "range":
        return this.range(node);
      case "template":
        return this.invocation(node, place);
      case "break":
        return () => Signal.break;
      case "continue":
        return () => Signal.continue;
    }
  }

  action(evaluate: Evaluate, prints: boolean, place: Place): Execute {
    return frame => {
      const { run } = frame;
      run.step(1, place);
      const value = evaluate(frame);
      if (prints) run.writeValue(value, place);
      return Signal.none;
    };
  }

  private condition(node: BranchNode, place: Place): Execute {
    return this.scope.within(() => {
      const evaluate = this.pipeline(node.pipe);
      const setsDot = node.kind === "with";
      const body = this.scope.within(() => this.list(node.body), setsDot ? false : undefined);
      const { otherwise } = node;
      const alternative = otherwise && this.scope.within(() => this.list(otherwise));
      return frame => {
        frame.run.step(1, place);
        const value = evaluate(frame);
        if (!isTrue(value)) return alternative?.(frame) ?? Signal.none;
        if (!setsDot) return body(frame);
        const outer = frame.dot;
        frame.dot = value;
        const signal = body(frame);
        frame.dot = outer;
        return signal;
      };
    });
  }

  private range(node: BranchNode): Execute {
    const place = this.place(node.pipe);
    return this.scope.within(() => {
      const evaluate = this.pipeline(node.pipe, true);
      const slots = node.pipe.declarations.map(({ name }) => this.scope.find(name)?.slot ?? 0);
      const { first, second } = rangeSlots(slots);
      const body = this.scope.within(() => this.list(node.body), true);
      const { otherwise } = node;
      const alternative = otherwise && this.scope.within(() => this.list(otherwise));

      const pass = (frame: Frame, index: GoValue, element: GoValue): Signal => {
        frame.run.step(1, place);
        if (first !== undefined) frame.variables[first] = index;
        if (second !== undefined) frame.variables[second] = element;
        frame.dot = element;
        return body(frame);
      };
      const loop = (frame: Frame, value: GoValue): boolean => {
        if (typeof value === "bigint") {
          if (first !== undefined) throw place.error("can't use an integer to iterate over more than one variable");
          for (let index = 0n; index < value; index++) if (pass(frame, null, index) === Signal.break) break;
          return value > 0n;
        }
        if (Array.isArray(value)) {
          for (let index = 0; index < value.length; index++) {
            if (pass(frame, BigInt(index), value[index] ?? null) === Signal.break) break;
          }
          return value.length > 0;
        }
        if (isMap(value)) {
          frame.run.step(value.size, place);
          for (const [key, element] of sortedEntries(value)) {
            if (pass(frame, key, element) === Signal.break) break;
          }
          return value.size > 0;
        }
        if (value === null) return false;
        if (value instanceof MissingValue) throw missingVariable(value, place);
        throw place.error(`range can't iterate over a value of type ${typeName(value)}`);
      };
      return frame => {
        const value = evaluate(frame);
        frame.run.step(1, place);
        const outer = frame.dot;
        const looped = loop(frame, value);
        frame.dot = outer;
        if (looped || alternative === undefined) return Signal.none;
        // A break in the else part ends only this range, as in Go; a continue goes on with the outer one.
        return alternative(frame) === Signal.continue ? Signal.continue : Signal.none;
      };
    });
  }

  private invocation(node: InvocationNode, place: Place): Execute {
    const { name, pipe } = node;
    const quoted = JSON.stringify(name);
    if (!this.names.has(name)) {
      const near = nearestName(name, this.names);
      const hint = near === undefined ? "" : ` (did you mean ${JSON.stringify(near)}?)`;
      const refused = this.refuse(node, `template ${quoted} not defined${hint}`);
      return this.action(refused, false, place);
    }
    const evaluate: Evaluate = pipe === undefined ? () => null : this.pipeline(pipe);
    const { programs } = this;
    return frame => {
      const { run } = frame;
      run.step(1, place);
      const program = programs.get(name);
      if (program === undefined) throw place.error(`template ${quoted} not defined`);
      if (run.depth >= run.limits.depth) throw place.error(`exceeded maximum template depth (${run.limits.depth})`);
      const dot = evaluate(frame);
      run.depth++;
      program.execute(new Frame(run, dot));
      run.depth--;
      return Signal.none;
    };
  }
}

/** With two variables the index comes first; one alone is the element. */
function rangeSlots(slots: readonly number[]): { readonly first?: number; readonly second?: number } {
  const [first, second] = slots;
  if (first === undefined) return {};
  return second === undefined ? { second: first } : { first, second };
}
