import { isPlainObject, type KubernetesObject } from "../../../lib/blueprint/object";
import { findCondition } from "../../../lib/status";
import { HUBS, NODES, toHub, toNode } from "../../../lib/controllers/kinds";
import { LABEL_FORM, LABEL_HUB, LABEL_NODE, LABEL_UID } from "../../../lib/metadata";
import { errorMessage } from "../../errors";
import { waitUntil } from "../../wait";
import { formName, hubName } from "./form";
import { childIds, type ChildKind, childKindNames, childKinds, isTenants, PODS } from "./kinds";
import { type TenantRow } from "./rows";
import { namespace, type World } from "./world";

/** How long counts and clean-up by others may lag behind what a phase has waited for. */
const lagMs = 120_000;

/** The first of what is wrong, as many as fit on a screen. */
const shown = 10;

/**
 * Compares every object of the cluster with what the rows and the form make: names, values, owners, status, and nothing left over.
 *
 * @throws Error that lists the first differences
 */
export async function checkEndState(world: World, image: string): Promise<void> {
  await waitUntil(
    "the end state",
    async () => {
      try {
        const faults = await faultsOf(world, image);
        if (faults.length === 0) return undefined;
        const more = faults.length > shown ? `\n  … and ${faults.length - shown} more` : "";
        return `${faults.length} faults:\n  ${faults.slice(0, shown).join("\n  ")}${more}`;
      } catch (error) {
        return errorMessage(error);
      }
    },
    { limit: lagMs, interval: 2_000 },
  );
}

async function faultsOf(world: World, image: string): Promise<string[]> {
  const faults: string[] = [];
  const rows = new Map(world.table.active.map(row => [row.id, row]));
  const owners = await checkNodes(world, rows, faults);
  for (const kind of childKindNames) await checkChildren(world, kind, { rows, owners, image }, faults);
  const pods = await world.admin.list(PODS, { namespace, metadataOnly: true });
  const wanted = [...rows.values()].reduce((sum, { replicas }) => sum + replicas, 0);
  if (pods.items.length !== wanted) faults.push(`${pods.items.length} pods, wanted ${wanted}`);
  await checkHub(world, rows.size, faults);
  return faults;
}

/** Answers the UID of each row's node. */
async function checkNodes(
  { admin }: World,
  rows: ReadonlyMap<string, TenantRow>,
  faults: string[],
): Promise<ReadonlyMap<string, string>> {
  const uids = new Map<string, string>();
  for await (const { items } of admin.pages(NODES, { namespace })) {
    for (const node of items.map(toNode)) {
      const { uid: row } = node.spec;
      const { name, uid = "", generation, deletionTimestamp } = node.metadata;
      const ready = findCondition(node.status?.conditions, "Ready");
      const { observedGeneration, desiredResources, readyResources, failedResources = 0 } = node.status ?? {};
      if (!rows.has(row) || name !== `${row}-${formName}`) faults.push(`LynqNode ${name ?? ""} should not be there`);
      else if (ready?.status !== "True") faults.push(`LynqNode ${name} is not Ready: ${ready?.reason ?? "no status"}`);
      else if (observedGeneration !== generation)
        faults.push(`LynqNode ${name}: its status is of generation ${observedGeneration ?? "none"}`);
      else if (desiredResources !== childKindNames.length || readyResources !== desiredResources || failedResources > 0)
        faults.push(
          `LynqNode ${name}: ${readyResources ?? 0} of ${desiredResources ?? 0} ready, ${failedResources} failed`,
        );
      if (deletionTimestamp !== undefined) faults.push(`LynqNode ${name ?? ""} is being deleted`);
      uids.set(row, uid);
    }
  }
  for (const id of rows.keys()) if (!uids.has(id)) faults.push(`LynqNode ${id}-${formName} is missing`);
  return uids;
}

interface Expectation {
  readonly rows: ReadonlyMap<string, TenantRow>;
  readonly owners: ReadonlyMap<string, string>;
  readonly image: string;
}

