import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { describe, expect, it } from "@jest/globals";

import { projectFolder } from "./project";

const read = (path: string) => readFileSync(join(projectFolder, path), "utf8");

const markdownBelow = (folder: string): string[] =>
  readdirSync(join(projectFolder, folder), { recursive: true, encoding: "utf8" })
    .filter(name => name.endsWith(".md"))
    .map(name => join(folder, name));

const pages = ["README.md", ...markdownBelow("docs")];

/** Targets of links and pictures within the project. */
const links = (page: string) =>
  [...read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map(([, target = ""]) => target)
    .filter(each => !/^https?:/.test(each));

/** Paths of our own that a page writes as code. */
const paths = (page: string) =>
  [...read(page).matchAll(/`((?:lib|test|hack|docs|crds|capabilities|examples)\/[\w./-]+)`/g)].map(
    ([, path = ""]) => path,
  );

describe.each(pages)("%s", page => {
  it("links to nothing that is not there", () => {
    expect(links(page).filter(target => !existsSync(join(projectFolder, dirname(page), target)))).toEqual([]);
  });

  it("names no file that is not there", () => {
    expect(paths(page).filter(path => !existsSync(join(projectFolder, path)))).toEqual([]);
  });
});

describe.each(["docs/safety.md", "docs/security.md"])("the rules of %s", page => {
  const proofs = [...read(page).matchAll(/`([\w./-]+\.spec\.ts)`: ((?:"[^"]+"(?:, )?)+)/g)].flatMap(
    ([, path = "", titles = ""]) => [...titles.matchAll(/"([^"]+)"/g)].map(([, title = ""]) => [path, title] as const),
  );

  it("names proofs for its rules", () => {
    expect(proofs.length).toBeGreaterThan(20);
  });

  it.each(proofs)("is proven by %s: %s", (path, title) => {
    expect(read(path)).toContain(title);
  });
});

describe("the README", () => {
  it("shows the smallest hub and form as the demo applies them", () => {
    const [, shown] = /```yaml\n(.*?)```/s.exec(read("README.md")) ?? [];
    expect(shown).toBe(read("examples/smallest.yaml"));
  });
});
