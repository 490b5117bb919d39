import { readFile } from "node:fs/promises";
import { type SourceText } from "./manifests/manifest";
import { UsageError } from "./usage-error";

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "its permissions do not allow it",
};

/** Reads files of the command line, `-` being the standard input, each once. */
export class SourceFiles {
  private readonly known = new Map<string, Promise<SourceText>>();

  /** @param stdin the chunks of the standard input */
  constructor(private readonly stdin: AsyncIterable<string | Buffer>) {}

  /** @throws UsageError when a file cannot be read */
  read(path: string): Promise<SourceText> {
    const known = this.known.get(path);
    if (known !== undefined) return known;
    const reading = path === "-" ? this.readInput() : readText(path);
    const source = reading.then(text => ({ name: path === "-" ? "stdin" : path, text: text.replace(/^\uFEFF/, "") }));
    this.known.set(path, source);
    return source;
  }

  private async readInput(): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.stdin) chunks.push(typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk);
    return Buffer.concat(chunks).toString("utf8");
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
    throw new UsageError(`cannot read ${path}: ${reasons[code] ?? String(error)}`);
  }
}
