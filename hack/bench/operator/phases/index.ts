import { fill } from "./fill";
import { idle } from "./idle";
import { type PhaseName } from "./names";
import { oneRow } from "./one-row";
import { type Phase } from "./phase";

export const phases: Readonly<Record<PhaseName, Phase>> = { fill, idle, "one-row": oneRow };
