import { type ObjectAdoption } from "../../lib/controllers/planning/adoption";
import { farewell } from "./previous-tool";

/** What to do next, in order, so that the row gets what exists and nothing is lost. */
export function adviceFor(objects: readonly ObjectAdoption[]): string[] {
  const steps: string[] = [];
  const step = (found: readonly ObjectAdoption[], say: (ids: string) => string): void => {
    if (found.length > 0) steps.push(say(found.map(({ id }) => id).join(", ")));
  };
  const failing = objects.filter(({ force: { action } }) => action === "fail");
  step(failing, ids => `${ids}: mend the form; it does not render, or the API server refuses it, as said above`);

  for (const { id, name = "", kind, suggestion } of objects.filter(one => !one.exists && one.suggestion !== "")) {
    steps.push(
      `${id}: there is no ${kind} ${name}${suggestion} Set nameTemplate so that it renders that name, or a second object is made beside it`,
    );
  }
  const taken = objects.filter(({ owner }) => owner?.kind === "otherNode");
  step(
    taken,
    ids =>
      `${ids}: another LynqNode has it, and Force does not take it; give the object another name, or let that node go first`,
  );

  const immutable = objects.filter(
    ({ force: { action, replaces } }) => action === "recreate" && replaces === undefined,
  );
  step(
    immutable,
    ids =>
      `${ids}: make the form say what the object has in its immutable fields; else it has to be deleted and made anew`,
  );

  const controlled = objects.filter(({ owner }) => owner?.kind === "foreign" && owner.controller !== undefined);
  step(
    controlled,
    ids =>
      `${ids}: another controller owns it and would write it again; take over what that controller owns it for, not this object`,
  );

  const foreign = objects.filter(({ owner }) => owner?.kind === "foreign" && owner.controller === undefined);
  for (const { id, differences } of foreign.filter(one => one.differences.length > 0)) {
    const paths = differences.map(({ path }) => path);
    steps.push(
      `${id}: decide on ${paths.slice(0, 5).join(", ")}${paths.length > 5 ? ` and ${paths.length - 5} more` : ""}: ` +
        "make the form or the row say what runs, leave it to others with ignoreFields, or accept the new value",
    );
  }
  const unsafe = objects.filter(one => one.exists && one.owner?.kind !== "ours" && one.deletionPolicy === "Delete");
  step(unsafe, ids => `${ids}: set deletionPolicy: Retain until the migration has settled`);

  steps.push(...new Set(foreign.flatMap(({ marks }) => farewell(marks) ?? [])));

  const refused = foreign.filter(one => one.conflictPolicy === "Stuck" && !isBlocked(one));
  step(
    refused,
    ids => `${ids}: set conflictPolicy: Force, apply the form, and set it back to Stuck when the node is ready`,
  );

  const changedSince = objects.filter(({ owner, stuck }) => owner?.kind === "orphan" && stuck.action === "conflict");
  step(
    changedSince,
    ids =>
      `${ids}: a node left it behind, and somebody has changed it since; agree with them, or set conflictPolicy: Force`,
  );

  if (steps.length > 0) return steps;
  return objects.some(({ exists }) => exists)
    ? ["nothing is in the way: switch the row on"]
    : ["nothing of it exists: the row makes all of it anew"];
}

/** Whether the row cannot have its objects whatever the conflict policy is. */
export function isBlocked({ owner, force: { action, replaces } }: ObjectAdoption): boolean {
  return (
    action === "fail" ||
    action === "conflict" ||
    owner?.kind === "otherNode" ||
    (action === "recreate" && replaces === undefined)
  );
}
