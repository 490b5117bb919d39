import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { mustRun } from "./command";
import { SetupError } from "./errors";
import { findOnPath } from "./executable";

/** Paths of a certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificatePath: string;
  readonly keyPath: string;
}

/** A certificate authority of our own, for servers that live as long as one run. */
export interface Authority extends KeyPair {
  /** The PEM text of its certificate. */
  readonly certificate: string;
}

export interface CertificateRequest {
  /** The base name of its files. */
  readonly name: string;
  readonly commonName: string;
  readonly dnsNames?: readonly string[];
  readonly addresses?: readonly string[];
  readonly usage: "serverAuth" | "clientAuth";
}

const days = "3650";
const ellipticKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

async function openssl(args: readonly string[]): Promise<void> {
  const file = findOnPath("openssl");
  if (file === undefined) throw new SetupError("openssl is missing: install it (Debian: apt-get install openssl)");
  await mustRun(file, args);
}

/** Creates an authority in `folder`. @throws SetupError when openssl is missing. */
export async function createAuthority(folder: string, commonName: string): Promise<Authority> {
  const certificatePath = join(folder, "ca.crt");
  const keyPath = join(folder, "ca.key");
  await openssl([
    ...["req", "-x509", ...ellipticKey, "-days", days, "-subj", `/CN=${commonName}`, "-keyout", keyPath],
    ...["-out", certificatePath, "-addext", "keyUsage=critical,keyCertSign,cRLSign"],
  ]);
  return { certificatePath, keyPath, certificate: readFileSync(certificatePath, "utf8") };
}

/** Issues a certificate signed by `authority` into `folder`. */
export async function issueCertificate(
  authority: Authority,
  folder: string,
  { name, commonName, dnsNames = [], addresses = [], usage }: CertificateRequest,
): Promise<KeyPair> {
  const file = (extension: string) => join(folder, `${name}.${extension}`);
  const certificatePath = file("crt");
  const keyPath = file("key");
  const requestPath = file("csr");
  const extensionPath = file("ext");
  const subjects = [...dnsNames.map(each => `DNS:${each}`), ...addresses.map(each => `IP:${each}`)];
  const extensions = [`extendedKeyUsage=${usage}`];
  if (subjects.length > 0) extensions.push(`subjectAltName=${subjects.join(",")}`);
  writeFileSync(extensionPath, `${extensions.join("\n")}\n`);
  await openssl(["req", ...ellipticKey, "-subj", `/CN=${commonName}`, "-keyout", keyPath, "-out", requestPath]);
  await openssl([
    ...["x509", "-req", "-in", requestPath, "-days", days, "-out", certificatePath, "-extfile", extensionPath],
    ...["-CA", authority.certificatePath, "-CAkey", authority.keyPath, "-CAcreateserial"],
  ]);
  return { certificatePath, keyPath };
}
