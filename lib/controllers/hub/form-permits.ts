import { type LynqFormObject } from "../../../crds";
import { type RevisionPermit } from "../../plan/row-decision";
import { type SyncPlan } from "../../plan/sync-plan";
import { type Revision } from "../form/revisions";

/** What the rows of one form may do until the next look at the form as a whole. */
export interface FormPermit extends RevisionPermit {
  readonly name: string;
  /** The form that it was given for, as it was. */
  readonly uid: string | undefined;
  readonly generation: number | undefined;
  /** Its newest content. */
  readonly current: Revision;
  /** Nothing throttles or judges its rollout. */
  readonly isFree: boolean;
}

/** What a look at all rows and nodes of a hub lets its rows do, one by one and at any time, until the hub or a form is another. */
export interface Permits {
  /** Of the hub. */
  readonly generation: number | undefined;
  readonly forms: ReadonlyMap<string, FormPermit>;
  /** Forms whose rollout is throttled or judged: what one node does concerns the others. */
  readonly governed: boolean;
}

/** A move to another revision that a rollout lets happen and that is not done yet; its node takes a place until it is. */
export interface Move {
  readonly form: string;
  readonly row: string;
  readonly revision: string;
}

/** @param moving moves that are under way, and those of the plan */
export function permitsOf(
  generation: number | undefined,
  forms: readonly LynqFormObject[],
  revisions: ReadonlyMap<string, Revision | undefined>,
  plan: SyncPlan,
  moving: Iterable<Move>,
): Permits {
  const rights = new Map<string, { readonly moves: Set<string>; readonly first: Map<string, string> }>();
  const rightsOf = (form: string) => {
    const known = rights.get(form) ?? { moves: new Set<string>(), first: new Map<string, string>() };
    rights.set(form, known);
    return known;
  };
  for (const { form, row } of moving) rightsOf(form).moves.add(row);
  for (const { form, record, revision } of plan.creations) rightsOf(form).first.set(record.uid, revision);

  const permits = new Map<string, FormPermit>();
  for (const { metadata, spec } of forms) {
    const { name = "" } = metadata;
    const current = revisions.get(name);
    const progress = plan.rollouts.get(name);
    if (current === undefined || progress === undefined || spec.suspend === true) continue;
    const { moves, first } = rightsOf(name);
    const isFree = !progress.governed;
    const startsWithNewest = isFree || progress.stable === current.name;
    permits.set(name, {
      name,
      uid: metadata.uid,
      generation: metadata.generation,
      current,
      revision: current.name,
      isFree,
      // Without limits every node moves as soon as it can.
      moves: (row, from) => from !== current.name && (isFree || moves.has(row)),
      ofNew: row => (startsWithNewest ? current.name : first.get(row)),
    });
  }
  const governed = [...plan.rollouts.values()].some(progress => progress.governed);
  return { generation, forms: permits, governed };
}
