import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseAllDocuments } from "yaml";
import { projectFolder } from "../../hack/project";
import { type Manifest, Scenario } from "../environment/scenario";
import { warnings } from "./answer";

const folder = join(projectFolder, "examples");
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter(name => name.endsWith(".yaml") && !name.startsWith("refused"))
  .sort();

function manifests(name: string): Manifest[] {
  return parseAllDocuments(readFileSync(join(folder, name), "utf8"), { merge: true }).map(document => {
    const value: unknown = document.toJS();
    return value as Manifest;
  });
}

const forms = files.flatMap(name =>
  manifests(name).flatMap(manifest => (manifest.kind === "LynqForm" ? [{ name, manifest }] : [])),
);

/** The hub that stands beside a form. */
function hubBeside(name: string): Manifest | undefined {
  return files
    .filter(other => dirname(other) === dirname(name))
    .flatMap(manifests)
    .find(({ kind }) => kind === "LynqHub");
}

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.open("examples");
});
afterAll(() => scenario.close());

describe("the forms of examples/", () => {
  it.each(forms)("$name is taken without a word about its objects", async ({ name: file, manifest }) => {
    const hub = hubBeside(file);
    if (hub !== undefined) await scenario.apply({ ...hub, metadata: { name: hub.metadata?.["name"] } });
    const { name } = manifest.metadata ?? {};
    const said = await warnings(scenario, { ...manifest, metadata: { name } }, ["--dry-run=server"]);
    expect(said.filter(line => /schema|made-up|API server|not checked/.test(line))).toEqual([]);
  });
});
