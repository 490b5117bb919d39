import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type DefinedKind, readDefinitions } from "./defined-kinds";

/** The package's folder: this file is in cli/, or bundled in dist/cli/. */
export function packageFolder(): string {
  const folder = [join(__dirname, ".."), join(__dirname, "..", "..")].find(path => existsSync(join(path, "crds")));
  if (folder === undefined) throw new Error("the package is incomplete: it has no folder crds");
  return folder;
}

/** Schemas of the kinds that users write, from the package's CustomResourceDefinitions. */
export function projectSchemas(): ReadonlyMap<string, DefinedKind> {
  const folder = join(packageFolder(), "crds");
  return readDefinitions(["lynqforms.yaml", "lynqhubs.yaml"].map(file => readFileSync(join(folder, file), "utf8")));
}
