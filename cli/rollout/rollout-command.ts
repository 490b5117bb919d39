import { type LynqFormObject } from "../../crds";
import { didYouMean } from "../../lib/blueprint/near-miss";
import { Informer } from "../../lib/cluster";
import { FORMS, NODES, toForm, toNode } from "../../lib/controllers/kinds";
import { ANNOTATION_APPROVE_STEP, COMMAND_FIELD_MANAGER, LABEL_FORM } from "../../lib/metadata";
import { labelValue } from "../../lib/record/label-value";
import { clusterOptions, clusterOptionsHelp, CommandCluster } from "../cluster/connection";
import { parseReference } from "../cluster/reference";
import { type Command } from "../command";
import { type GivenOptions, parseOptions, single } from "../command-line";
import { type Environment } from "../environment";
import { paletteFor } from "../terminal";
import { UsageError } from "../usage-error";
import { revisionHistory, undoPatch, undoTarget } from "./revision-history";
import { rolloutReport } from "./rollout-report";
import { rolloutState } from "./rollout-state";

const rules = {
  ...clusterOptions,
  watch: { short: "w" },
  "to-revision": { value: "REVISION" },
};

const verbs = ["status", "pause", "resume", "undo"] as const;
type Verb = (typeof verbs)[number];

const help = `Shows how the newest content of a form spreads over its nodes, and steers it.

Usage:
  lynq rollout status FORM [--watch]
  lynq rollout pause FORM
  lynq rollout resume FORM
  lynq rollout undo FORM [--to-revision REVISION]

  status   phase, steps, revisions, and how many nodes have which
  pause    no further node moves (spec.rollout.paused); rows that are new or change are served all the same
  resume   ends the pause, and approves the step that waits for it
  undo     gives the form the content again that was stable before, as an edit that admission checks as any other

Options:
  -w, --watch            with status: a line for each change, until the rollout is complete, held or failed
      --to-revision REVISION
                         with undo: number or name of the revision, as status shows it
${clusterOptionsHelp}  -h, --help

Exit code: 0 done, or the rollout is complete or on its way; 1 it is held or has failed, or what was asked cannot be done; 2 wrong usage.

Examples:
  lynq rollout status web
  lynq rollout status web --watch
  lynq rollout undo web --to-revision 3
`;

/** `lynq rollout`. */
export const rolloutCommand: Command = {
  name: "rollout",
  usage: "status|pause|resume|undo FORM",
  summary: "show and steer how a form's newest content spreads",
  help,
  run,
};

interface Call {
  readonly cluster: CommandCluster;
  readonly form: LynqFormObject;
  readonly options: GivenOptions;
  readonly environment: Environment;
}

async function run(args: readonly string[], environment: Environment): Promise<number> {
  const options = parseOptions(args, rules, { name: "status|pause|resume|undo FORM", least: 2, most: 2 });
  const [given = "", reference = ""] = options.positionals;
  const verb = verbs.find(one => one === given);
  if (verb === undefined) throw new UsageError(`there is no rollout ${given}${didYouMean(given, verbs)}`);
  if (options.flags.has("watch") && verb !== "status") throw new UsageError(`${verb} takes no --watch`);
  if (options.values.has("to-revision") && verb !== "undo") throw new UsageError(`${verb} takes no --to-revision`);
  const { name } = parseReference(reference.includes("/") ? reference : `form/${reference}`, ["form"]);
  const cluster = CommandCluster.open(options, environment.env);
  try {
    const form = toForm(await cluster.client.get(FORMS, { namespace: cluster.namespace, name }));
    return await actions[verb]({ cluster, form, options, environment });
  } finally {
    cluster.close();
  }
}

const actions: Readonly<Record<Verb, (call: Call) => Promise<number>>> = { status, pause, resume, undo };

async function status(call: Call): Promise<number> {
  const { cluster, form, options, environment } = call;
  if (options.flags.has("watch")) return await watch(call);
  const { stdout, env } = environment;
  const { namespace, name = "" } = form.metadata;
  const labelSelector = `${LABEL_FORM}=${labelValue(name)}`;
  const [nodes, history] = await Promise.all([
    cluster.client.list(NODES, { namespace, labelSelector }),
    revisionHistory(cluster.client, form),
  ]);
  const own = nodes.items.map(toNode).filter(node => node.spec.templateRef === name);
  stdout.write(rolloutReport(form, own, history, paletteFor(stdout, env)));
  return rolloutState(form).outcome === "stopped" ? 1 : 0;
}

