import { type LynqFormObject, type LynqHubObject, type LynqNodeObject } from "../crds";
import { compileBlueprint } from "../lib/blueprint/compile";
import { BlueprintError } from "../lib/blueprint/errors";
import { ApiError } from "../lib/cluster";
import { Adopter } from "../lib/controllers/planning/adoption";
import { FORMS, HUBS, NODES, SECRETS, toForm, toHub, toNode } from "../lib/controllers/kinds";
import { ResourcePreparer } from "../lib/controllers/node/node-resources";
import { readValues, type SensitiveValues } from "../lib/controllers/node-values";
import { type NodeCase } from "../lib/controllers/planning/plan-node";
import { nodeName } from "../lib/record/node-name";
import { type HubRecord } from "../lib/record/record";
import { TemplateCache } from "../lib/template";
import { adviceFor, isBlocked } from "./adopt/advice";
import { adoptHelp } from "./adopt/adopt-help";
import { adoptionDocument, adoptionText, adoptionYaml, type RowAdoption } from "./adopt/print";
import { clusterOptions, CommandCluster } from "./cluster/connection";
import { parseReference } from "./cluster/reference";
import { type Command } from "./command";
import { type GivenOptions, parseOptions, single } from "./command-line";
import { type Environment } from "./environment";
import { DatabaseRow } from "./row/database-row";
import { givenDatabase } from "./row/database-url";
import { givenRow, rowOptions } from "./row/given-row-options";
import { RowError } from "./row/record-source";
import { SourceFiles } from "./source-files";
import { paletteFor } from "./terminal";
import { UsageError } from "./usage-error";

const rules = {
  ...clusterOptions,
  ...rowOptions,
  uid: { value: "UID", multiple: true },
  output: { short: "o", value: "FORMAT" },
};
const positional = { name: "FORM", least: 1, most: 1 };
const formats = ["table", "json", "yaml"];
const cachedTemplates = 10_000;

/** `lynq adopt`. */
export const adoptCommand: Command = {
  name: "adopt",
  usage: "FORM --uid UID …",
  summary: "compare what a form would give to a row with what exists, before anything is taken over",
  help: adoptHelp,
  run,
};

/** What the values of one row are, and which node they are for. */
interface RowValues {
  readonly values: ReadonlyMap<string, string>;
  readonly sensitive: SensitiveValues | undefined;
  readonly unknownSensitive: boolean;
}

async function run(args: readonly string[], environment: Environment): Promise<number> {
  const { stdin, stdout, env } = environment;
  const options = parseOptions(args, rules, positional);
  const uids = options.values.get("uid") ?? [];
  const output = single(options, "output") ?? "table";
  if (!formats.includes(output)) throw new UsageError(`--output is one of ${formats.join(", ")}`);
  const row = await givenRow(options, new SourceFiles(stdin));
  if (uids.length === 0 && row === undefined) throw new UsageError("which row? give --uid UID");
  if (uids.length > 1 && row !== undefined) throw new UsageError("--row and --set give one row; give one --uid");
  const [given = ""] = options.positionals;
  const name = given.includes("/") ? parseReference(given, ["form"]).name : given;

  const cluster = CommandCluster.open(options, env);
  try {
    const { client, namespace } = cluster;
    const form = toForm(await client.get(FORMS, { namespace, name }));
    const hub = toHub(await client.get(HUBS, { namespace, name: form.spec.hubId }));
    const formNames = (await client.list(FORMS, { namespace })).items.map(({ metadata }) => metadata.name ?? "");
    const nodes = (await client.list(NODES, { namespace })).items.map(toNode);
    const adopter = new Adopter(new ResourcePreparer(cluster.discovery, cluster.schemas), client);
    const blueprint = compile(form);

    const records = row === undefined ? undefined : (await row.records(hub)).records;
    const wanted = uids.length === 0 ? (records ?? []).map(record => record.uid) : uids;
    const rows: RowAdoption[] = [];
    for (const uid of wanted) {
      const node = nodes.find(({ spec }) => spec.uid === uid && spec.templateRef === name);
      const found = await valuesOf(cluster, hub, uid, node, records, options, env);
      const nodeIdentity = {
        namespace,
        name: node?.metadata.name ?? nodeName(uid, name, formNames),
        ...(node?.metadata.uid === undefined ? {} : { uid: node.metadata.uid }),
        hub: form.spec.hubId,
        form: name,
        recordUid: uid,
      };
      const { values, sensitive, unknownSensitive } = found;
      const one: NodeCase = {
        node: nodeIdentity,
        after: { blueprint, values, sensitive },
        before: undefined,
        inventory: [],
        unknownSensitive,
      };
      const objects = await adopter.examine(one);
      const next = adviceFor(objects);
      rows.push({ row: uid, node: `${namespace}/${nodeIdentity.name}`, nodeExists: node !== undefined, objects, next });
    }
    switch (output) {
      case "json":
        stdout.write(`${JSON.stringify(adoptionDocument(name, namespace, rows), undefined, 2)}\n`);
        break;
      case "yaml":
        stdout.write(adoptionYaml(name, namespace, rows));
        break;
      default:
        stdout.write(adoptionText(rows, paletteFor(stdout, env)));
    }
    return rows.some(({ objects }) => objects.some(isBlocked)) ? 1 : 0;
  } finally {
    cluster.close();
  }
}

