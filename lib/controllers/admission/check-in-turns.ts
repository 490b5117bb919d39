import { Findings, type FormCheck, formSteps } from "../../blueprint/admission";
import { type Turns } from "./turns";

/**
 * Checks a form as `checkForm` does, and lets everybody else of the process have a turn meanwhile.
 *
 * @returns what was found, and whether that is all: false when time was up before
 */
export async function checkInTurns(check: FormCheck, turns: Turns): Promise<{ found: Findings; finished: boolean }> {
  const found = new Findings();
  const finished = await turns.take(formSteps(check, found));
  return { found, finished };
}
