import { seconds } from "../log";

/** `12 ms`, or `1.2 s` from a second on. */
export const duration = (milliseconds: number): string =>
  milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : seconds(milliseconds);

export interface ScreenOptions {
  readonly write: (text: string) => void;
  /** Whether it is a terminal: colours, and progress that is written over. */
  readonly isTerminal: boolean;
  /** Characters in a line; longer lines of commands are cut. */
  readonly width: number;
}

type Style = "bold" | "dim" | "green" | "red" | "cyan";

const codes: Readonly<Record<Style, string>> = { bold: "1", dim: "2", green: "32", red: "31", cyan: "36" };

/** How many lines of a command's output are shown unless a scene wants more. */
const outputLines = 12;

/** Which part of an output is shown. */
export interface Excerpt {
  readonly lines?: number | undefined;
  /** The first lines of the parts; a part ends where another line is indented as little. */
  readonly sections?: readonly string[] | undefined;
}

const indent = (line: string): number => line.length - line.trimStart().length;

function partOf(lines: readonly string[], start: string): readonly string[] {
  const first = lines.findIndex(line => line.startsWith(start));
  if (first < 0) return [];
  const after = lines.findIndex((line, index) => index > first && indent(line) <= indent(start));
  return lines.slice(first, after < 0 ? undefined : after);
}

/** Everything that the audience sees; calm, and plain text where there is no terminal. */
export class Screen {
  #transient = false;
  #closed = false;

  constructor(private readonly options: ScreenOptions) {}

  /** This process's own terminal or pipe. */
  static ofProcess(): Screen {
    const { stdout } = process;
    return new Screen({
      write: text => stdout.write(text),
      isTerminal: stdout.isTTY && process.env["NO_COLOR"] === undefined,
      width: stdout.isTTY ? Math.max(60, stdout.columns) : 140,
    });
  }

  heading(text: string): void {
    this.#line(`\n${this.#style("bold", `── ${text} ${"─".repeat(Math.max(3, 72 - text.length))}`)}`);
  }

  say(text: string): void {
    this.#line(text);
  }

  note(text: string): void {
    this.#line(this.#style("dim", text));
  }

  /** A command, just before it runs. */
  command(prompt: string, text: string): void {
    this.#line(`\n${this.#style("cyan", prompt)} ${this.#style("bold", text.replaceAll("\n", "\n   "))}`);
  }

  /** What a command printed, and how long it took. */
  output(text: string, milliseconds: number, { lines: most = outputLines, sections }: Excerpt = {}): void {
    const lines = text.trimEnd() === "" ? [] : text.trimEnd().split("\n");
    const parts = sections === undefined ? [lines] : sections.map(start => partOf(lines, start));
    for (const part of parts) {
      const shown = part.length > most + 1 ? part.slice(0, most) : part;
      for (const line of shown) this.#line(`  ${this.#fit(line)}`);
      if (part.length > shown.length) this.#line(this.#style("dim", `  … ${part.length - shown.length} more lines`));
    }
    this.#line(this.#style("dim", `  ${duration(milliseconds)}`));
  }

  /** What is still being waited for; written over by whatever comes next. */
  progress(what: string, milliseconds: number, reason: string): void {
    const line = this.#style(
      "dim",
      this.#cut(`  … ${what}: ${duration(milliseconds)}${reason === "" ? "" : `, ${reason}`}`),
    );
    if (!this.options.isTerminal) {
      this.#line(line);
      return;
    }
    if (this.#closed) return;
    this.options.write(`\r\u001b[K${line}`);
    this.#transient = true;
  }

  passed(what: string, milliseconds: number): void {
    this.#line(`${this.#style("green", "✓")} ${what} ${this.#style("dim", `(${duration(milliseconds)})`)}`);
  }

  failed(what: string, reason: string): void {
    this.#line(`${this.#style("red", "✗")} ${what}: ${reason}`);
  }

  /** Says nothing from here on: what comes is the noise of things that end. */
  close(): void {
    if (this.#transient) this.options.write("\r\u001b[K");
    this.#closed = true;
  }

  #line(text: string): void {
    if (this.#closed) return;
    if (this.#transient) this.options.write("\r\u001b[K");
    this.#transient = false;
    this.options.write(`${text}\n`);
  }

  #style(style: Style, text: string): string {
    return this.options.isTerminal ? `\u001b[${codes[style]}m${text}\u001b[0m` : text;
  }

  /** A table is cut at the edge; a sentence goes on in the next line. */
  #fit(line: string): string {
    const room = this.options.width - 3;
    if (line.length <= room || /\S {2,}\S/.test(line)) return this.#cut(line);
    const words = line.split(" ");
    return words
      .reduce<string[]>((lines, word) => {
        const last = lines.at(-1) ?? "";
        if (last.length + word.length + 1 > room && last !== "") return [...lines, word];
        return [...lines.slice(0, -1), last === "" ? word : `${last} ${word}`];
      }, [])
      .join("\n    ");
  }

  #cut(line: string): string {
    const room = this.options.width - 3;
    return line.length > room ? `${line.slice(0, room - 1)}…` : line;
  }
}
