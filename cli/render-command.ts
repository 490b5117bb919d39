import { type Command } from "./command";
import { parseOptions, type GivenOptions, single } from "./command-line";
import { type Environment } from "./environment";
import { renderHelp } from "./help";
import { BuiltinKinds } from "./kinds/builtin";
import { ClusterKinds } from "./kinds/cluster";
import { type KindLookup } from "./kinds/kind-lookup";
import { printObjects } from "./print-objects";
import { projectSchemas } from "./project";
import { render } from "./render";
import { givenDatabase } from "./row/database-url";
import { DatabaseRow } from "./row/database-row";
import { givenRow, isRowGiven, rowOptions } from "./row/given-row-options";
import { type RecordSource } from "./row/record-source";
import { SourceFiles } from "./source-files";
import { formatFinding, paletteFor } from "./terminal";
import { UsageError } from "./usage-error";

const rules = {
  filename: { short: "f", value: "FILE", multiple: true },
  hub: { value: "FILE", multiple: true },
  form: { value: "NAME" },
  ...rowOptions,
  uid: { value: "UID" },
  namespace: { short: "n", value: "NAME" },
  "with-cluster": {},
  context: { value: "NAME" },
  "cluster-scoped": { value: "KIND", multiple: true },
  "show-sensitive": {},
};

/** `lynq render`. */
export const renderCommand: Command = {
  name: "render",
  usage: "-f form.yaml …",
  summary: "print the objects that would be applied for a row",
  help: renderHelp,
  run,
};

async function run(args: readonly string[], environment: Environment): Promise<number> {
  const options = parseOptions(args, rules);
  const { stdin, stdout, stderr, env } = environment;
  const { values, flags } = options;
  const paths = new Set([...(values.get("filename") ?? []), ...(values.get("hub") ?? [])]);
  if (paths.size === 0) throw new UsageError("which form? give -f FILE");
  const files = new SourceFiles(stdin);
  const row = await recordSource(options, files, environment);
  const sources = await Promise.all([...paths].map(path => files.read(path)));
  const kinds = kindLookup(options);
  const form = single(options, "form");
  const namespace = single(options, "namespace");
  try {
    const { objects, findings, notes } = await render({
      sources,
      schemas: projectSchemas(),
      row,
      kinds,
      ...(form === undefined ? {} : { form }),
      ...(namespace === undefined ? {} : { namespace }),
      showSensitive: flags.has("show-sensitive"),
    });
    stdout.write(printObjects(objects));
    const palette = paletteFor(stderr, env);
    for (const note of notes) stderr.write(`${palette.dim(`# ${note}`)}\n`);
    for (const finding of findings) stderr.write(`${formatFinding(finding, palette)}\n`);
    return findings.length === 0 ? 0 : 1;
  } finally {
    kinds.close();
  }
}

async function recordSource(options: GivenOptions, files: SourceFiles, { env }: Environment): Promise<RecordSource> {
  const uid = single(options, "uid");
  const option = single(options, "database-url");
  if (isRowGiven(options)) {
    if (option !== undefined || uid !== undefined) {
      throw new UsageError("--database-url with --uid reads the row; --row and --set give it: one of both");
    }
  }
  const row = await givenRow(options, files);
  if (row !== undefined) return row;
  if (uid === undefined && (option ?? env["LYNQ_DATABASE_URL"] ?? "") !== "") {
    throw new UsageError("which row of the table? give --uid");
  }
  const address = givenDatabase(option, env);
  if (uid === undefined) {
    throw new UsageError("which row? give --row FILE, --set uid=NAME, or --database-url URL with --uid");
  }
  if (address === undefined) {
    throw new UsageError("--uid needs --database-url; to make up a row write --set uid=NAME");
  }
  return new DatabaseRow(address, uid);
}

function kindLookup(options: GivenOptions): KindLookup {
  const context = single(options, "context");
  if (options.flags.has("with-cluster")) return new ClusterKinds(context);
  if (context !== undefined) throw new UsageError("--context needs --with-cluster");
  return new BuiltinKinds(new Set(options.values.get("cluster-scoped")));
}
