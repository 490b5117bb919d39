import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";

/** Names in the sources for places and classes of the bundle, whose own names are one or two letters long. */
export class SourceNames {
  private readonly bundle: string;
  private readonly map: SourceMap | undefined;
  private readonly sources = new Map<string, readonly string[]>();
  private readonly lineStarts: readonly number[];

  constructor(private readonly bundlePath: string) {
    const mapPath = `${bundlePath}.map`;
    this.bundle = existsSync(bundlePath) ? readFileSync(bundlePath, "utf8") : "";
    this.lineStarts = [0, ...[...this.bundle.matchAll(/\n/g)].map(({ index }) => index + 1)];
    if (!existsSync(mapPath)) return;
    const payload = JSON.parse(readFileSync(mapPath, "utf8")) as ConstructorParameters<typeof SourceMap>[0];
    this.map = new SourceMap(payload);
    for (const [index, source] of payload.sources.entries())
      this.sources.set(source, (payload.sourcesContent[index] ?? "").split("\n"));
  }

  /**
   * `upsert lib/cluster/informer.ts:210`; what is not of the bundle keeps its own name.
   *
   * @param line counted from 0, as `column`
   */
  place(name: string, url: string, line: number, column: number): string {
    const own = name === "" ? "(anonymous)" : name;
    const path = url.replace(/^file:\/\//, "");
    if (path === "") return own;
    const found = path === this.bundlePath ? this.original(line, column) : undefined;
    if (found === undefined) return `${own} ${shortened(path)}:${line + 1}`;
    const { source, line: at } = found;
    return `${this.nameAt(source, at) ?? own} ${shortened(source)}:${at + 1}`;
  }

  /** `FactStore lib/cluster/fact-store.ts`, or the name itself for what is no class of the bundle. */
  ofClass(name: string): string {
    const offset = /^[\w$]{1,3}$/.test(name) ? this.bundle.search(new RegExp(`class ${escaped(name)}[ {]`)) : -1;
    if (offset < 0) return name;
    const line = this.lineStarts.findLastIndex(start => start <= offset);
    const found = this.original(line, offset - (this.lineStarts[line] ?? 0));
    if (found === undefined) return name;
    const text = this.sources.get(found.source)?.[found.line] ?? "";
    return `${/class\s+([\w$]+)/.exec(text)?.[1] ?? name} ${shortened(found.source)}`;
  }

  private original(line: number, column: number): { source: string; line: number } | undefined {
    const entry = this.map?.findEntry(line, column);
    return entry !== undefined && "originalSource" in entry
      ? { source: entry.originalSource, line: entry.originalLine }
      : undefined;
  }

  /** What is declared in this line of a source. */
  private nameAt(source: string, line: number): string | undefined {
    const text = this.sources.get(source)?.[line] ?? "";
    return (
      /(?:function\*?|class|const|get|set)\s+([\w$]+)/.exec(text)?.[1] ??
      /^\s*(?:[a-z]+ )*\*?#?([\w$]+)\s*[(<]/.exec(text)?.[1]
    );
  }
}

function escaped(name: string): string {
  return name.replaceAll("$", "\\$");
}

/** From the project's folder, or from the package's, on. */
function shortened(path: string): string {
  const parts = path.split("/node_modules/");
  if (parts.length > 1) return parts.at(-1) ?? path;
  return /(?:^|\/)((?:lib|capabilities|crds)\/.*)$/.exec(path)?.[1] ?? path.replace(/^.*\//, "");
}
