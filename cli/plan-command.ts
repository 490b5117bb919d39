import { existsSync } from "node:fs";
import { HubPlan } from "../lib/controllers/planning/plan-hub";
import { ListedObjects } from "../lib/controllers/planning/listed-objects";
import { NodePlanner } from "../lib/controllers/planning/plan-node";
import { ResourcePreparer } from "../lib/controllers/node/node-resources";
import { Revisions } from "../lib/controllers/form/revisions";
import { LABEL_HUB, LABEL_NODE_NAMESPACE, LABEL_UID } from "../lib/metadata";
import { entryGvk } from "../lib/plan/inventory";
import { isChange, needsHelp, type NodePlan } from "../lib/plan/object-plan";
import { changesAnything, PlanCounter } from "../lib/plan/plan-summary";
import { labelValue } from "../lib/record/label-value";
import { TemplateCache } from "../lib/template";
import { clusterOptions, CommandCluster } from "./cluster/connection";
import { type Command } from "./command";
import { type GivenOptions, parseOptions, single } from "./command-line";
import { type Environment } from "./environment";
import { lint } from "./lint";
import { planHelp } from "./plan/plan-help";
import { planDocument, planText, planYaml, type PrintedPlan } from "./plan/print-plan";
import { readTable, tryTable } from "./plan/rows";
import { NodeSecrets } from "./plan/sensitive-values";
import { type PlanTarget, planTargets } from "./plan/targets";
import { Progress } from "./progress";
import { projectSchemas } from "./project";
import { type DatabaseAddress, givenDatabase } from "./row/database-url";
import { SourceFiles } from "./source-files";
import { formatFinding, paletteFor } from "./terminal";
import { UsageError } from "./usage-error";

const rules = {
  ...clusterOptions,
  filename: { short: "f", value: "FILE", multiple: true },
  hub: { value: "NAME|FILE" },
  "database-url": { value: "URL" },
  uid: { value: "UID", multiple: true },
  sample: { value: "N" },
  output: { short: "o", value: "FORMAT" },
  "exit-code": {},
};

const formats = ["table", "json", "yaml"] as const;
type Format = (typeof formats)[number];

/** `lynq plan`. */
export const planCommand: Command = {
  name: "plan",
  usage: "[-f form.yaml …]",
  summary: "show what a change would do to every row's objects",
  help: planHelp,
  run: async (args, environment) => {
    if (!args.includes("--exit-code")) return await run(args, environment);
    try {
      return await run(args, environment);
    } catch (error) {
      // 2 says that something would change, and nothing else.
      if (!(error instanceof UsageError)) throw error;
      environment.stderr.write(`lynq plan: ${error.message} (see lynq plan --help)\n`);
      return 1;
    }
  },
};

/** What is planned, as the command line says. */
interface Request {
  readonly paths: readonly string[];
  readonly hubName: string | undefined;
  readonly database: DatabaseAddress | undefined;
  readonly uids: readonly string[];
  readonly sample: number | undefined;
  readonly format: Format;
}

async function run(args: readonly string[], environment: Environment): Promise<number> {
  const { stdin, stdout, stderr, env } = environment;
  const options = parseOptions(args, rules);
  const request = readRequest(options, env);
  const files = new SourceFiles(stdin);
  const linted = lint(await Promise.all(request.paths.map(path => files.read(path))), projectSchemas());
  const errors = linted.findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0) {
    for (const finding of errors) stderr.write(`${formatFinding(finding, paletteFor(stderr, env))}\n`);
    return 1;
  }
  const cluster = CommandCluster.open(options, env);
  try {
    const plan = await makePlan(cluster, request, linted, environment);
    stdout.write(printed(plan, request.format, environment));
    return exitCode(plan, options.flags.has("exit-code"));
  } finally {
    cluster.close();
  }
}

function readRequest(options: GivenOptions, env: Environment["env"]): Request {
  const hub = single(options, "hub");
  const hubIsFile = hub !== undefined && (hub === "-" || /[./]/.test(hub)) && (hub === "-" || existsSync(hub));
  const sample = single(options, "sample");
  if (sample !== undefined && !/^[1-9]\d{0,8}$/.test(sample))
    throw new UsageError("--sample takes a number of rows: --sample 20");
  const uids = options.values.get("uid") ?? [];
  if (sample !== undefined && uids.length > 0)
    throw new UsageError("--sample picks rows, and --uid names them: one of both");
  const output = single(options, "output") ?? "table";
  const format = formats.find(one => one === output);
  if (format === undefined) throw new UsageError(`-o takes ${formats.join(", ")}, not ${JSON.stringify(output)}`);
  return {
    paths: [...new Set([...(options.values.get("filename") ?? []), ...(hubIsFile ? [hub] : [])])],
    hubName: hubIsFile ? undefined : hub,
    database: givenDatabase(single(options, "database-url"), env),
    uids,
    sample: sample === undefined ? undefined : Number(sample),
    format,
  };
}

