import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

/** What the module is made of, files and folders. */
export const moduleSources = [
  // Packages of ours in the place of bigger ones are bundled too.
  "hack/slim",
  "pepr.ts",
  "capabilities",
  "lib",
  "crds",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
];

/** Specs stand beside the code and are no part of the module. */
export const isModuleSource = (path: string): boolean => !/\.spec\.ts$/.test(path);

function filesOf(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap(name => filesOf(join(path, name)));
}

/** A digest of everything that the built module depends on: equal digests need no new build. */
export function digestSources(folder: string): string {
  const hash = createHash("sha256");
  for (const path of moduleSources.flatMap(each => filesOf(join(folder, each))).filter(isModuleSource)) {
    const content = readFileSync(path);
    hash.update(`${relative(folder, path)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}
