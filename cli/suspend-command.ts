import { ANNOTATION_SUSPEND } from "../lib/metadata";
import { clusterOptions, CommandCluster } from "./cluster/connection";
import { parseReference } from "./cluster/reference";
import { type Command } from "./command";
import { parseOptions } from "./command-line";
import { type Environment } from "./environment";
import { resumeHelp, suspendHelp } from "./help";

const positional = { name: "hub/NAME, form/NAME or node/NAME", least: 1, most: Infinity };

/** `lynq suspend`. */
export const suspendCommand: Command = {
  name: "suspend",
  usage: "hub/NAME|form/NAME|node/NAME …",
  summary: "leave it as it is until it is resumed",
  help: suspendHelp,
  run: (args, environment) => set(args, environment, true),
};

/** `lynq resume`. */
export const resumeCommand: Command = {
  name: "resume",
  usage: "hub/NAME|form/NAME|node/NAME …",
  summary: "go on with what was suspended",
  help: resumeHelp,
  run: (args, environment) => set(args, environment, false),
};

async function set(args: readonly string[], { stdout, env }: Environment, suspend: boolean): Promise<number> {
  const options = parseOptions(args, clusterOptions, positional);
  const references = options.positionals.map(text => parseReference(text, ["hub", "form", "node"]));
  const cluster = CommandCluster.open(options, env);
  try {
    for (const { resource, name, text } of references) {
      const patch =
        resource.kind === "LynqNode"
          ? { metadata: { annotations: { [ANNOTATION_SUSPEND]: suspend ? "true" : null } } }
          : { spec: { suspend } };
      await cluster.client.mergePatch(resource, { namespace: cluster.namespace, name }, patch);
      stdout.write(`${text} is ${suspend ? "suspended" : "resumed"}\n`);
    }
    return 0;
  } finally {
    cluster.close();
  }
}
