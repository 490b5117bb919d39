import { readFileSync } from "node:fs";
import { join } from "node:path";

import { format } from "prettier";

import { replaceBlock } from "../generated-block";
import { projectFolder } from "../project";
import { rulesText } from "./rules";

export const pagePath = join(projectFolder, "docs", "admission.md");

/** docs/admission.md with its generated block made anew. */
export function writtenPage(): Promise<string> {
  const text = replaceBlock(readFileSync(pagePath, "utf8"), "rules", rulesText());
  return format(text, { parser: "markdown", filepath: pagePath, printWidth: 120 });
}
