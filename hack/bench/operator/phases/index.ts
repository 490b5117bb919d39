import { churn } from "./churn";
import { lostDatabase, slowDatabase } from "./database";
import { deactivateAll, deactivateSome } from "./deactivation";
import { fill } from "./fill";
import { formChange } from "./form-change";
import { heal } from "./heal";
import { idle } from "./idle";
import { type PhaseName } from "./names";
import { oneOfTen } from "./one-of-ten";
import { oneRow } from "./one-row";
import { type Phase } from "./phase";
import { restart, restartChanged } from "./restart";

export const phases: Readonly<Record<PhaseName, Phase>> = {
  fill,
  idle,
  "one-row": oneRow,
  "form-change": formChange,
  heal,
  restart,
  "restart-changed": restartChanged,
  churn,
  "slow-database": slowDatabase,
  "lost-database": lostDatabase,
  "deactivate-some": deactivateSome,
  "deactivate-all": deactivateAll,
  "one-of-ten": oneOfTen,
};
