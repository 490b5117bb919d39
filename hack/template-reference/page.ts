import { readFileSync } from "node:fs";
import { join } from "node:path";

import { format } from "prettier";

import { replaceBlock } from "../generated-block";
import { projectFolder } from "../project";
import { differencesText, referenceText } from "./reference";

export const pagePath = join(projectFolder, "docs", "templates.md");

/** docs/templates.md with its generated blocks made anew. */
export function writtenPage(): Promise<string> {
  const page = readFileSync(pagePath, "utf8");
  const text = replaceBlock(replaceBlock(page, "differences", differencesText()), "functions", referenceText());
  return format(text, { parser: "markdown", filepath: pagePath, printWidth: 120 });
}