async function makePlan(
  cluster: CommandCluster,
  request: Request,
  files: ReturnType<typeof lint>,
  { stderr }: Environment,
): Promise<PrintedPlan> {
  const revisions = new Revisions(cluster.client, new TemplateCache(10_000));
  const { hubName } = request;
  const targets = await planTargets(cluster, { files, hubName, namespace: cluster.namespace, revisions });
  const counter = new PlanCounter();
  const nodes: NodePlan[] = [];
  const notes: string[] = [];
  for (const target of targets) {
    notes.push(...target.notes);
    const plan = await planTarget(cluster, request, target, files.forms.length + files.hubs.length === 0, notes);
    const chosen = chooseRows(plan.rows, request, notes);
    const live = new ListedObjects(cluster.client, cluster.discovery);
    if (chosen.size > 0) await live.read(kindsOf(target), selector(cluster.namespace, target, chosen));
    for (const [kind, why] of live.unreadable)
      notes.push(`${kind} cannot be listed, so that what exists of them is not known: ${why}`);
    const planner = new NodePlanner(new ResourcePreparer(cluster.discovery, cluster.schemas), live, cluster.client);
    const progress = new Progress(stderr, "nodes planned", plan.count(chosen));
    try {
      await plan.run(chosen, planner, revisions, node => {
        progress.step();
        counter.add(node);
        if (node.action === "create" || node.action === "delete" || node.objects.some(isChange)) nodes.push(node);
      });
    } finally {
      progress.clear();
    }
  }
  nodes.sort((a, b) => compare(a.row, b.row) || compare(a.form, b.form));
  return { summary: counter.summary(), nodes, notes: [...new Set(notes)] };
}

async function planTarget(
  cluster: CommandCluster,
  { database }: Request,
  { hub, forms, nodes, allNodes, formNames }: PlanTarget,
  nextSync: boolean,
  notes: string[],
): Promise<HubPlan> {
  const table =
    database !== undefined
      ? await readTable(database, hub)
      : nextSync
        ? await tryTable(cluster, hub)
        : { rows: undefined, notes: [] };
  notes.push(...table.notes);
  if (table.rows === undefined) {
    notes.push(
      `the rows of hub ${hub.metadata.name ?? ""} are those that its nodes know; rows that are new, changed or gone since were not looked at (see --database-url)`,
    );
  }
  const secrets = await NodeSecrets.read(cluster, allNodes);
  if (secrets.refusal !== undefined) {
    notes.push(`sensitive values have stand-ins, and what they are part of is not compared: ${secrets.refusal}`);
  }
  return new HubPlan({
    hub,
    forms,
    nodes,
    knowing: allNodes,
    formNames,
    rows: table.rows,
    now: new Date(),
    sensitive: node => secrets.of(node),
  });
}

function chooseRows(rows: readonly string[], { uids, sample }: Request, notes: string[]): ReadonlySet<string> {
  if (uids.length > 0) {
    const missing = uids.filter(uid => !rows.includes(uid));
    if (missing.length > 0) notes.push(`no row has the uid ${missing.map(uid => JSON.stringify(uid)).join(", ")}`);
    return new Set(uids);
  }
  if (sample === undefined || sample >= rows.length) return new Set(rows);
  notes.push(`a sample of ${sample} of ${rows.length} rows`);
  return new Set(Array.from({ length: sample }, (_, index) => rows[Math.floor((index * rows.length) / sample)] ?? ""));
}

/** Every kind that the nodes have objects of, or would. */
function kindsOf({ forms, nodes }: PlanTarget) {
  return [
    ...forms.flatMap(({ revision }) => revision.blueprint.resources.map(({ gvk }) => gvk)),
    ...nodes.flatMap(({ status }) => (status?.inventory ?? []).map(entryGvk)),
  ];
}

/** Rows that are named one by one in a selector, rather than reading the objects of all. */
const NAMED_ROWS = 50;

function selector(namespace: string, { hub }: PlanTarget, rows: ReadonlySet<string>): string {
  const parts = [
    `${LABEL_NODE_NAMESPACE}=${namespace}`,
    `${LABEL_HUB}=${labelValue(hub.metadata.name ?? "")}`,
    ...(rows.size > NAMED_ROWS ? [] : [`${LABEL_UID} in (${[...rows].map(labelValue).join(",")})`]),
  ];
  return parts.join(",");
}

function printed(plan: PrintedPlan, format: Format, { stdout, env }: Environment): string {
  switch (format) {
    case "json":
      return `${JSON.stringify(planDocument(plan), undefined, 2)}\n`;
    case "yaml":
      return planYaml(plan);
    case "table":
      return planText(plan, paletteFor(stdout, env));
  }
}

function exitCode({ summary, nodes }: PrintedPlan, detailed: boolean): number {
  if (nodes.some(({ objects }) => objects.some(needsHelp))) return 1;
  return detailed && changesAnything(summary) ? 2 : 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
