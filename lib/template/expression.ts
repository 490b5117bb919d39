import { compileCall, idealConstant, literalArgument, wrongArgumentCount } from "./call";
import { Place } from "./errors";
import { callMethod, fieldChain, type FieldStep, type MissingKey } from "./field";
import {
  type ChainNode,
  type CommandNode,
  describeOperand,
  type OperandNode,
  type PipeNode,
  type VariableNode,
} from "./node";
import { type Evaluate } from "./run";
import { type Scope } from "./scope";
import { isMap } from "./sprig/kinds";
import { type GoValue, type TemplateFunction } from "./value";

/** What the compiler needs to know beside the tree. */
export interface CompileSettings {
  readonly source: string;
  readonly functions: ReadonlyMap<string, TemplateFunction>;
  readonly missingKey: MissingKey;
  /** When an action that can only fail is refused: `early` when compiled, `late`, as Go does it, when it is executed. */
  readonly refuse: "early" | "late";
}

/** Compiles pipelines of one template into closures. */
export class ExpressionCompiler {
  constructor(
    protected readonly settings: CompileSettings,
    protected readonly scope: Scope,
  ) {}

  /** A pipeline with its declarations or assignments. Declared variables stay in scope. */
  pipeline(pipe: PipeNode, declaredAreElements = false): Evaluate {
    const evaluate = this.commands(pipe);
    const slots: number[] = [];
    for (const variable of pipe.declarations) {
      if (!pipe.isAssignment) slots.push(this.scope.declare(variable.name, declaredAreElements));
      else {
        const known = this.scope.find(variable.name);
        const reason = `undefined variable ${JSON.stringify(variable.name)}`;
        if (known === undefined) return this.refuse(variable, reason, evaluate);
        slots.push(known.slot);
      }
    }
    const [slot] = slots;
    if (slot === undefined) return evaluate;
    return frame => {
      const value = evaluate(frame);
      for (const each of slots) frame.variables[each] = value;
      return value;
    };
  }

  protected place(node: { readonly offset: number }): Place {
    return new Place(this.settings.source, node.offset);
  }

  /** Something that fails whenever it is executed, once what comes before it was evaluated. */
  protected refuse(node: { readonly offset: number }, reason: string, before?: Evaluate): Evaluate {
    const place = this.place(node);
    if (this.settings.refuse === "early") throw place.syntaxError(reason);
    return frame => {
      before?.(frame);
      throw place.error(reason);
    };
  }

  private commands(pipe: PipeNode): Evaluate {
    let value: Evaluate | undefined;
    for (const command of pipe.commands) value = this.command(command, value);
    if (value === undefined) throw this.place(pipe).syntaxError("missing value");
    return value;
  }

  private command(command: CommandNode, piped: Evaluate | undefined): Evaluate {
    const [first, ...rest] = command.operands;
    const hasArguments = rest.length > 0 || piped !== undefined;
    if (first.kind === "identifier") return this.call(first, rest, piped);
    if (hasArguments) {
      if (first.kind === "field" || first.kind === "chain") return this.method(first, rest, piped);
      if (first.kind === "variable" && first.path.length > 0) return this.method(first, rest, piped);
      return this.refuse(first, `can't give argument to non-function ${describeOperand(first)}`, piped);
    }
    if (first.kind === "nil") return this.refuse(first, "nil is not a command");
    return this.operand(first);
  }

  private operand(node: OperandNode): Evaluate {
    switch (node.kind) {
      case "field":
        return this.fields(frame => frame.dot, node.path, { prefix: "", offset: node.offset }, this.scope.dotIsElement);
      case "variable":
        return this.variable(node);
      case "chain":
        return this.chain(node, node.path);
      case "identifier":
        return this.call(node, [], undefined);
      case "pipe":
        return this.pipeline(node);
      case "dot":
        return frame => frame.dot;
      case "number":
        return this.constant(node, idealConstant(node.literal));
      case "string":
      case "bool": {
        const { value } = node;
        return () => value;
      }
      case "nil":
        return () => null;
    }
  }

