import { type Position, positionAt } from "./position";

/** A template that cannot be compiled: what is wrong, and where. */
export class TemplateSyntaxError extends Error {
  override readonly name = "TemplateSyntaxError";
  readonly line: number;
  readonly column: number;

  constructor(
    position: Position,
    /** The message without the position. */
    readonly reason: string,
  ) {
    super(`line ${position.line}, column ${position.column}: ${reason}`);
    this.line = position.line;
    this.column = position.column;
  }
}

/** What an execution error is about, where it is known. */
export interface ExecutionErrorDetails {
  readonly functionName?: string;
  readonly variable?: string;
}

/** A template that compiled but could not be rendered with the given data. Names types, never the values of variables. */
export class TemplateExecutionError extends Error {
  override readonly name = "TemplateExecutionError";
  readonly line: number;
  readonly column: number;
  readonly functionName?: string;
  /** The variable without a value, with its dot: `.deployImage`. */
  readonly variable?: string;

  constructor(
    position: Position,
    /** The message without the position. */
    readonly reason: string,
    details: ExecutionErrorDetails = {},
  ) {
    super(`line ${position.line}, column ${position.column}: ${reason}`);
    this.line = position.line;
    this.column = position.column;
    if (details.functionName !== undefined) this.functionName = details.functionName;
    if (details.variable !== undefined) this.variable = details.variable;
  }
}

/** A place of one template, for the errors of its parts. */
export class Place {
  constructor(
    private readonly source: string,
    private readonly offset: number,
  ) {}

  get position(): Position {
    return positionAt(this.source, this.offset);
  }

  /** An execution error at this place. */
  error(reason: string, details?: ExecutionErrorDetails): TemplateExecutionError {
    return new TemplateExecutionError(this.position, reason, details);
  }

  /** A syntax error at this place. */
  syntaxError(reason: string): TemplateSyntaxError {
    return new TemplateSyntaxError(this.position, reason);
  }
}
