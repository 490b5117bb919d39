import { JsonPathError } from "./json-path";

/** A place in the text of a path. */
export class Cursor {
  position = 0;
  private depth = 0;

  constructor(readonly text: string) {}

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** The next character, or "" at the end. */
  peek(): string {
    const codePoint = this.text.codePointAt(this.position);
    return codePoint === undefined ? "" : String.fromCodePoint(codePoint);
  }

  take(): string {
    const character = this.peek();
    this.position += character.length;
    return character;
  }

  sees(token: string): boolean {
    return this.text.startsWith(token, this.position);
  }

  accept(token: string): boolean {
    if (!this.sees(token)) return false;
    this.position += token.length;
    return true;
  }

  expect(token: string, why: string): void {
    if (!this.accept(token)) this.fail(`expected "${token}" ${why}, found ${this.found()}`);
  }

  /** Takes what the sticky expression matches here, or "". */
  takeMatch(expression: RegExp): string {
    expression.lastIndex = this.position;
    const found = expression.exec(this.text)?.[0] ?? "";
    this.position += found.length;
    return found;
  }

  skipBlank(): void {
    this.takeMatch(/[ \t\n\r]*/y);
  }

  /** What stands here, for a message. */
  found(): string {
    return this.atEnd ? "the end" : JSON.stringify(this.peek());
  }

  fail(problem: string, position = this.position): never {
    throw new JsonPathError(this.text, position, problem);
  }

  /** Runs one level of nesting; refuses more levels than a person writes, so that no text exhausts the stack. */
  nested<T>(parse: () => T): T {
    if (++this.depth > MAXIMUM_DEPTH) this.fail(`more than ${MAXIMUM_DEPTH} levels of nesting`);
    const result = parse();
    this.depth--;
    return result;
  }
}

const MAXIMUM_DEPTH = 32;
