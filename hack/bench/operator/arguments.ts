import { parseArgs } from "node:util";

import { SetupError, errorMessage } from "../../errors";
import { isPhaseName, type PhaseName, phaseNames } from "./phases/names";

/** Where the floor's turn is: the same for every size, or by turns. */
export type FloorTurn = "alternate" | "before" | "after" | "none";

const floorTurns: readonly FloorTurn[] = ["alternate", "before", "after", "none"];

/** What the user asked `npm run bench` for. */
export interface BenchArguments {
  readonly help: boolean;
  /** Numbers of rows, each in a world of its own. */
  readonly rows: readonly number[];
  readonly phases: readonly PhaseName[];
  /** Single changes, and single injuries of each kind. */
  readonly samples: number;
  readonly idleSeconds: number;
  readonly churnSeconds: number;
  readonly outageSeconds: number;
  /** Longer than this, no healing is waited for. */
  readonly healSeconds: number;
  /** Longer than this, no phase may take. */
  readonly limitMinutes: number;
  readonly floor: FloorTurn;
  /** Of another operator; ours when left out. */
  readonly command: string | undefined;
  /** A file or folder of its CRDs. */
  readonly crds: string | undefined;
  /** Runs once before it, with the rights of an administrator. */
  readonly setup: string | undefined;
  /** Run ours in the same run, too. */
  readonly withOurs: boolean;
  /** Column for the hub's change mark. */
  readonly changeMark: string | undefined;
  /** Folder of the results. */
  readonly out: string;
  /** Keep the folder of logs, and say where it is. */
  readonly keep: boolean;
}

export const usage = `npm run bench [-- OPTION…]

Measures an operator from outside: what it costs and how long it takes to turn N rows into N stacks of 5 objects, to keep them, to change them and
to remove them, on a private API server, beside a bare loop of the same writes. docs/bench.md explains every figure.

  --rows N[,N…]          how many rows; each number in a world of its own (default: 100,1000,5000)
  --phases NAME[,NAME…]  ${phaseNames.join(", ")} (default: all)
  --quick                a short run, to try things: 100 rows, 5 samples, 20 s idle, 30 s of churn, 10 s without the database
  --samples N            single changes and injuries, of each kind (default: 20)
  --idle-seconds N       (default: 120)
  --churn-seconds N      (default: 600)
  --outage-seconds N     how long the database is gone (default: 60)
  --heal-seconds N       how long a healing is waited for (default: 60)
  --limit-minutes N      how long a phase may take (default: 60)
  --floor WHEN           the bare loop's turn: before, after, alternate (before for the first number, after for the second …) or none
                         (default: alternate)
  --change-mark COLUMN   give the hub a change mark: updated_at
  --operator "CMD"       run another operator; docs/bench.md lists the variables that it gets
  --operator-crds PATH   its CustomResourceDefinitions, in the place of ours
  --operator-setup "CMD" run this before it starts, for its webhooks and the like
  --with-ours            with --operator: run ours, too, and compare
  --out FOLDER           where the results go (default: bench-results)
  --keep                 keep the logs of everything, and say where they are
  --help                 this text

  npm run bench -- admission|memory|plan|template   the other benches`;

const quick = { rows: "100", samples: "5", idle: "20", churn: "30", outage: "10" } as const;

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new SetupError(`--${name} ${text}: a whole number from 1 is needed`);
  return value;
}

function phasesOf(text: string | undefined): readonly PhaseName[] {
  if (text === undefined) return phaseNames;
  const wanted = text.split(",").map(name => name.trim());
  for (const name of wanted)
    if (!isPhaseName(name)) throw new SetupError(`--phases ${name}: the phases are ${phaseNames.join(", ")}`);
  // In the order in which one builds on the other; everything needs rows.
  return phaseNames.filter(name => name === "fill" || wanted.includes(name));
}

function floorOf(text: string): FloorTurn {
  const turn = floorTurns.find(each => each === text);
  if (turn === undefined) throw new SetupError(`--floor ${text}: it is one of ${floorTurns.join(", ")}`);
  return turn;
}

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;
const options = {
  help: flag,
  quick: flag,
  keep: flag,
  "with-ours": flag,
  rows: text,
  phases: text,
  samples: text,
  "idle-seconds": text,
  "churn-seconds": text,
  "outage-seconds": text,
  "heal-seconds": text,
  "limit-minutes": text,
  floor: text,
  "change-mark": text,
  operator: text,
  "operator-crds": text,
  "operator-setup": text,
  out: text,
} as const;

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    const reason = errorMessage(error).split(/\.\s/)[0] ?? "";
    throw new SetupError(`${reason}: npm run bench -- --help lists what there is`);
  }
}

/** Reads the command line. @throws SetupError in one line that says what is wrong with it. */
export function parseArguments(args: readonly string[]): BenchArguments {
  const given = parsed(args);
  const short = given.quick === true;
  const rows = (given.rows ?? (short ? quick.rows : "100,1000,5000")).split(",");
  if (given.operator === undefined)
    for (const name of ["operator-crds", "operator-setup", "with-ours"] as const)
      if (given[name] !== undefined) throw new SetupError(`--${name} goes with --operator`);
  const number = (
    name: "samples" | `${"idle" | "churn" | "outage" | "heal"}-seconds` | "limit-minutes",
    usual: string,
  ) => wholeNumber(name, given[name] ?? usual);
  return {
    help: given.help === true,
    rows: rows.map(each => wholeNumber("rows", each)),
    phases: phasesOf(given.phases),
    samples: number("samples", short ? quick.samples : "20"),
    idleSeconds: number("idle-seconds", short ? quick.idle : "120"),
    churnSeconds: number("churn-seconds", short ? quick.churn : "600"),
    outageSeconds: number("outage-seconds", short ? quick.outage : "60"),
    healSeconds: number("heal-seconds", "60"),
    limitMinutes: number("limit-minutes", "60"),
    floor: floorOf(given.floor ?? "alternate"),
    command: given.operator,
    crds: given["operator-crds"],
    setup: given["operator-setup"],
    withOurs: given["with-ours"] === true,
    changeMark: given["change-mark"],
    out: given.out ?? "bench-results",
    keep: given.keep === true,
  };
}