/** A line for each change, until nothing more comes by itself or by a resume. */
async function watch({ cluster, form, environment: { stdout, stderr } }: Call): Promise<number> {
  const { namespace, name = "" } = form.metadata;
  let told = "";
  let end: (code: number) => void = () => undefined;
  const ended = new Promise<number>(resolve => (end = resolve));
  const informer = new Informer<LynqFormObject>({
    client: cluster.client,
    resource: FORMS,
    ...(namespace === undefined ? {} : { namespace }),
    fieldSelector: `metadata.name=${name}`,
    toFact: toForm,
    onError: error => {
      stderr.write(`lynq rollout: ${error instanceof Error ? error.message : String(error)}; tried again\n`);
    },
    onChange: (_, current) => {
      if (current === undefined) {
        stderr.write(`lynq rollout: form ${name} is gone\n`);
        end(1);
        return;
      }
      const { phase, message, outcome } = rolloutState(current);
      const line = `${phase}: ${message}\n`;
      if (line !== told) stdout.write(line);
      told = line;
      if (outcome !== "running") end(outcome === "complete" ? 0 : 1);
    },
  });
  informer.start();
  const code = await ended;
  await informer.stop();
  return code;
}

async function pause(call: Call): Promise<number> {
  const { name = "", generation } = call.form.metadata;
  if (call.form.spec.rollout?.paused === true) {
    call.environment.stdout.write(`form ${name} is paused already\n`);
    return 0;
  }
  const { metadata } = await patch(call, { spec: { rollout: { paused: true } } });
  const was = metadata.generation === generation ? " already" : "";
  call.environment.stdout.write(`form ${name} is paused${was}: no further node moves until lynq rollout resume\n`);
  return 0;
}

async function resume(call: Call): Promise<number> {
  const { stdout, stderr } = call.environment;
  const { name = "" } = call.form.metadata;
  const { approval, stepName = "" } = call.form.status?.rollout ?? {};
  const paused = call.form.spec.rollout?.paused === true;
  const approved = call.form.metadata.annotations?.[ANNOTATION_APPROVE_STEP] === approval;
  if (!paused && approval === undefined) {
    stderr.write(`lynq rollout: form ${name} is not paused, and no step of it waits for an approval\n`);
    return 1;
  }
  await patch(call, {
    ...(paused ? { spec: { rollout: { paused: false } } } : {}),
    ...(approval === undefined ? {} : { metadata: { annotations: { [ANNOTATION_APPROVE_STEP]: approval } } }),
  });
  if (paused) stdout.write(`form ${name} is resumed\n`);
  if (approval !== undefined) stdout.write(`step ${stepName} is approved${approved ? " already" : ""}\n`);
  return 0;
}

async function undo(call: Call): Promise<number> {
  const { cluster, form, options, environment } = call;
  const { stdout, stderr } = environment;
  const { name = "" } = form.metadata;
  const history = await revisionHistory(cluster.client, form);
  const wanted = single(options, "to-revision");
  const target = undoTarget(form, history, wanted);
  if (target === undefined) {
    const known = history.map(({ number, name: revision }) => `${number} (${revision})`).join(", ") || "none";
    const what = wanted === undefined ? "an older revision" : `a revision ${wanted}`;
    stderr.write(`lynq rollout: form ${name} has not kept ${what}; kept: ${known}\n`);
    return 1;
  }
  if (target.name === form.status?.currentRevision) {
    stderr.write(`lynq rollout: form ${name} has the content of revision ${target.number} (${target.name}) now\n`);
    return 1;
  }
  await patch(call, undoPatch(form, target.object));
  stdout.write(`form ${name} has the content of revision ${target.number} (${target.name}) again\n`);
  if (form.spec.rollout?.paused === true) {
    stdout.write("it is paused: its nodes follow after lynq rollout resume\n");
  }
  return 0;
}

function patch({ cluster, form }: Call, body: object) {
  const { namespace, name = "" } = form.metadata;
  return cluster.client.mergePatch(FORMS, { namespace, name }, body, { fieldManager: COMMAND_FIELD_MANAGER });
}
