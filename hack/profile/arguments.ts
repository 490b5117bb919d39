import { SetupError } from "../errors";

export interface ProfileArguments {
  readonly help: boolean;
  /** Rows whose stacks are made. */
  readonly rows: number;
  /** `host:port` of a Node process that runs already; a private operator is started when left out. */
  readonly attach: string | undefined;
  /** How long a process that runs already is watched. */
  readonly seconds: number;
  readonly heap: boolean;
}

export const usage = `npm run profile [-- OPTION…]

Profiles the operator: starts a private Kubernetes, MariaDB and operator, makes stacks of five objects, starts the operator again, and tells for
both which functions ran longest, and what then lives in its heap. The files are in profiles/, for Chrome DevTools.

  --rows N              so many stacks (default 300)
  --attach HOST:PORT    profile a process that runs, instead: kill -USR1 lets a Node process be inspected on port 9229
  --seconds N           with --attach: for so long (default 30)
  --no-heap             no snapshot of the heap, which stops the process for as long as it is written
  --help                this text`;

/** @throws SetupError in one line that says what is wrong */
export function parseArguments(args: readonly string[]): ProfileArguments {
  const values = new Map<string, string>();
  const rest = args.flatMap(arg => arg.split(/=(.*)/s, 2));
  for (let index = 0; index < rest.length; index++) {
    const name = rest[index] ?? "";
    if (["--help", "--no-heap"].includes(name)) values.set(name, "");
    else if (["--rows", "--attach", "--seconds"].includes(name)) values.set(name, rest[++index] ?? "");
    else throw new SetupError(`unknown argument ${name}: npm run profile -- --help lists what there is`);
  }
  const number = (name: string, otherwise: number): number => {
    const text = values.get(name);
    if (text === undefined) return otherwise;
    if (!/^[1-9]\d{0,5}$/.test(text)) throw new SetupError(`${name} ${text}: a whole number is wanted, from 1`);
    return Number(text);
  };
  const attach = values.get("--attach");
  if (attach !== undefined && !/^[^:/]+:\d+$/.test(attach))
    throw new SetupError(`--attach ${attach}: HOST:PORT is wanted, such as 127.0.0.1:9229`);
  return {
    help: values.has("--help"),
    rows: number("--rows", 300),
    attach,
    seconds: number("--seconds", 30),
    heap: !values.has("--no-heap"),
  };
}
