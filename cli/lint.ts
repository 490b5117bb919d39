import { type LynqFormObject, type LynqHubObject } from "../crds";
import { checkForm, checkHub, type CheckResult } from "../lib/blueprint/admission";
import { type KubernetesObject } from "../lib/blueprint/object";
import { formatField, type SchemaProblem } from "../lib/blueprint/validation/schema-problem";
import { SchemaValidator } from "../lib/blueprint/validation/schema-validator";
import { storedForm } from "../lib/blueprint/validation/stored-form";
import { API_GROUP, API_VERSION } from "../lib/metadata";
import { type Position } from "../lib/template/position";
import { byPlace, type Finding } from "./finding";
import { type Manifest, type SourceText } from "./manifests/manifest";
import { readManifests } from "./manifests/read";
import { type DefinedKind } from "./defined-kinds";

/** What is wrong with a field of a manifest, as its schema has it. */
interface StructureProblem {
  readonly path: string;
  readonly message: string;
  readonly kind: SchemaProblem["kind"];
}

const validator = new SchemaValidator();

/** A form or hub of a file. */
export interface Linted<T extends KubernetesObject> {
  readonly manifest: Manifest;
  /** As the API server would store it; undefined when its shape is so wrong that nothing more can be told. */
  readonly object: T | undefined;
}

export interface LintResult {
  readonly forms: readonly Linted<LynqFormObject>[];
  readonly hubs: readonly Linted<LynqHubObject>[];
  /** In the order of the files and their lines. */
  readonly findings: readonly Finding[];
}

/**
 * What the API server and Lynq's admission would say of the forms and hubs of some files: their schemas first, then every
 * rule that needs no cluster. Other kinds are passed over.
 */
export function lint(sources: readonly SourceText[], schemas: ReadonlyMap<string, DefinedKind>): LintResult {
  const findings = new Map<string, Finding[]>(sources.map(({ name }) => [name, []]));
  const report = (finding: Finding) => findings.get(finding.file)?.push(finding);
  const read = sources.map(readManifests);
  read.flatMap(one => one.findings).forEach(report);
  const manifests = read.flatMap(one => one.manifests);

  const hubs = manifests.filter(({ kind }) => kind === "LynqHub").map(manifest => lintHub(manifest, schemas, report));
  const forms = manifests
    .filter(({ kind }) => kind === "LynqForm")
    .map(manifest => lintForm(manifest, schemas, hubs, report));
  return { forms, hubs, findings: [...findings.values()].flatMap(list => list.sort(byPlace)) };
}

/** The hub that a form names, among those of the files. A namespace that is not written may be any. */
export function hubOf(
  form: Manifest,
  hubId: string,
  hubs: readonly Linted<LynqHubObject>[],
): Linted<LynqHubObject> | undefined {
  return hubs.find(
    ({ manifest: { name, namespace } }) =>
      name === hubId && (namespace === undefined || form.namespace === undefined || namespace === form.namespace),
  );
}

type Report = (finding: Finding) => void;

function lintHub(manifest: Manifest, schemas: ReadonlyMap<string, DefinedKind>, report: Report): Linted<LynqHubObject> {
  const { value, problems } = structure(manifest, schemas, report);
  if (!hasShape(problems)) return { manifest, object: undefined };
  // Its schema has been checked, field by field.
  const object = value as LynqHubObject;
  tell(manifest, checkHub(object), problems, report);
  return { manifest, object };
}

function lintForm(
  manifest: Manifest,
  schemas: ReadonlyMap<string, DefinedKind>,
  hubs: readonly Linted<LynqHubObject>[],
  report: Report,
): Linted<LynqFormObject> {
  const { value, problems } = structure(manifest, schemas, report);
  if (!hasShape(problems)) return { manifest, object: undefined };
  // Its schema has been checked, field by field.
  const object = value as LynqFormObject;
  const { hubId } = object.spec;
  const hub = hubOf(manifest, hubId, hubs);
  const { errors, warnings } = checkForm(object, hub?.object);
  const withHub = hub?.object !== undefined;
  tell(
    manifest,
    { errors, warnings: withHub ? warnings : warnings.filter(({ path }) => path !== "spec.hubId") },
    problems,
    report,
  );
  if (!withHub) {
    const message =
      hub === undefined
        ? `the files have no LynqHub ${hubId}, so variables were not checked; give its file with --hub`
        : `the LynqHub ${hubId} has faults of its own, so variables were not checked`;
    report({ severity: "warning", ...at(manifest, "spec.hubId"), path: "spec.hubId", message });
  }
  return { manifest, object };
}

function structure(
  manifest: Manifest,
  schemas: ReadonlyMap<string, DefinedKind>,
  report: Report,
): { value: unknown; problems: readonly StructureProblem[] } {
  const schema = schemas.get(manifest.kind);
  if (schema === undefined) throw new TypeError(`there is no schema of ${manifest.kind}`);
  const all: StructureProblem[] = validator
    .problems(schema.units, manifest.kind, manifest.object)
    .map(({ field, message, kind }) => ({ path: formatField(field), message, kind }));
  const expected = `${API_GROUP}/${API_VERSION}`;
  if (manifest.apiVersion !== expected) {
    all.push({ path: "apiVersion", message: `${manifest.kind} is a kind of ${expected}`, kind: "value" });
  }
  if (manifest.name === "") all.push({ path: "metadata.name", message: "is required", kind: "value" });
  for (const { path, message, kind } of all) {
    const place = kind === "unknown" ? manifest.locateKey(path) : manifest.locate(path);
    report({ severity: "error", file: manifest.source.name, ...place, path, message });
  }
  return { value: storedForm(manifest.object, schema.node), problems: all };
}

function hasShape(problems: readonly StructureProblem[]): boolean {
  return problems.every(({ kind }) => kind !== "shape");
}

/** Reports what a check found, but not twice what the schema has refused already. */
function tell(
  manifest: Manifest,
  { errors, warnings }: CheckResult,
  known: readonly StructureProblem[],
  report: Report,
): void {
  const told = new Set(known.map(({ path }) => path));
  for (const { path, message } of errors) {
    if (!told.has(path)) report({ severity: "error", ...at(manifest, path, placeIn(message)), path, message });
  }
  for (const { path, message } of warnings) {
    report({ severity: "warning", ...at(manifest, path, placeIn(message)), path, message });
  }
}

function at(manifest: Manifest, path: string, place?: Position): { file: string } & Position {
  return { file: manifest.source.name, ...manifest.locate(path, place) };
}

/** The place in a template that a message of admission tells: `line 1, column 13: …`. */
export function placeIn(message: string): Position | undefined {
  const [, line, column] = /\bline (\d+), column (\d+)\b/.exec(message) ?? [];
  return line === undefined || column === undefined ? undefined : { line: Number(line), column: Number(column) };
}
