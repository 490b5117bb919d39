import { type Finding } from "./finding";

/** Colours for people; nothing but the text where the output is piped. */
export interface Palette {
  readonly bold: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly dim: (text: string) => string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Colours only on a terminal that has them, and not where NO_COLOR (no-color.org) is set. */
export function paletteFor(stream: { readonly isTTY?: boolean }, env: Environment): Palette {
  const coloured = stream.isTTY === true && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
  const paint =
    (on: number, off: number) =>
    (text: string): string =>
      coloured ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { bold: paint(1, 22), red: paint(31, 39), yellow: paint(33, 39), dim: paint(2, 22) };
}

/** `form.yaml:14:29: error: spec.…: message`, as compilers print it, so that editors find the place. */
export function formatFinding({ severity, file, line, column, path, message }: Finding, palette: Palette): string {
  const paint = severity === "error" ? palette.red : palette.yellow;
  const where = path === "" ? "" : `${path}: `;
  return `${palette.bold(`${file}:${line}:${column}:`)} ${paint(`${severity}:`)} ${where}${message}`;
}

/** `2 errors`, `1 form`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
