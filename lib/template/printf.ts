import { type Directive, plain, plainDirective } from "./directive";
import { Printer } from "./printer";
import { typeName } from "./sprig/kinds";
import { type FunctionContext, type GoValue } from "./value";

const largest = 1_000_000;

/** fmt.Sprint: spaces between operands when neither is a string. */
export function sprint(values: readonly GoValue[], context: Pick<FunctionContext, "reserve">): string {
  const only = values[0];
  if (values.length === 1 && (typeof only === "string" || typeof only === "bigint" || typeof only === "boolean")) {
    return String(only);
  }
  const printer = new Printer(characters => {
    context.reserve(characters);
  });
  let previousIsString = false;
  for (const [index, value] of values.entries()) {
    const isString = typeof value === "string";
    if (index > 0 && !isString && !previousIsString) printer.write(" ");
    printer.argument(value, "v", plain);
    previousIsString = isString;
  }
  return printer.text;
}

/** fmt.Sprintln: always spaces between operands, and a line feed. */
export function sprintln(values: readonly GoValue[], context: Pick<FunctionContext, "reserve">): string {
  const printer = new Printer(characters => {
    context.reserve(characters);
  });
  for (const [index, value] of values.entries()) {
    if (index > 0) printer.write(" ");
    printer.argument(value, "v", plain);
  }
  return `${printer.text}\n`;
}

/** fmt.Sprintf, its complaints about wrong formats included: `%!d(string=abc)`, `%!s(MISSING)`, `%!(EXTRA int=1)`. */
export function sprintf(format: string, values: readonly GoValue[], context: Pick<FunctionContext, "reserve">): string {
  return new Formatting(format, values, context).run();
}

class Formatting {
  private readonly printer: Printer;
  private index = 0;
  private argument = 0;
  private reordered = false;
  private goodArgument = true;

  constructor(
    private readonly format: string,
    private readonly values: readonly GoValue[],
    context: Pick<FunctionContext, "reserve">,
  ) {
    this.printer = new Printer(characters => {
      context.reserve(characters);
    });
  }

  run(): string {
    while (this.index < this.format.length) {
      const percent = this.format.indexOf("%", this.index);
      if (percent < 0) {
        this.printer.write(this.format.slice(this.index));
        break;
      }
      if (percent > this.index) this.printer.write(this.format.slice(this.index, percent));
      this.index = percent + 1;
      this.directive();
    }
    this.extra();
    return this.printer.text;
  }

  private directive(): void {
    const directive = plainDirective();
    this.goodArgument = true;
    this.flags(directive);
    let afterIndex = this.argumentIndex();
    if (this.peek() === "*") {
      this.index++;
      const width = this.intArgument();
      if (width === undefined) this.printer.write("%!(BADWIDTH)");
      else {
        directive.width = Math.abs(width);
        if (width < 0) {
          directive.minus = true;
          directive.zero = false;
        }
      }
      afterIndex = false;
    } else {
      directive.width = this.number();
      if (afterIndex && directive.width !== undefined) this.goodArgument = false;
    }
    if (this.peek() === "." && this.index + 1 < this.format.length) {
      this.index++;
      if (afterIndex) this.goodArgument = false;
      afterIndex = this.precision(directive);
    }
    if (!afterIndex) this.argumentIndex();
    this.verb(directive);
  }

  private flags(directive: Directive): void {
    for (; ; this.index++) {
      switch (this.peek()) {
        case "#":
          directive.sharp = true;
          break;
        case "0":
          directive.zero = true;
          break;
        case "+":
          directive.plus = true;
          break;
        case "-":
          directive.minus = true;
          break;
        case " ":
          directive.space = true;
          break;
        default:
          return;
      }
    }
  }

  private precision(directive: Directive): boolean {
    const afterIndex = this.argumentIndex();
    if (this.peek() !== "*") {
      directive.precision = this.number() ?? 0;
      return afterIndex;
    }
    this.index++;
    const precision = this.intArgument();
    if (precision !== undefined && precision >= 0) directive.precision = precision;
    else this.printer.write("%!(BADPREC)");
    return false;
  }

  private verb(directive: Directive): void {
    const codePoint = this.format.codePointAt(this.index);
    if (codePoint === undefined) {
      this.printer.write("%!(NOVERB)");
      return;
    }
    const verb = String.fromCodePoint(codePoint);
    this.index += verb.length;
    const value = this.values[this.argument];
    if (verb === "%") this.printer.write("%");
    else if (!this.goodArgument) this.printer.write(`%!${verb}(BADINDEX)`);
    else if (value === undefined) this.printer.write(`%!${verb}(MISSING)`);
    else {
      if (verb === "v") {
        directive.sharpV = directive.sharp;
        directive.sharp = false;
        directive.plusV = directive.plus;
        directive.plus = false;
      }
      this.printer.argument(value, verb, directive);
      this.argument++;
    }
  }

  /** Arguments that no verb asked for, unless `%[n]` made the order free. */
  private extra(): void {
    if (this.reordered || this.argument >= this.values.length) return;
    this.printer.write("%!(EXTRA ");
    for (const [index, value] of this.values.slice(this.argument).entries()) {
      if (index > 0) this.printer.write(", ");
      if (value !== null) this.printer.write(`${typeName(value)}=`);
      this.printer.argument(value, "v", plain);
    }
    this.printer.write(")");
  }

  private peek(): string {
    return this.format.charAt(this.index);
  }

  /** Digits at the index; a number beyond a million swallows the rest of the format, as Go has it. */
  private number(limit = this.format.length): number | undefined {
    let value: number | undefined;
    while (this.index < limit && this.peek() >= "0" && this.peek() <= "9") {
      if ((value ?? 0) > largest) {
        this.index = limit;
        return undefined;
      }
      value = (value ?? 0) * 10 + Number(this.peek());
      this.index++;
    }
    return value;
  }

  /** Reads `[n]` if it is there: whether the next argument was chosen by it. */
  private argumentIndex(): boolean {
    if (this.peek() !== "[") return false;
    this.reordered = true;
    const opening = this.index;
    const closing = this.format.indexOf("]", opening);
    if (closing < 0 || this.format.length - opening < 3) {
      this.index = opening + 1;
      this.goodArgument = false;
      return false;
    }
    this.index = opening + 1;
    const number = this.number(closing);
    const complete = this.index === closing && number !== undefined;
    this.index = closing + 1;
    if (!complete) {
      this.goodArgument = false;
      return false;
    }
    if (number < 1 || number > this.values.length) this.goodArgument = false;
    else this.argument = number - 1;
    return true;
  }

  private intArgument(): number | undefined {
    const value = this.values[this.argument];
    if (value === undefined) return undefined;
    this.argument++;
    if (typeof value !== "bigint" || value > BigInt(largest) || value < -BigInt(largest)) return undefined;
    return Number(value);
  }
}