async function checkChildren(world: World, kind: ChildKind, expected: Expectation, faults: string[]): Promise<void> {
  const suffix = `-${childIds[kind]}`;
  const seen = new Set<string>();
  for await (const { items } of world.admin.pages(childKinds[kind], { namespace })) {
    for (const object of items) {
      const { name = "" } = object.metadata;
      if (!isTenants(name)) continue;
      const row = expected.rows.get(name.slice(0, -suffix.length));
      if (row === undefined || !name.endsWith(suffix)) faults.push(`${kind} ${name} should not be there`);
      else {
        seen.add(row.id);
        for (const fault of faultsOfChild(world, kind, object, row, expected)) faults.push(`${kind} ${name}: ${fault}`);
      }
    }
  }
  for (const id of expected.rows.keys()) if (!seen.has(id)) faults.push(`${kind} ${id}${suffix} is missing`);
}

function faultsOfChild(
  { subject }: World,
  kind: ChildKind,
  object: KubernetesObject,
  row: TenantRow,
  { owners, image }: Expectation,
): string[] {
  const { labels = {}, ownerReferences = [], deletionTimestamp } = object.metadata;
  const faults: string[] = [];
  if (deletionTimestamp !== undefined) faults.push("is being deleted");
  if (!ownerReferences.some(({ uid }) => uid === owners.get(row.id))) faults.push("its LynqNode is not its owner");
  const tracking = {
    [LABEL_HUB]: hubName,
    [LABEL_FORM]: formName,
    [LABEL_UID]: row.id,
    [LABEL_NODE]: `${row.id}-${formName}`,
  };
  if (subject.isOurs)
    for (const [key, value] of Object.entries(tracking))
      if (labels[key] !== value) faults.push(`label ${key} is ${JSON.stringify(labels[key])}`);
  for (const [path, wanted] of contentOf(kind, row, image)) {
    const found = valueAt(object, path);
    if (found !== wanted) faults.push(`${path} is ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`);
  }
  return faults;
}

/** What the form makes of the row, and what comes of it, as dotted paths and values. */
function contentOf(kind: ChildKind, { id, plan, replicas, token }: TenantRow, image: string): [string, unknown][] {
  switch (kind) {
    case "ConfigMap":
      return [
        ["data.tenant", id],
        ["data.plan", plan],
        ["data.url", `https://${id}.example.com`],
      ];
    case "Secret":
      return [["data.token", Buffer.from(token).toString("base64")]];
    case "Deployment":
      return [
        ["spec.replicas", replicas],
        ["spec.template.spec.containers.0.image", image],
        ["spec.selector.matchLabels.app", id],
        ["status.updatedReplicas", replicas],
        ["status.availableReplicas", replicas],
        ["status.replicas", replicas],
      ];
    case "Service":
      return [
        ["spec.selector.app", id],
        ["spec.ports.0.port", 80],
        ["spec.ports.0.targetPort", "http"],
      ];
    case "Ingress":
      return [
        ["spec.rules.0.host", `${id}.example.com`],
        ["spec.rules.0.http.paths.0.backend.service.name", `${id}-svc`],
      ];
  }
}

function valueAt(object: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => {
    if (Array.isArray(value)) {
      const item: unknown = value[Number(key)];
      return item;
    }
    return isPlainObject(value) ? value[key] : undefined;
  }, object);
}

async function checkHub({ admin }: World, count: number, faults: string[]): Promise<void> {
  const { status } = toHub(await admin.get(HUBS, { namespace, name: hubName }));
  // Another operator may leave a count of none out.
  const { desired = 0, ready = 0, failed = 0 } = status ?? {};
  if (desired !== count || ready !== count || failed !== 0)
    faults.push(`LynqHub ${hubName}: desired ${desired}, ready ${ready}, failed ${failed}; wanted ${count} ready`);
  const condition = findCondition(status?.conditions, "Ready");
  if (condition?.status !== "True") faults.push(`LynqHub ${hubName} is not Ready: ${condition?.reason ?? "no status"}`);
}
