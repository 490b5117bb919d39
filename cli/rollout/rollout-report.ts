import { type LynqFormObject, type LynqNodeObject, type RolloutPause } from "../../crds";
import { stepName } from "../../lib/plan/rollout-steps";
import { nodeHealth } from "../../lib/status";
import { table } from "../table";
import { type Palette } from "../terminal";
import { type KnownRevision } from "./revision-history";
import { rolloutState } from "./rollout-state";

const WIDTH = 30;

/** What `lynq rollout status` prints. */
export function rolloutReport(
  form: LynqFormObject,
  nodes: readonly LynqNodeObject[],
  history: readonly KnownRevision[],
  { bold, red, yellow }: Palette,
): string {
  const { phase, message, outcome } = rolloutState(form);
  const paint = { complete: bold, running: yellow, stopped: red }[outcome];
  const parts = [`form ${form.metadata.name ?? ""}: ${paint(phase)}\n${message}`, progress(form, nodes)];
  const steps = stepTable(form);
  return `${[...parts, ...steps, revisionTable(form, nodes, history)].join("\n\n")}\n`;
}

function progress({ status }: LynqFormObject, nodes: readonly LynqNodeObject[]): string {
  const updated = nodes.filter(node => node.spec.formRevision === status?.currentRevision);
  const count = (health: string) => updated.filter(node => healthOf(node) === health).length;
  const share = nodes.length === 0 ? 0 : Math.floor((updated.length * WIDTH) / nodes.length);
  const bar = `[${"#".repeat(share)}${"-".repeat(WIDTH - share)}]`;
  return `${bar} ${updated.length} of ${nodes.length} nodes updated: ${count("Ready")} ready, ${count("Progressing")} on the way, ${count("Failed")} failed`;
}

function stepTable({ spec, status }: LynqFormObject): string[] {
  const steps = spec.rollout?.steps ?? [];
  if (steps.length === 0) return [];
  const current = status?.rollout?.step;
  const isComplete = status?.stableRevision === status?.currentRevision;
  const state = (number: number): string => {
    if (current === undefined) return isComplete ? "done" : "";
    if (number < current) return "done";
    return number > current ? "" : (status?.rollout?.phase ?? "");
  };
  const rows = steps.map((step, index) => {
    const chooses = step.when ?? `up to ${step.percent ?? 0}%`;
    return [String(index + 1), stepName(step), chooses, pauseOf(step.pause), state(index + 1)];
  });
  const rest = ["", "all others", "all that are left", "", state(steps.length + 1)];
  return [table([["STEP", "NAME", "ROWS", "THEN WAITS FOR", "STATE"], ...rows, rest])];
}

function pauseOf(pause: RolloutPause | undefined): string {
  const { seconds, approval } = pause ?? {};
  return [...(seconds === undefined ? [] : [`${seconds} s`]), ...(approval === true ? ["approval"] : [])].join(", ");
}

function revisionTable(
  { status }: LynqFormObject,
  nodes: readonly LynqNodeObject[],
  history: readonly KnownRevision[],
): string {
  const { currentRevision, stableRevision } = status ?? {};
  const rows = history.map(({ name, number }) => {
    const on = nodes.filter(node => node.spec.formRevision === name);
    const ready = on.filter(node => healthOf(node) === "Ready").length;
    const marks = [...(name === currentRevision ? ["newest"] : []), ...(name === stableRevision ? ["stable"] : [])];
    return [String(number), name, String(on.length), String(ready), marks.join(", ")];
  });
  return table([["REVISION", "NAME", "NODES", "READY", ""], ...rows]);
}

function healthOf(node: LynqNodeObject): string {
  return nodeHealth(node.metadata.generation, node.status);
}
