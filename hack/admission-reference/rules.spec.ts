import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { catalogue } from "../../lib/blueprint/admission/rules";
import { plainMarkdown } from "../generated-block";
import { projectFolder } from "../project";
import { rulesText } from "./rules";

describe("docs/admission.md", () => {
  it("has every rule as the catalogue has it: `npx tsx hack/admission-reference.ts` makes it anew", () => {
    const page = plainMarkdown(readFileSync(join(projectFolder, "docs", "admission.md"), "utf8"));
    expect(page).toContain(plainMarkdown(rulesText()));
  });
});

describe("the catalogue", () => {
  const rules = catalogue.flatMap(section => section.rules);

  it("gives every rule an id of its own", () => {
    const ids = rules.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(ids.filter(id => !/^[a-z]+(-[a-z]+)*$/.test(id))).toEqual([]);
  });

  it("says of every rule what it checks and how to fix it", () => {
    expect(rules.filter(({ checks, fix, exampleMessage }) => [checks, fix, exampleMessage].includes(""))).toEqual([]);
  });
});
