import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { mustRun } from "../command";
import { type BinaryName, toolOf } from "./tools";

/** The archive of etcd, kube-apiserver and kubectl that controller-tools publishes; the newest one of our minor version. */
const archive = {
  version: "v1.36.2",
  // SHA-512, from envtest-releases.yaml of kubernetes-sigs/controller-tools.
  digests: {
    "linux-amd64":
      "ea743186c8a799f5cf8faf16969f86189d003cb7d130e0ac4b58789f1e5748dcf30ebe91c837a10d5ac415383da3e10b9e64d65785c938c23e739781cfb76f08",
    "linux-arm64":
      "2d72ee985a8e262a3c57dc9f7f0fd891f6a8c7bf7ebaa2db6dc6d8eac8ae28181afe51c1f368b67756cdb40b10de9b205609e1726e5f27f7c6d824dd9c6649ac",
    "darwin-amd64":
      "b4fe9f973cd1992e3880f8b230ed32c0c243b83371591e3e3315f4404df2cdbef8ee94eeb9bb245b7e5feb987d5c4a76c43e0877654ab73f00d7bbc2b9984514",
    "darwin-arm64":
      "9278f9e5af556b2f1f2d139769c1f0d717c7b4426917fdebdba898bcb725a916e4910d6160886194ff9be9589ea7c5c32c2b8ae0754703874b7c8ba8ddfc41ce",
  } as Readonly<Record<string, string>>,
};

const inArchive: readonly BinaryName[] = ["etcd", "kube-apiserver", "kubectl"];

/** This machine as release names spell it: `linux-amd64`. */
const platform = (): string => `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;

/** How long a server may take to answer at all (milliseconds). */
const answerLimit = 20_000;

async function get(url: string): Promise<Buffer> {
  const abort = new AbortController();
  const timer = setTimeout(() => {
    abort.abort();
  }, answerLimit);
  const answer = fetch(url, { signal: abort.signal }).then(async response => {
    clearTimeout(timer);
    return response.ok ? Buffer.from(await response.arrayBuffer()) : response.status;
  });
  const content = await answer.catch((error: unknown) => {
    clearTimeout(timer);
    throw new Error(`${url} could not be read`, { cause: error });
  });
  if (typeof content === "number") throw new Error(`${url} answered ${content}`);
  return content;
}

/** @throws Error when the digest of `content` is another one. */
export function verify(
  content: Buffer,
  expected: string,
  url: string,
  algorithm: "sha256" | "sha512" = "sha512",
): void {
  const actual = createHash(algorithm).update(content).digest("hex");
  if (actual === expected) return;
  const name = algorithm.replace("sha", "SHA-");
  throw new Error(`${url} has ${name} ${actual.slice(0, 16)}…, not ${expected.slice(0, 16)}…`);
}

async function fromArchive(binary: BinaryName, target: string, workFolder: string): Promise<void> {
  const digest = archive.digests[platform()];
  if (digest === undefined) throw new Error(`no envtest archive is known for ${platform()}`);
  const name = `envtest-${archive.version}`;
  const releases = "https://github.com/kubernetes-sigs/controller-tools/releases/download";
  const url = `${releases}/${name}/${name}-${platform()}.tar.gz`;
  const content = await get(url);
  verify(content, digest, url);
  mkdirSync(workFolder, { recursive: true });
  const file = join(workFolder, "envtest.tar.gz");
  writeFileSync(file, content);
  await mustRun("tar", ["-xzf", file, "-C", workFolder]);
  copyFileSync(join(workFolder, "controller-tools", "envtest", binary), target);
}

async function fromKubernetes(binary: BinaryName, version: string, target: string): Promise<void> {
  const url = `https://dl.k8s.io/release/${version}/bin/${platform().replace("-", "/")}/${binary}`;
  const content = await get(url);
  verify(content, (await get(`${url}.sha512`)).toString("utf8").trim().split(/\s/)[0] ?? "", url);
  writeFileSync(target, content);
}

/** kwok publishes no digests: that it comes from its release over TLS is all there is. */
async function fromKwok(version: string, target: string): Promise<void> {
  const releases = "https://github.com/kubernetes-sigs/kwok/releases/download";
  writeFileSync(target, await get(`${releases}/${version}/kwok-${platform()}`));
}

/** get.helm.sh publishes SHA-256 digests beside its archives. */
async function fromHelm(version: string, target: string, workFolder: string): Promise<void> {
  const url = `https://get.helm.sh/helm-${version}-${platform()}.tar.gz`;
  const content = await get(url);
  verify(content, (await get(`${url}.sha256`)).toString("utf8").trim().split(/\s/)[0] ?? "", url, "sha256");
  mkdirSync(workFolder, { recursive: true });
  const file = join(workFolder, "helm.tar.gz");
  writeFileSync(file, content);
  await mustRun("tar", ["-xzf", file, "-C", workFolder]);
  copyFileSync(join(workFolder, platform(), "helm"), target);
}

/**
 * Downloads a released binary to `target`.
 *
 * @param workFolder an empty folder for what the download leaves behind.
 * @throws Error naming the address that could not be read, or the digest that was wrong.
 */
export async function download(binary: BinaryName, target: string, workFolder: string): Promise<void> {
  const { version } = toolOf(binary);
  if (inArchive.includes(binary)) await fromArchive(binary, target, workFolder);
  else if (binary === "kwok") await fromKwok(version, target);
  else if (binary === "helm") await fromHelm(version, target, workFolder);
  else await fromKubernetes(binary, version, target);
  chmodSync(target, 0o755);
}
