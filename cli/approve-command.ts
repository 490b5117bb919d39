import { approvalSources } from "./approvals";
import { type PendingApproval } from "./approvals/approval";
import { clusterOptions, CommandCluster } from "./cluster/connection";
import { parseReference, type Reference, type ReferenceKind } from "./cluster/reference";
import { type Command } from "./command";
import { parseOptions, single } from "./command-line";
import { type Environment } from "./environment";
import { approveHelp } from "./help";

const rules = { ...clusterOptions, digest: { value: "DIGEST" } };
const positional = { name: "hub/NAME or form/NAME", least: 1, most: 1 };

/** `lynq approve`. */
export const approveCommand: Command = {
  name: "approve",
  usage: "hub/NAME|form/NAME [--digest …]",
  summary: "show what is held back, and let exactly that go",
  help: approveHelp,
  run,
};

async function run(args: readonly string[], { stdout, stderr, env }: Environment): Promise<number> {
  const options = parseOptions(args, rules, positional);
  const kinds = [...new Set(approvalSources.map(({ kind }) => kind))];
  const reference = parseReference(options.positionals[0] ?? "", kinds);
  const cluster = CommandCluster.open(options, env);
  try {
    const { namespace } = cluster;
    const object = await cluster.client.get(reference.resource, { namespace, name: reference.name });
    const pending = approvalSources
      .filter(({ kind }) => isOf(reference, kind))
      .flatMap(source => source.pending(object));
    const digest = single(options, "digest");
    if (digest === undefined) {
      stdout.write(
        pending.length === 0 ? `${reference.text}: nothing is held back\n` : shown(reference, namespace, pending),
      );
      return 0;
    }
    const approved = pending.find(one => one.digest === digest);
    if (approved === undefined) {
      stderr.write(
        `lynq approve: ${reference.text} holds nothing back under the digest ${JSON.stringify(digest)}; nothing was let go\n`,
      );
      stderr.write(
        pending.length === 0
          ? `${reference.text}: nothing is held back\n`
          : `What it holds back now:\n${shown(reference, namespace, pending)}`,
      );
      return 1;
    }
    await cluster.client.mergePatch(
      reference.resource,
      { namespace, name: reference.name },
      { metadata: { uid: object.metadata.uid, annotations: { [approved.annotation]: digest } } },
    );
    stdout.write(`${reference.text}: approved: ${approved.what}\n`);
    return 0;
  } finally {
    cluster.close();
  }
}

function isOf({ text }: Reference, kind: ReferenceKind): boolean {
  return text.startsWith(`${kind}/`);
}

function shown({ text }: Reference, namespace: string, pending: readonly PendingApproval[]): string {
  return pending
    .map(
      ({ what, digest, details, condition }) =>
        `${text}: ${what}:\n${details.map(line => `  ${line}\n`).join("")}${condition}: lynq approve ${text} --digest ${digest} -n ${namespace}\n`,
    )
    .join("\n");
}
