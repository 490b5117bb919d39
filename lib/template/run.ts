import { type Place } from "./errors";
import { sprint } from "./printf";
import { type FunctionContext, FunctionError, type GoValue, MissingValue } from "./value";

/** What one render may use up; each bound ends in an error, never in a truncated result. */
export interface TemplateLimits {
  /** Length of the output in UTF-16 units, and of any text that a function makes on the way. */
  readonly outputCharacters: number;
  /** Actions, loop passes and function calls; long texts and lists count for more. */
  readonly steps: number;
  /** Templates that invoke templates. */
  readonly depth: number;
}

export const defaultLimits: TemplateLimits = { outputCharacters: 1 << 20, steps: 1_000_000, depth: 100 };

/** One render: its output and what it has used of its limits. */
export class Run implements FunctionContext {
  output = "";
  steps = 0;
  depth = 0;

  constructor(readonly limits: TemplateLimits) {}

  /** Counts work against the limit. */
  step(count: number, place: Place): void {
    this.steps += count;
    if (this.steps > this.limits.steps) {
      throw place.error(`the template takes more than ${this.limits.steps} steps; is there an endless loop?`);
    }
  }

  write(text: string, place: Place): void {
    if (this.output.length + text.length > this.limits.outputCharacters) {
      throw place.error(`the output is longer than ${this.limits.outputCharacters} characters`);
    }
    this.output += text;
  }

  /** Writes a value as an action prints it: nil as `<no value>`, a missing variable not at all. */
  writeValue(value: GoValue, place: Place): void {
    if (typeof value === "string") this.write(value, place);
    else if (value === null) this.write("<no value>", place);
    else if (value instanceof MissingValue) throw missingVariable(value, place);
    else this.write(this.printAt(value, place), place);
  }

  reserve(characters: number): void {
    if (characters > this.limits.outputCharacters) {
      throw new FunctionError(`the result is longer than ${this.limits.outputCharacters} characters`);
    }
  }

  print(value: GoValue): string {
    return sprint([value], this);
  }

  private printAt(value: GoValue, place: Place): string {
    try {
      return this.print(value);
    } catch (error) {
      if (error instanceof FunctionError) throw place.error(error.message);
      throw error;
    }
  }
}

/** One template's variables and its dot; a template that it invokes gets a frame of its own. */
export class Frame {
  readonly variables: (GoValue | undefined)[];

  constructor(
    readonly run: Run,
    public dot: GoValue,
  ) {
    // The slots beyond `$` come into being when they are assigned.
    this.variables = [dot];
  }
}

/** How a statement ended. */
export const Signal = { none: 0, break: 1, continue: 2 } as const;
export type Signal = (typeof Signal)[keyof typeof Signal];

export type Evaluate = (frame: Frame) => GoValue;
export type Execute = (frame: Frame) => Signal;

export function missingVariable(value: MissingValue, place: Place, functionName?: string): Error {
  const reason = `variable ${value.path} is not defined; give it a value, or write {{ ${value.path} | default "..." }}`;
  return place.error(reason, { variable: value.path, ...(functionName === undefined ? {} : { functionName }) });
}
