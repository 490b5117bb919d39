import { stringify } from "yaml";
import { isChange, type NodePlan, type ObjectPlan, objectTitle } from "../../lib/plan/object-plan";
import { leafText } from "../../lib/plan/plan-text";
import { type PlanSummary } from "../../lib/plan/plan-summary";
import { printable } from "../../lib/record/printable";
import { counted, type Palette } from "../terminal";

/** A plan, as it is printed. */
export interface PrintedPlan {
  readonly summary: PlanSummary;
  /** Only those for which anything would happen. */
  readonly nodes: readonly NodePlan[];
  readonly notes: readonly string[];
}

/** For machines. Unchanged objects are counted, and not listed. */
export function planDocument({ summary, nodes, notes }: PrintedPlan): Record<string, unknown> {
  const changing = nodes.map(node => ({ ...node, objects: node.objects.filter(isChange) }));
  return { summary, nodes: changing, notes };
}

export function planYaml(plan: PrintedPlan): string {
  return stringify(planDocument(plan), { lineWidth: 0, aliasDuplicateObjects: false });
}

const SIGNS: Readonly<Record<NodePlan["action"] | ObjectPlan["action"], string>> = {
  create: "+",
  update: "~",
  change: "~",
  recreate: "±",
  delete: "-",
  retain: "o",
  conflict: "!",
  fail: "!",
  wait: "…",
  unchanged: " ",
};
const WORDS: Readonly<Record<NodePlan["action"], string>> = {
  create: "is created",
  update: "is updated",
  delete: "is deleted",
  unchanged: "is put right",
};
/** Characters of a value that are shown. */
const LONGEST_VALUE = 120;

/** For people: each row with what would happen to its objects, and a summary. */
export function planText({ summary, nodes, notes }: PrintedPlan, palette: Palette): string {
  const lines = nodes.flatMap(node => [...nodeLines(node, palette), ""]);
  return [...lines, ...notes.map(note => palette.yellow(`note: ${printable(note, 2000)}`)), ...summaryLines(summary)]
    .map(line => `${line}\n`)
    .join("");
}

function nodeLines({ action, row, form, node, objects, heldByGuard }: NodePlan, palette: Palette): string[] {
  const held = heldByGuard === true ? "; the deletion guard would hold it" : "";
  const head = `${SIGNS[action]} row ${printable(row, 253)}, form ${form}: node ${node} ${WORDS[action]}${held}`;
  return [palette.bold(head), ...objects.filter(isChange).flatMap(object => objectLines(object, palette))];
}

function objectLines(object: ObjectPlan, palette: Palette): string[] {
  const { action, changes = [], message, replaces, podsRestarted = 0 } = object;
  const paint = action === "conflict" || action === "fail" ? palette.red : (text: string) => text;
  const words = [
    action === "retain" ? "is retained, and marked as orphaned" : "",
    replaces === undefined ? "" : `takes the place of ${replaces}`,
    podsRestarted === 0 ? "" : `restarts ${counted(podsRestarted, "pod")}`,
    action === "conflict" ? "conflict" : "",
    action === "fail" ? "fails" : "",
    message === undefined ? "" : printable(message, 2000),
  ].filter(word => word !== "");
  const tail = words.length === 0 ? "" : `: ${words.join(": ")}`;
  const title = paint(`  ${SIGNS[action]} ${objectTitle(object)}${tail}`);
  // All of a new object is new: the form says it.
  return [
    title,
    ...(action === "create" || replaces !== undefined
      ? []
      : changes.map(change => `      ${leafText(change, LONGEST_VALUE)}`)),
  ];
}

function summaryLines({
  rows,
  rowsAffected,
  nodes,
  objects,
  kinds,
  namespaces,
  podsRestarted,
  heldByGuard,
}: PlanSummary): string[] {
  const nodeCounts = [
    [nodes.create, "created"],
    [nodes.update, "updated"],
    [nodes.delete, "deleted"],
    [nodes.unchanged, "unchanged"],
  ] as const;
  const objectCounts = [
    [objects.create, "created"],
    [objects.change, "changed"],
    [objects.recreate, "recreated"],
    [objects.delete, "deleted"],
    [objects.retain, "retained"],
    [objects.conflict, "in conflict"],
    [objects.fail, "failing"],
    [objects.wait, "waiting"],
    [objects.unchanged, "unchanged"],
  ] as const;
  const list = (counts: readonly (readonly [number, string])[]) =>
    counts
      .filter(([count]) => count > 0)
      .map(([count, word]) => `${count} ${word}`)
      .join(", ") || "none";
  return [
    `${rowsAffected} of ${counted(rows, "row")} affected`,
    `nodes: ${list(nodeCounts)}${heldByGuard > 0 ? ` (${heldByGuard} deletions held by the guard)` : ""}`,
    `objects: ${list(objectCounts)}`,
    ...(kinds.length === 0 ? [] : [`kinds: ${kinds.join(", ")}`]),
    ...(namespaces.length === 0 ? [] : [`namespaces: ${firstNames(namespaces)}`]),
    ...(podsRestarted === 0 ? [] : [`pods restarted: ${podsRestarted}`]),
  ];
}

function firstNames(names: readonly string[]): string {
  return names.length <= 10 ? names.join(", ") : `${names.slice(0, 10).join(", ")} and ${names.length - 10} more`;
}
