import { type LynqFormObject } from "../../../crds";
import { type CohortFault } from "../../blueprint/cohort";
import { isEqual } from "../../blueprint/json-path/equality";
import { type RolloutProgress } from "../../plan/rollout";

/** Where a form's rollout stands, as its hub's last pass found it. */
export interface RolloutReport extends RolloutProgress {
  /** A row for which a step's `when` cannot be decided. */
  readonly fault: CohortFault | undefined;
}

/** From the hubs' passes, which decide, to the forms' passes, which tell. After a restart it is empty, and the forms' status is what is known. */
export class Rollouts {
  private readonly reports = new Map<string, { readonly uid: string | undefined; readonly report: RolloutReport }>();

  /** @param onChange a form has something new to tell */
  constructor(private readonly onChange: (form: string) => void) {}

  of({ metadata }: LynqFormObject): RolloutReport | undefined {
    const known = this.reports.get(keyOf(metadata));
    return known?.uid === metadata.uid ? known?.report : undefined;
  }

  set(form: LynqFormObject, report: RolloutReport): void {
    if (isEqual(this.of(form), report)) return;
    const key = keyOf(form.metadata);
    this.reports.set(key, { uid: form.metadata.uid, report });
    this.onChange(key);
  }

  forget(form: string): void {
    this.reports.delete(form);
  }
}

function keyOf({ namespace = "", name = "" }: LynqFormObject["metadata"]): string {
  return `${namespace}/${name}`;
}
