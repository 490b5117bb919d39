import { accessSync, constants, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

import { run } from "../command";
import { SetupError } from "../errors";
import { withLock } from "../lock";
import { firstLine, type Log, step } from "../log";
import { findOnPath, isExecutable } from "../executable";
import { onShutdown } from "../shutdown";
import { download } from "./download";
import { type BinaryName, type ControlPlaneBinary, controlPlaneBinaries, toolOf } from "./tools";

/** Where each binary of the control plane lies. */
export type Binaries = Readonly<Record<ControlPlaneBinary, string>>;

/** Where binaries are looked for: an environment as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of ours in the user's cache, as the XDG base directory specification has it. */
export const cacheFolder = (environment: Environment = process.env): string =>
  join(environment["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "lynq");

/** Where a binary is kept once it has been built: one folder per tool and version. */
export function cachedPath(binary: BinaryName, environment: Environment = process.env): string {
  const { name, version } = toolOf(binary);
  return join(cacheFolder(environment), "bin", `${name}-${version}`, binary);
}

/** A binary that exists already: in KUBEBUILDER_ASSETS, else in the cache. */
export function findBinary(binary: BinaryName, environment: Environment = process.env): string | undefined {
  const assets = environment["KUBEBUILDER_ASSETS"];
  const candidates = [...(assets ? [join(assets, binary)] : []), cachedPath(binary, environment)];
  return candidates.find(isExecutable);
}

async function build(go: string, binary: BinaryName, target: string, say: (line: string) => void): Promise<void> {
  const tool = toolOf(binary);
  const linker = ["-s", "-w", ...tool.variables.flatMap(each => ["-X", each])].join(" ");
  const args = ["build", "-mod=readonly", "-trimpath", "-ldflags", linker, "-o", target, tool.packageOf(binary)];
  const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
  const { code, stderr } = await run(go, args, { cwd: tool.folder, env, onLine: say });
  if (code !== 0) throw new Error(`go build ${binary} failed: ${stderr.trim().split("\n").slice(-2).join(" ")}`);
}

/** Builds or downloads one binary to `target`. @throws SetupError in one line when neither is possible. */
async function provide(binary: BinaryName, target: string, log: Log): Promise<void> {
  const failures: string[] = [];
  const workFolder = `${target}.download`;
  const go = findOnPath("go");
  try {
    if (go !== undefined) {
      const what = `${binary} ${toolOf(binary).version}, built from source once (minutes)`;
      await step(log, what, say => build(go, binary, target, say)).catch((error: unknown) => {
        failures.push(firstLine(error));
      });
      if (failures.length === 0) return;
    } else failures.push("Go is not on PATH");
    await step(log, `${binary}, downloaded`, () => download(binary, target, workFolder));
  } catch (error) {
    failures.push(firstLine(error));
    throw new SetupError(
      `${binary} is missing (${failures.join("; ")}): install Go 1.26 or newer, or put the binary into the folder that KUBEBUILDER_ASSETS names`,
    );
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
}

async function ensureBinary(binary: BinaryName, log: Log): Promise<string> {
  const found = findBinary(binary);
  if (found !== undefined) return found;
  const path = cachedPath(binary);
  const temporary = `${path}.${process.pid}`;
  mkdirSync(dirname(path), { recursive: true });
  const forget = onShutdown(() => {
    rmSync(temporary, { force: true });
  });
  try {
    await provide(binary, temporary, log);
    // Renamed when it is whole: a half-written binary is never found.
    renameSync(temporary, path);
  } finally {
    forget();
    rmSync(temporary, { force: true });
  }
  return path;
}

/** @throws SetupError when binaries cannot be kept there. */
function assertWritable(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch {
    throw new SetupError(
      `${folder} cannot be written, and the binaries of the local cluster belong there: set XDG_CACHE_HOME to a folder of yours`,
    );
  }
}

/** Runs `work` as the only process of this machine that provides binaries. */
async function alone<T>(log: Log, work: () => Promise<T>): Promise<T> {
  const folder = join(cacheFolder(), "bin");
  assertWritable(folder);
  let waitedFor: number | undefined;
  const onWait = (pid: number) => {
    if (waitedFor !== pid) log(`… process ${pid} is providing the binaries, waiting for it`);
    waitedFor = pid;
  };
  return withLock(join(folder, "lock"), onWait, work);
}

/**
 * Finds the binaries of the control plane, or provides them: from KUBEBUILDER_ASSETS, else the cache, else built with Go, else downloaded.
 *
 * @throws SetupError in one line that says what to install, when a binary cannot be had.
 */
export async function ensureBinaries(log: Log): Promise<Binaries> {
  const all = async (): Promise<Binaries> => ({
    etcd: await ensureBinary("etcd", log),
    "kube-apiserver": await ensureBinary("kube-apiserver", log),
    kubectl: await ensureBinary("kubectl", log),
    "kube-controller-manager": await ensureBinary("kube-controller-manager", log),
    "kube-scheduler": await ensureBinary("kube-scheduler", log),
    kwok: await ensureBinary("kwok", log),
  });
  return controlPlaneBinaries.every(each => findBinary(each) !== undefined) ? all() : alone(log, all);
}

const ensureAlone = async (binary: BinaryName, log: Log): Promise<string> =>
  findBinary(binary) ?? (await alone(log, () => ensureBinary(binary, log)));

/** As {@link ensureBinaries}, for kubectl alone. */
export const ensureKubectl = (log: Log): Promise<string> => ensureAlone("kubectl", log);

/** As {@link ensureBinaries}, for helm, which installs the releases that a migration takes over. */
export const ensureHelm = (log: Log): Promise<string> => ensureAlone("helm", log);
