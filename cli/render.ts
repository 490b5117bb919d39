import { type LynqFormObject, type LynqHubObject } from "../crds";
import { SnapshotBuilder } from "../lib/record/quarantine";
import { type HubRecord } from "../lib/record/record";
import { RowSchema } from "../lib/record/row-schema";
import { type Finding } from "./finding";
import { type CheckedForm, FormRendering, type FormRenderingSettings, type RenderedObject } from "./form-rendering";
import { hubOf, lint, type Linted } from "./lint";
import { type SourceText } from "./manifests/manifest";
import { type RecordSource, RowError } from "./row/record-source";
import { type DefinedKind } from "./defined-kinds";

/** What is to be rendered cannot be told from the files and options. */
export class RenderRequestError extends Error {
  override readonly name = "RenderRequestError";
}

export interface RenderRequest extends FormRenderingSettings {
  readonly sources: readonly SourceText[];
  readonly schemas: ReadonlyMap<string, DefinedKind>;
  readonly row: RecordSource;
  /** Only the form of this name. */
  readonly form?: string;
}

export interface RenderResult {
  /** In the order in which they would be applied. */
  readonly objects: readonly RenderedObject[];
  /** What refuses the form, or what does not render. */
  readonly findings: readonly Finding[];
  /** What is worth knowing beside the objects. */
  readonly notes: readonly string[];
}

/**
 * What the operator would apply for a row, without applying it. A form that admission refuses renders nothing.
 *
 * @throws RenderRequestError, RowError, and what the row source and the cluster throw
 */
export async function render(request: RenderRequest): Promise<RenderResult> {
  const linted = lint(request.sources, request.schemas);
  const errors = linted.findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0) return { objects: [], findings: errors, notes: [] };

  const forms = selectForms(linted.forms, request.form);
  const hub = commonHub(forms, linted.hubs);
  const { records, notes: rowNotes } = await request.row.records(hub);
  const notes = [...rowNotes];
  const record = settleRecord(records, hub, notes);
  if (record === undefined) return { objects: [], findings: [], notes };

  const objects: RenderedObject[] = [];
  const findings: Finding[] = [];
  const names = linted.forms.map(({ manifest }) => manifest.name);
  for (const form of forms) {
    const rendering = new FormRendering(form, record, hub, names, request);
    objects.push(...(await rendering.run()));
    findings.push(...rendering.findings);
    notes.push(...rendering.notes);
  }
  return { objects, findings, notes: [...new Set(notes)] };
}

function selectForms(forms: readonly Linted<LynqFormObject>[], name: string | undefined): CheckedForm[] {
  const checked = forms.flatMap(({ manifest, object }) => (object === undefined ? [] : [{ manifest, object }]));
  const known = checked.map(({ manifest }) => manifest.name).join(", ");
  if (checked.length === 0) throw new RenderRequestError("the files have no LynqForm");
  const selected = checked.filter(({ manifest }) => name === undefined || manifest.name === name);
  if (selected.length === 0)
    throw new RenderRequestError(`the files have no LynqForm ${name ?? ""}; they have ${known}`);
  return selected;
}

/** The hub whose rows the forms serve; undefined when the files do not have it. */
function commonHub(forms: readonly CheckedForm[], hubs: readonly Linted<LynqHubObject>[]): LynqHubObject | undefined {
  const ids = new Set(forms.map(({ object }) => object.spec.hubId));
  if (ids.size > 1) {
    throw new RenderRequestError(
      `the forms serve the rows of several hubs (${[...ids].join(", ")}); choose one with --form`,
    );
  }
  const [found] = forms.map(({ manifest, object }) => hubOf(manifest, object.spec.hubId, hubs)?.object);
  const others = hubs.map(({ manifest }) => manifest.name).join(", ");
  if (found === undefined && hubs.length > 0) {
    throw new RenderRequestError(`the form's hub is ${[...ids].join("")}, but the files have ${others}`);
  }
  return found;
}

/** The record as a sync would take it; undefined when the row is off. */
function settleRecord(
  records: readonly HubRecord[],
  hub: LynqHubObject | undefined,
  notes: string[],
): HubRecord | undefined {
  const sensitive = new Set(hub?.spec.sensitiveValues);
  const rowSchema = hub?.spec.rowSchema;
  const builder = new SnapshotBuilder(rowSchema === undefined ? undefined : new RowSchema(rowSchema, sensitive));
  records.forEach(record => {
    builder.add(record);
  });
  const snapshot = builder.build();
  const [quarantined] = snapshot.quarantined.samples;
  if (quarantined !== undefined) {
    const { uid, reason } = quarantined;
    const hint = uid === "" && hub === undefined ? "; give it with --set uid=NAME" : "";
    throw new RowError(`the row ${JSON.stringify(uid)} would be quarantined: ${reason}${hint}`);
  }
  const [record] = snapshot.records.values();
  const [off] = records;
  if (record === undefined) notes.push(`the row ${JSON.stringify(off?.uid ?? "")} is not active, so it gets nothing`);
  return record;
}
