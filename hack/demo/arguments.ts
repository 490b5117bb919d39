import { SetupError } from "../errors";

/** What the user asked `npm run demo` for. */
export interface DemoArguments {
  readonly help: boolean;
  /** Play, verify, and end. */
  readonly check: boolean;
  /** A context of the user's kubeconfig; a private control plane when left out. */
  readonly context: string | undefined;
  /** The user has read what will be created in that cluster. */
  readonly yes: boolean;
  /** The name under which that cluster's API server reaches this machine. */
  readonly webhookHost: string | undefined;
  /** Numbers of the scenes to play, from 1; all when empty. */
  readonly scenes: readonly number[];
}

export const usage = `npm run demo [-- OPTION…]

Plays Lynq's story on a private Kubernetes and a private MariaDB: every command is real, and every ✓ was read from the API server.
It stays up in the end, for you to try things, until Ctrl-C.

  --check               do not stay: end with "N passed, N failed"; exit code 1 when something failed
  --scene N[,N…]        play only these scenes
  --context NAME        play on this context of your kubeconfig; says first what it creates there, and asks for --yes
  --yes                 yes, create it
  --webhook-host HOST   with --context: the name or address under which that cluster's API server reaches this machine;
                        without it the webhooks, and the scene about them, are left out
  --help                this text`;

const withValue = ["--context", "--webhook-host", "--scene"] as const;
const flags = ["--help", "--check", "--yes"] as const;

function sceneNumbers(text: string, count: number): readonly number[] {
  return text.split(",").map(part => {
    const number = Number(part);
    if (Number.isInteger(number) && number >= 1 && number <= count) return number;
    throw new SetupError(`--scene ${text}: the scenes are 1 to ${count}, such as --scene 2 or --scene 2,4`);
  });
}

/**
 * Reads the command line.
 *
 * @param sceneCount how many scenes there are.
 * @throws SetupError in one line that says what is wrong with it.
 */
export function parseArguments(args: readonly string[], sceneCount: number): DemoArguments {
  const values = new Map<string, string>();
  const given = new Set<string>();
  for (let index = 0; index < args.length; index++) {
    const [name = "", attached] = (args[index] ?? "").split(/=(.*)/s);
    if (withValue.some(each => each === name)) {
      const value = attached ?? args[++index];
      if (value === undefined || value === "" || value.startsWith("--")) throw new SetupError(`${name} needs a value`);
      values.set(name, value);
    } else if (flags.some(each => each === name) && attached === undefined) given.add(name);
    else throw new SetupError(`unknown argument ${args[index] ?? ""}: npm run demo -- --help lists what there is`);
  }
  const context = values.get("--context");
  const webhookHost = values.get("--webhook-host");
  if (context === undefined && webhookHost !== undefined)
    throw new SetupError("--webhook-host goes with --context: a private control plane reaches this machine anyway");
  const scenes = values.get("--scene");
  return {
    help: given.has("--help"),
    check: given.has("--check"),
    yes: given.has("--yes"),
    context,
    webhookHost,
    scenes: scenes === undefined ? [] : sceneNumbers(scenes, sceneCount),
  };
}
