import { type RolloutStep } from "../../crds";
import { contentHash } from "../blueprint/content-hash";

/** A row of the form, as far as a step chooses it. */
export interface Candidate {
  readonly uid: string;
  /** It has the newest content already, or gets it now. */
  readonly updated: boolean;
}

/** Whether a row belongs to the step of that number, from 0, by its `when`. */
export type Belongs = (step: number, uid: string) => boolean;

/**
 * Which rows the steps so far have reached.
 *
 * A percentage counts who was reached by earlier steps and who has the newest content already; the rest is filled up in the order of a hash of form
 * and uid: the same at every look, and not the same customers first in every form.
 */
export class ReachedRows {
  private readonly stepOf = new Map<string, number>();
  private readonly updated: ReadonlySet<string>;
  private order: readonly string[] | undefined;
  private steps = 0;

  constructor(
    private readonly form: string,
    private readonly rows: readonly Candidate[],
    private readonly belongs: Belongs,
  ) {
    this.updated = new Set(rows.filter(row => row.updated).map(({ uid }) => uid));
  }

  /** Takes the rows of the next step in. */
  reach({ when, percent }: RolloutStep): void {
    const step = this.steps++;
    if (when !== undefined) {
      for (const { uid } of this.rows) if (!this.stepOf.has(uid) && this.belongs(step, uid)) this.stepOf.set(uid, step);
    }
    if (percent === undefined) return;
    let missing = Math.ceil((percent * this.rows.length) / 100) - this.stepOf.size;
    for (const uid of this.filling()) {
      if (missing <= 0) return;
      if (this.stepOf.has(uid)) continue;
      this.stepOf.set(uid, step);
      missing--;
    }
  }

  /** Takes all rows in. */
  reachAll(): void {
    for (const { uid } of this.rows) if (!this.stepOf.has(uid)) this.stepOf.set(uid, this.steps);
  }

  has(uid: string): boolean {
    return this.stepOf.has(uid);
  }

  /** The step that reached the row first, from 0; after all steps if none did. */
  rank(uid: string): number {
    return this.stepOf.get(uid) ?? Number.POSITIVE_INFINITY;
  }

  private filling(): readonly string[] {
    this.order ??= this.rows
      .map(({ uid }) => ({ uid, key: `${this.updated.has(uid) ? 0 : 1}${contentHash([this.form, uid])}` }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ uid }) => uid);
    return this.order;
  }
}
