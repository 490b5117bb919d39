import { type NumberLiteral } from "./number";

/** The parsed template. Offsets are UTF-16 units in the source. */
interface Located {
  readonly offset: number;
}

export interface TextNode extends Located {
  readonly kind: "text";
  readonly text: string;
}

export interface ActionNode extends Located {
  readonly kind: "action";
  readonly pipe: PipeNode;
}

export interface BranchNode extends Located {
  readonly kind: "if" | "with" | "range";
  readonly pipe: PipeNode;
  readonly body: readonly StatementNode[];
  readonly otherwise: readonly StatementNode[] | undefined;
}

export interface InvocationNode extends Located {
  readonly kind: "template";
  readonly name: string;
  readonly pipe: PipeNode | undefined;
}

export interface JumpNode extends Located {
  readonly kind: "break" | "continue";
}

export type StatementNode = TextNode | ActionNode | BranchNode | InvocationNode | JumpNode;

export interface PipeNode extends Located {
  readonly kind: "pipe";
  readonly declarations: readonly VariableNode[];
  /** `=` where `:=` declares. */
  readonly isAssignment: boolean;
  readonly commands: readonly CommandNode[];
}

export interface CommandNode extends Located {
  readonly kind: "command";
  readonly operands: readonly [OperandNode, ...OperandNode[]];
}

export interface FieldNode extends Located {
  readonly kind: "field";
  readonly path: readonly [string, ...string[]];
}

export interface VariableNode extends Located {
  readonly kind: "variable";
  /** With its dollar sign. */
  readonly name: string;
  readonly path: readonly string[];
}

/** Fields of any other term: `(index .list 0).name`. */
export interface ChainNode extends Located {
  readonly kind: "chain";
  readonly base: OperandNode;
  readonly path: readonly [string, ...string[]];
  /** Where the first field stands. */
  readonly pathOffset: number;
}

export interface IdentifierNode extends Located {
  readonly kind: "identifier";
  readonly name: string;
}

export interface StringNode extends Located {
  readonly kind: "string";
  readonly value: string;
  /** As written. */
  readonly literal: string;
}

export interface BooleanNode extends Located {
  readonly kind: "bool";
  readonly value: boolean;
}

export interface NumberNode extends Located {
  readonly kind: "number";
  readonly literal: NumberLiteral;
}

export interface DotNode extends Located {
  readonly kind: "dot";
}

export interface NilNode extends Located {
  readonly kind: "nil";
}

export type OperandNode =
  | FieldNode
  | VariableNode
  | ChainNode
  | IdentifierNode
  | PipeNode
  | StringNode
  | BooleanNode
  | NumberNode
  | DotNode
  | NilNode;

/** What `define` and `block` made, by name. */
export type Definitions = ReadonlyMap<string, readonly StatementNode[]>;

export interface ParsedTemplate {
  readonly body: readonly StatementNode[];
  readonly definitions: Definitions;
  /** Names of the functions called anywhere. */
  readonly functions: ReadonlySet<string>;
}

/** The operand as an error message shows it: literals as written, no values of variables. */
export function describeOperand(node: OperandNode): string {
  switch (node.kind) {
    case "field":
      return `.${node.path.join(".")}`;
    case "variable":
      return [node.name, ...node.path].join(".");
    case "chain":
      return `${node.base.kind === "pipe" ? "(...)" : describeOperand(node.base)}.${node.path.join(".")}`;
    case "identifier":
      return node.name;
    case "pipe":
      return "(...)";
    case "string":
      return node.literal;
    case "bool":
      return String(node.value);
    case "number":
      return node.literal.text;
    case "dot":
      return ".";
    case "nil":
      return "nil";
  }
}
