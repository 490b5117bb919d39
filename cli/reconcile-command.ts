import { setTimeout as pause } from "node:timers/promises";
import { isPlainObject, type KubernetesObject } from "../lib/blueprint/object";
import { ANNOTATION_RECONCILE_AT, ANNOTATION_SUSPEND } from "../lib/metadata";
import { clusterOptions, CommandCluster } from "./cluster/connection";
import { parseReference } from "./cluster/reference";
import { type Command } from "./command";
import { parseOptions, single } from "./command-line";
import { type Environment } from "./environment";
import { reconcileHelp } from "./help";
import { UsageError } from "./usage-error";

const rules = { ...clusterOptions, wait: {}, timeout: { value: "SECONDS" } };
const positional = { name: "hub/NAME, form/NAME or node/NAME", least: 1, most: 1 };
const DEFAULT_TIMEOUT_SECONDS = 300;
const INTERVAL_MS = 500;

/** `lynq reconcile`. */
export const reconcileCommand: Command = {
  name: "reconcile",
  usage: "hub/NAME|form/NAME|node/NAME [--wait]",
  summary: "have the operator look again now",
  help: reconcileHelp,
  run,
};

async function run(args: readonly string[], { stdout, stderr, env }: Environment): Promise<number> {
  const options = parseOptions(args, rules, positional);
  const timeout = Number(single(options, "timeout") ?? DEFAULT_TIMEOUT_SECONDS);
  if (!(timeout > 0)) throw new UsageError("--timeout is a number of seconds");
  const { resource, name, text } = parseReference(options.positionals[0] ?? "", ["hub", "form", "node"]);
  const cluster = CommandCluster.open(options, env);
  try {
    const key = { namespace: cluster.namespace, name };
    const suspension = suspensionOf(await cluster.client.get(resource, key));
    if (suspension !== undefined) {
      stderr.write(`lynq reconcile: ${text} is suspended: ${suspension}; resume it first\n`);
      return 1;
    }
    const asked = new Date().toISOString();
    await cluster.client.mergePatch(resource, key, { metadata: { annotations: { [ANNOTATION_RECONCILE_AT]: asked } } });
    if (!options.flags.has("wait")) {
      stdout.write(`${text}: asked to look again\n`);
      return 0;
    }
    const end = Date.now() + timeout * 1000;
    for (;;) {
      const object = await cluster.client.get(resource, key);
      if (statusField(object, "lastHandledReconcileAt") === asked) {
        const ready = conditionOf(object, "Ready");
        stdout.write(
          `${text}: done; Ready is ${ready?.status ?? "Unknown"}: ${ready?.message ?? "nothing is said yet"}\n`,
        );
        return 0;
      }
      if (Date.now() >= end) {
        stderr.write(`lynq reconcile: ${text} has not answered within ${timeout} s; is the operator running?\n`);
        return 1;
      }
      await pause(INTERVAL_MS);
    }
  } finally {
    cluster.close();
  }
}

/** Why it would not answer before it is resumed. What the object itself says counts, as its status may be a moment behind. */
function suspensionOf(object: KubernetesObject): string | undefined {
  const { spec, metadata } = object;
  if (isPlainObject(spec) && spec["suspend"] === true) return "spec.suspend is true";
  if (isPlainObject(spec) && spec["suspended"] === true) return "its row suspends it";
  if (metadata.annotations?.[ANNOTATION_SUSPEND] === "true") return `it has the annotation ${ANNOTATION_SUSPEND}`;
  const condition = conditionOf(object, "Suspended");
  return condition?.reason === "FormSuspended" ? "its form is suspended" : undefined;
}

function conditionOf(
  object: KubernetesObject,
  type: string,
): { status: string; reason: string; message: string } | undefined {
  const conditions = statusField(object, "conditions");
  const all: readonly unknown[] = Array.isArray(conditions) ? conditions : [];
  const found = all.find(one => isPlainObject(one) && one["type"] === type);
  if (!isPlainObject(found)) return undefined;
  const { status, reason, message } = found;
  return { status: String(status), reason: String(reason), message: String(message) };
}

function statusField(object: KubernetesObject, field: string): unknown {
  const { status } = object;
  return isPlainObject(status) ? status[field] : undefined;
}
