import { readFileSync } from "node:fs";
import { join } from "node:path";

import { format } from "prettier";

import { projectFolder } from "../project";
import { differencesText, referenceText } from "./reference";

export const pagePath = join(projectFolder, "docs", "templates.md");

const replaceBlock = (page: string, name: string, content: string): string =>
  page.replace(new RegExp(`(<!-- ${name}: [^\\n]*-->\\n).*?(<!-- end -->)`, "s"), (_, start: string, end: string) =>
    [start, "", content, "", end].join("\n").replace("\n\n\n", "\n\n"),
  );

/** docs/templates.md with its generated blocks made anew. */
export function writtenPage(): Promise<string> {
  const page = readFileSync(pagePath, "utf8");
  const text = replaceBlock(replaceBlock(page, "differences", differencesText()), "functions", referenceText());
  return format(text, { parser: "markdown", filepath: pagePath, printWidth: 120 });
}
