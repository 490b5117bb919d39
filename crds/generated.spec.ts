import { describe, expect, it } from "@jest/globals";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { generateTypes, readCustomResources } from "../hack/generate-types";
import { resourceListNames } from "./index";

const customResources = readCustomResources(__dirname);

describe("crds/generated", () => {
  it("is what `npm run generate` makes of the CRDs", () => {
    const folder = join(__dirname, "generated");
    const found = Object.fromEntries(readdirSync(folder).map(file => [file, readFileSync(join(folder, file), "utf8")]));
    expect(found).toEqual(Object.fromEntries(generateTypes(customResources)));
  });
});

describe("LynqForm", () => {
  it("has the lists of resourceListNames, in that order and with one schema", () => {
    const form = customResources.find(({ kind }) => kind === "LynqForm");
    const lists = [...(form?.spec.properties ?? [])].filter(([, { items }]) => items?.title === "FormResource");
    expect(lists.map(([name]) => name)).toEqual([...resourceListNames]);
    const [first] = lists;
    for (const [, { items }] of lists) {
      expect(items).toEqual(first?.[1].items);
    }
  });
});
