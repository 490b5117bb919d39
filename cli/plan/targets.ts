import { type LynqFormObject, type LynqHubObject, type LynqNodeObject } from "../../crds";
import { checkForm, checkHub, formatProblems } from "../../lib/blueprint/admission";
import { BlueprintError } from "../../lib/blueprint/errors";
import { FORMS, HUBS, NODES, toForm, toHub, toNode } from "../../lib/controllers/kinds";
import { type PlannedForm } from "../../lib/controllers/planning/plan-hub";
import { type Revisions } from "../../lib/controllers/form/revisions";
import { type CommandCluster } from "../cluster/connection";
import { type LintResult } from "../lint";

/** What is to be planned cannot be told, or is refused before any row is looked at. */
export class PlanRequestError extends Error {
  override readonly name = "PlanRequestError";
}

/** A hub with those of its forms that are planned, as all of them would be. */
export interface PlanTarget {
  readonly hub: LynqHubObject;
  readonly forms: readonly PlannedForm[];
  /** Nodes of these forms; of forms that are gone, too, when the whole hub is planned. */
  readonly nodes: readonly LynqNodeObject[];
  readonly allNodes: readonly LynqNodeObject[];
  readonly formNames: readonly string[];
  readonly notes: readonly string[];
}

export interface TargetRequest {
  readonly files: LintResult;
  /** Only this hub of the cluster, with all of its forms. */
  readonly hubName: string | undefined;
  /** Namespace of the files, where they name none, and of the hub. */
  readonly namespace: string;
  readonly revisions: Revisions;
}

/**
 * Lays the files over what the cluster has, and picks what is to be planned: the forms of the files; all forms of a hub that is named or in the files; or,
 * with neither, everything in the namespace.
 *
 * @throws PlanRequestError, ApiError, ConnectionError
 */
export async function planTargets({ client }: CommandCluster, request: TargetRequest): Promise<PlanTarget[]> {
  const { files, hubName, namespace } = request;
  const [hubs, forms, nodes] = await Promise.all([
    client.list(HUBS, { namespace }).then(({ items }) => items.map(toHub)),
    client.list(FORMS, { namespace }).then(({ items }) => items.map(toForm)),
    client.list(NODES, { namespace }).then(({ items }) => items.map(toNode)),
  ]);
  const given = { hubs: objectsOf(files.hubs, namespace), forms: objectsOf(files.forms, namespace) };
  const allHubs = overlaid(hubs, given.hubs);
  const allForms = overlaid(forms, given.forms).filter(form => form.metadata.deletionTimestamp === undefined);

  const whole = new Set([...given.hubs.map(nameOf), ...(hubName === undefined ? [] : [hubName])]);
  if (whole.size === 0 && given.forms.length === 0) for (const hub of allHubs) whole.add(nameOf(hub));
  const picked = given.forms.map(nameOf);
  const hubNames = new Set([...whole, ...given.forms.map(({ spec }) => spec.hubId)]);
  if (hubNames.size === 0) throw new PlanRequestError(`there is no LynqHub in the namespace ${namespace}`);
  return [...hubNames].sort().map(name => {
    const hub = allHubs.find(one => nameOf(one) === name);
    if (hub === undefined) {
      const wanting = given.forms.filter(({ spec }) => spec.hubId === name).map(nameOf);
      const who = wanting.length === 0 ? "" : `form ${wanting.join(", ")}: `;
      throw new PlanRequestError(`${who}there is no LynqHub ${namespace}/${name}; give its file with --hub FILE`);
    }
    const ofHub = allForms.filter(({ spec }) => spec.hubId === name);
    const chosen = whole.has(name) ? ofHub : ofHub.filter(form => picked.includes(nameOf(form)));
    return target(hub, chosen, whole.has(name), nodes, allForms, request);
  });
}

function target(
  hub: LynqHubObject,
  forms: readonly LynqFormObject[],
  whole: boolean,
  nodes: readonly LynqNodeObject[],
  allForms: readonly LynqFormObject[],
  { files, revisions }: TargetRequest,
): PlanTarget {
  const notes: string[] = [];
  if (hub.metadata.deletionTimestamp !== undefined)
    notes.push(`hub ${nameOf(hub)} is being deleted, and its nodes with it`);
  const hubFromFile = files.hubs.some(({ manifest }) => manifest.name === nameOf(hub));
  const hubErrors = hubFromFile ? checkHub(hub).errors : [];
  if (hubErrors.length > 0) throw new PlanRequestError(`hub ${nameOf(hub)} is refused: ${formatProblems(hubErrors)}`);
  if (hub.spec.suspend === true)
    notes.push(`hub ${nameOf(hub)} is suspended: nothing of it happens before it is resumed`);
  const planned = forms.flatMap((form): PlannedForm[] => {
    const name = nameOf(form);
    const fromFile = files.forms.some(({ manifest }) => manifest.name === name);
    const { errors } = checkForm(form, hub);
    if (fromFile && errors.length > 0) throw new PlanRequestError(`form ${name} is refused: ${formatProblems(errors)}`);
    try {
      return [{ form, revision: revisions.planned(form) }];
    } catch (error) {
      if (!(error instanceof BlueprintError)) throw error;
      notes.push(`form ${name} does not compile, so that its nodes stay as they are: ${error.message}`);
      return [];
    }
  });
  for (const { form } of planned) {
    if (form.spec.suspend === true) notes.push(`form ${nameOf(form)} is suspended, so that its nodes stay as they are`);
    if (form.spec.mode === "Plan" || hub.spec.mode === "Plan") {
      notes.push(
        `${form.spec.mode === "Plan" ? `form ${nameOf(form)}` : `hub ${nameOf(hub)}`} is in mode Plan: nothing of it happens before it is approved`,
      );
    }
  }
  const plannedNames = new Set(planned.map(({ form }) => nameOf(form)));
  const known = new Set(allForms.map(nameOf));
  const ofHub = nodes.filter(({ spec }) => spec.hubId === nameOf(hub));
  return {
    hub,
    forms: planned,
    nodes: ofHub.filter(({ spec }) => plannedNames.has(spec.templateRef) || (whole && !known.has(spec.templateRef))),
    allNodes: ofHub,
    formNames: [...known],
    notes: [...new Set(notes)],
  };
}

/** The files' objects; the shape of each was checked before. */
function objectsOf<T extends LynqFormObject | LynqHubObject>(
  linted: readonly {
    readonly manifest: { readonly namespace: string | undefined; readonly name: string };
    readonly object: T | undefined;
  }[],
  namespace: string,
): T[] {
  return linted.flatMap(({ manifest, object }) => {
    if (object === undefined) return [];
    if (manifest.namespace !== undefined && manifest.namespace !== namespace) {
      throw new PlanRequestError(
        `${object.kind} ${manifest.name} is of the namespace ${manifest.namespace}, and the plan is for ${namespace}; give -n ${manifest.namespace}`,
      );
    }
    return [{ ...object, metadata: { ...object.metadata, namespace } }];
  });
}

/** What the cluster has, with the files' content in the place of the objects of the same names. */
function overlaid<T extends LynqFormObject | LynqHubObject>(stored: readonly T[], given: readonly T[]): T[] {
  const byName = new Map(stored.map(object => [nameOf(object), object]));
  for (const object of given) {
    const live = byName.get(nameOf(object));
    byName.set(
      nameOf(object),
      live === undefined ? object : { ...live, spec: object.spec, metadata: { ...live.metadata } },
    );
  }
  return [...byName.values()];
}

function nameOf({ metadata }: LynqFormObject | LynqHubObject): string {
  return metadata.name ?? "";
}