  private constant(node: OperandNode, literal: { value: GoValue } | { refused: string }): Evaluate {
    if ("refused" in literal) return this.refuse(node, literal.refused);
    const { value } = literal;
    return () => value;
  }

  /** Fields of what the receiver yields; their chain begins at the offset, as the prefix. */
  private fields(
    receiver: Evaluate,
    path: readonly string[],
    chain: { readonly prefix: string; readonly offset: number },
    nilIsElement: boolean,
  ): Evaluate {
    let written = chain.prefix;
    const steps: FieldStep[] = path.map(name => {
      const offset = chain.offset + written.length;
      written += `.${name}`;
      return { name, path: written, place: this.place({ offset }) };
    });
    const { missingKey } = this.settings;
    const [only] = steps;
    if (only === undefined) return receiver;
    if (steps.length > 1) {
      return frame => fieldChain(receiver(frame), steps, missingKey, nilIsElement);
    }
    const { name } = only;
    return frame => {
      const value = receiver(frame);
      // By far the most frequent case: a variable that is there.
      const found = isMap(value) ? value.get(name) : undefined;
      return found ?? fieldChain(value, steps, missingKey, nilIsElement);
    };
  }

  private variable(node: VariableNode): Evaluate {
    const known = this.scope.find(node.name);
    const place = this.place(node);
    if (known === undefined) return this.refuse(node, `undefined variable ${JSON.stringify(node.name)}`);
    const { slot } = known;
    const evaluate: Evaluate = frame => {
      const value = frame.variables[slot];
      // Declared in parentheses that were not evaluated.
      if (value === undefined) throw place.error(`undefined variable ${JSON.stringify(node.name)}`);
      return value;
    };
    return this.fields(evaluate, node.path, { prefix: node.name, offset: node.offset }, known.isElement);
  }

  private chain(node: ChainNode, path: readonly string[]): Evaluate {
    const prefix = "(...)";
    const offset = node.pathOffset - prefix.length;
    return this.fields(this.operand(node.base), path, { prefix, offset }, false);
  }

  /** The last field of a chain with arguments: a method of an object, or an error. */
  private method(node: OperandNode, args: readonly OperandNode[], piped: Evaluate | undefined): Evaluate {
    const path = "path" in node ? node.path : [];
    const name = path.at(-1) ?? "";
    const place = this.place(node);
    const receiver = this.receiver(node, path.slice(0, -1));
    const evaluated = args.map(arg => this.operand(arg));
    return frame => {
      const last = piped?.(frame);
      const target = receiver(frame);
      const values = evaluated.map(evaluate => evaluate(frame));
      return callMethod(target, name, last === undefined ? values : [...values, last], place);
    };
  }

  private receiver(node: OperandNode, path: readonly string[]): Evaluate {
    if (node.kind === "variable") return this.variable({ ...node, path });
    if (node.kind === "chain") return this.chain(node, path);
    return this.fields(frame => frame.dot, path, { prefix: "", offset: node.offset }, this.scope.dotIsElement);
  }

  private call(
    node: { readonly name: string; readonly offset: number },
    operands: readonly OperandNode[],
    piped: Evaluate | undefined,
  ): Evaluate {
    const definition = this.settings.functions.get(node.name);
    if (definition === undefined) return this.refuse(node, `${JSON.stringify(node.name)} is not a defined function`);
    const called = { name: node.name, definition };
    const wrongCount = wrongArgumentCount(called, operands.length + (piped === undefined ? 0 : 1));
    if (wrongCount !== undefined) return this.refuse(node, wrongCount, piped);
    const args = operands.map((operand, index) => {
      const literal = literalArgument(operand, definition.parameters?.[index] ?? definition.rest);
      return literal === undefined ? this.operand(operand) : this.constant(operand, literal);
    });
    return compileCall(called, args, piped, this.place(node));
  }
}