function compile(form: LynqFormObject) {
  try {
    return compileBlueprint(form.spec, new TemplateCache(cachedTemplates));
  } catch (error) {
    if (error instanceof BlueprintError) throw new RowError(`form ${form.metadata.name ?? ""}: ${error.message}`);
    throw error;
  }
}

/** Given on the command line, else read from the table, else known by the node. @throws RowError when nobody knows them */
async function valuesOf(
  cluster: CommandCluster,
  hub: LynqHubObject,
  uid: string,
  node: LynqNodeObject | undefined,
  given: readonly HubRecord[] | undefined,
  options: GivenOptions,
  env: Environment["env"],
): Promise<RowValues> {
  const address = givenDatabase(single(options, "database-url"), env);
  const records =
    given ?? (address === undefined ? undefined : (await new DatabaseRow(address, uid).records(hub)).records);
  if (records !== undefined) {
    const [record, ...twins] = records;
    if (record === undefined || twins.length > 0) {
      throw new RowError(
        `there are ${records.length} rows with the uid ${JSON.stringify(uid)}; a sync takes none of them`,
      );
    }
    if (given !== undefined && record.uid !== "" && record.uid !== uid) {
      throw new RowError(`the given row has the uid ${JSON.stringify(record.uid)}, not ${JSON.stringify(uid)}`);
    }
    return split(new Map([...record.values, ["uid", uid]]), hub);
  }
  if (node === undefined) {
    throw new RowError(
      `row ${JSON.stringify(uid)} has no LynqNode that would tell its values; give --database-url URL, --row FILE or --set NAME=VALUE`,
    );
  }
  return await nodeValues(cluster, node);
}

function split(values: ReadonlyMap<string, string>, hub: LynqHubObject): RowValues {
  const names = new Set(hub.spec.sensitiveValues);
  const [sensitive, open] = [true, false].map(
    wanted => new Map([...values].filter(([name]) => names.has(name) === wanted)),
  );
  return {
    values: open ?? new Map(),
    sensitive: names.size === 0 ? undefined : { values: sensitive ?? new Map(), hashKey: "" },
    unknownSensitive: false,
  };
}

async function nodeValues({ client, namespace }: CommandCluster, { spec }: LynqNodeObject): Promise<RowValues> {
  const values = new Map(Object.entries(spec.values ?? {}));
  const name = spec.sensitiveValuesRef?.name;
  if (name === undefined) return { values, sensitive: undefined, unknownSensitive: false };
  try {
    return { values, sensitive: readValues(await client.get(SECRETS, { namespace, name })), unknownSensitive: false };
  } catch (error) {
    if (!(error instanceof ApiError && (error.isForbidden() || error.isNotFound()))) throw error;
    throw new RowError(
      `the sensitive values of row ${JSON.stringify(spec.uid)} are in Secret ${namespace}/${name}, which cannot be read: ${error.serverMessage}; give the row with --row or --database-url`,
    );
  }
}
