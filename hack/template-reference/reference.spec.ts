import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { defaultFunctions } from "../../lib/template";
import { plainMarkdown } from "../generated-block";
import { projectFolder } from "../project";
import { sections } from "./examples";
import { differencesText, entriesOf, referenceText, resultOf } from "./reference";

describe("docs/templates.md", () => {
  const page = plainMarkdown(readFileSync(join(projectFolder, "docs", "templates.md"), "utf8"));
  const entries = sections.flatMap(entriesOf);

  it("has every function once", () => {
    expect(entries.map(({ name }) => name).sort()).toEqual([...defaultFunctions().keys()].sort());
  });

  it("shows what each example renders to, and each difference from Go", () => {
    for (const section of referenceText().split("\n\n### ")) expect(page).toContain(plainMarkdown(section));
    expect(page).toContain(plainMarkdown(differencesText()));
  });

  it.each(entries.map(entry => [entry.example, entry] as const))("%s", (example, entry) => {
    expect(example).toMatch(new RegExp(`\\b${entry.name}\\b`));
    expect(entry.signature).toContain("→");
    const refused = resultOf(entry).startsWith("error: ");
    expect(refused).toBe(["env", "expandenv", "getHostByName", "fail", "call"].includes(entry.name));
  });
});
