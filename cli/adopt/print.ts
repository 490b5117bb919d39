import { stringify } from "yaml";
import { type Difference, type ObjectAdoption } from "../../lib/controllers/planning/adoption";
import { type Ownership } from "../../lib/plan/ownership";
import { leafText } from "../../lib/plan/plan-text";
import { printable } from "../../lib/record/printable";
import { counted, type Palette } from "../terminal";
import { objectTitle } from "../../lib/plan/object-plan";

/** Characters of a value that are shown. */
const LONGEST_VALUE = 120;

/** What was found out for one row. */
export interface RowAdoption {
  readonly row: string;
  readonly node: string;
  readonly nodeExists: boolean;
  readonly objects: readonly ObjectAdoption[];
  readonly next: readonly string[];
}

/** For machines. */
export function adoptionDocument(form: string, namespace: string, rows: readonly RowAdoption[]): unknown {
  return {
    form,
    namespace,
    rows: rows.map(({ objects, ...row }) => ({ ...row, objects: objects.map(objectDocument) })),
  };
}

export function adoptionYaml(form: string, namespace: string, rows: readonly RowAdoption[]): string {
  return stringify(adoptionDocument(form, namespace, rows), { lineWidth: 0, aliasDuplicateObjects: false });
}

function objectDocument(object: ObjectAdoption): unknown {
  const { id, apiVersion, kind, namespace, name, conflictPolicy, deletionPolicy, exists } = object;
  const { owner, managers, same, differences, force } = object;
  return {
    ...{ id, apiVersion, kind, namespace, name, conflictPolicy, deletionPolicy, exists },
    owner: owner === undefined ? "nobody" : ownerText(owner),
    managers: [...managers].map(([manager, fields]) => ({ manager, fields })),
    same,
    differences,
    stuck: stuckText(object),
    force: { action: force.action, podsRestarted: force.podsRestarted ?? 0, message: force.message },
  };
}

/** For people: each object with what is the same, what differs, whose it is, and what either policy would do. */
export function adoptionText(rows: readonly RowAdoption[], palette: Palette): string {
  const lines = rows.flatMap(({ row, node, nodeExists, objects, next }) => [
    palette.bold(`row ${printable(row, 253)}: LynqNode ${node}${nodeExists ? "" : ", which does not exist yet"}`),
    ...objects.flatMap(object => objectLines(object, palette)),
    "",
    palette.bold("Next:"),
    ...next.map((step, index) => `  ${index + 1}. ${printable(step, 2000)}`),
    "",
  ]);
  return lines.map(line => `${line}\n`).join("");
}

function objectLines(object: ObjectAdoption, palette: Palette): string[] {
  const { id, exists, owner, managers, same, differences, force } = object;
  const title = palette.bold(`  ${objectTitle(object.force)}`);
  const head = `${title} (${id})`;
  if (!exists) {
    const fate =
      force.action === "create" ? "does not exist: it would be made" : `${force.action}: ${force.message ?? ""}`;
    return ["", `${head}: ${printable(fate, 2000)}`];
  }
  const holders = [...managers].map(([manager, fields]) => `${JSON.stringify(manager)} (${fields})`);
  return [
    "",
    `${head}: exists, ${owner === undefined ? "nobody's" : ownerText(owner)}`,
    ...(holders.length === 0 ? [] : [`    fields   held by ${holders.join(", ")}`]),
    ...(same === undefined ? [] : [`    same     ${counted(same, "field")}`]),
    ...differences.map(difference => `    differs  ${differenceText(difference)}`),
    `    Stuck    ${printable(stuckText(object), 2000)}`,
    `    Force    ${printable(forceText(object), 2000)}`,
  ];
}

function differenceText(difference: Difference): string {
  const holders = difference.managers.map(name => JSON.stringify(name));
  return `${leafText(difference, LONGEST_VALUE)}${holders.length === 0 ? "" : `, held by ${holders.join(", ")}`}`;
}

function ownerText(owner: Ownership): string {
  switch (owner.kind) {
    case "ours":
      return "this node's already";
    case "orphan":
      return "left behind by this node or by the Go operator, to be taken up again";
    case "otherNode":
      return `LynqNode ${owner.node}'s`;
    case "foreign":
      if (owner.controller !== undefined) return `controlled by ${owner.controller}`;
      return owner.managers.length === 0
        ? "nobody's that could be told"
        : `managed by ${owner.managers.map(name => JSON.stringify(name)).join(", ")}`;
  }
}

/** The part of a conflict's sentence that tells who and what; the rest is the same for all. */
function stuckText({ stuck }: Pick<ObjectAdoption, "stuck">): string {
  const { action, message = "" } = stuck;
  if (action === "conflict") return `stops: ${message.replace(/^.*? Error: /s, "")}`;
  return action === "fail" ? `fails: ${message}` : "goes on";
}

function forceText({ force, differences }: ObjectAdoption): string {
  const { action, message, podsRestarted = 0 } = force;
  switch (action) {
    case "change":
    case "unchanged": {
      const pods = podsRestarted === 0 ? "restarts no pod" : `restarts ${counted(podsRestarted, "pod")}`;
      return differences.length === 0
        ? `takes it as it is, ${pods}`
        : `changes ${counted(differences.length, "field")}, ${pods}`;
    }
    case "conflict":
      return `stops, too: ${(message ?? "").replace(/^.*? Error: /s, "")}`;
    case "recreate":
      return `cannot: ${message ?? ""}`;
    default:
      return message === undefined ? action : `${action}: ${message}`;
  }
}
