import { type Finding, finding } from "../admission/findings";
import { objectRules } from "../admission/rules/object-rules";
import { type Rule, type Severity } from "../admission/rules/rule";
import { quotedPrintable } from "../../record/printable";
import { type Trial, type TrialFault } from "./resource-trial";

/** What the API server said of the object of one trial. */
export interface ServerVerdict {
  readonly trial: Trial;
  readonly accepted: boolean;
  /** The object was tried under a name that nobody has. */
  readonly renamed: boolean;
  /** Why it refuses, with the place in the form where the server names one. */
  readonly reasons: readonly { readonly path: string | undefined; readonly words: string; readonly quota: boolean }[];
  /** Why it could not be asked. */
  readonly untried?: string;
}

export interface VerdictRequest {
  /** Place of the resource in the form. */
  readonly path: string;
  readonly trials: readonly Trial[];
  /** Undefined when it was not to be asked. */
  readonly server: ServerVerdict | undefined;
  /** The resource is stored already as it is: it is not refused for what it has been all along. */
  readonly unchanged: boolean;
}

/** A finding and whether it refuses. */
export interface JudgedFinding {
  readonly severity: Severity;
  readonly finding: Finding;
}

/**
 * What is said of a resource after its trials. The API server has the last word: what it takes is no misfit, whatever a schema says, since the operator will ask it for
 * nothing else.
 */
export function verdictOn({ path, trials, server, unchanged }: VerdictRequest): JudgedFinding[] {
  const judged: JudgedFinding[] = [];
  const add = <Parameters>(rule: Rule<Parameters>, at: string, parameters: Parameters, severity = rule.severity) => {
    judged.push({ severity: unchanged ? "warning" : severity, finding: finding(rule, at, parameters) });
  };
  const pardoned = new Set(
    server?.accepted === true
      ? server.trial.faults.filter(({ kind }) => kind === "misfit").map(fault => fault.path)
      : [],
  );
  const asked = server !== undefined && server.untried === undefined;
  for (const [at, occurrences] of byPath(trials)) {
    const [first] = occurrences;
    if (first === undefined) continue;
    const { message: problem, kind, lenient } = first.fault;
    const rows = rowsOf(occurrences, trials);
    if (kind === "guess") add(objectRules.guess, at, { problem });
    else if (kind === "template") add(objectRules.template, at, { problem, rows });
    else if (pardoned.has(at)) continue;
    else if (lenient && !asked) add(objectRules.schemaUnsure, at, { problem, rows });
    else add(objectRules.schema, at, { problem, rows });
  }
  if (server === undefined || server.accepted) return judged;
  if (server.untried !== undefined) {
    add(objectRules.untried, path, { why: server.untried });
    return judged;
  }
  const told = new Set(judged.map(one => one.finding.path));
  const { record, guessed } = server.trial;
  const rows = record.real ? rowSuffix([record.uid]) : "";
  const misfits = server.trial.faults.some(({ kind }) => kind === "misfit");
  for (const { path: field, words, quota } of server.reasons) {
    // The schema has said it already, and where in the form it is.
    if (field !== undefined && (told.has(field) || server.trial.isGuess(field))) continue;
    if (misfits && field === undefined && /typed patch object|convert new object/.test(words)) continue;
    const at = field ?? path;
    if (guessed) add(objectRules.refusedGuess, at, { words });
    // A quota may have room for the objects that there are, and none for one more that is only tried.
    else add(objectRules.refused, at, { words, rows }, quota && server.renamed ? "warning" : "error");
  }
  return judged;
}

interface Occurrence {
  readonly trial: Trial;
  readonly fault: TrialFault;
}

/** The first fault of each row at each place. Sure ones hide guesses at the same place. */
function byPath(trials: readonly Trial[]): Map<string, Occurrence[]> {
  const found = new Map<string, Occurrence[]>();
  for (const trial of trials) {
    for (const fault of trial.faults) {
      const known = found.get(fault.path);
      if (known === undefined) found.set(fault.path, [{ trial, fault }]);
      else if (known[0]?.fault.kind === "guess" && fault.kind !== "guess") known.splice(0, Infinity, { trial, fault });
      else if (known[0]?.fault.kind === fault.kind && known.at(-1)?.trial !== trial) known.push({ trial, fault });
    }
  }
  return found;
}

/** Which rows show a problem; nothing when all do, with the same words. */
function rowsOf(occurrences: readonly Occurrence[], trials: readonly Trial[]): string {
  const real = occurrences.filter(({ trial }) => trial.record.real);
  if (real.length === 0) return "";
  const same = real.every(({ fault }) => fault.message === real[0]?.fault.message);
  return same && real.length === trials.length && trials.length > 1
    ? ""
    : rowSuffix(real.map(({ trial }) => trial.record.uid));
}

function rowSuffix([first = "", ...others]: readonly string[]): string {
  return ` (row ${quotedPrintable(first, 63)}${others.length > 0 ? ` and ${others.length} more` : ""})`;
}
