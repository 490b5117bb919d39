import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Authority, createAuthority, issueCertificate, type KeyPair } from "../certificate";

/** Who may talk to the API server, and how its clients know it. */
export interface Credentials {
  readonly authority: Authority;
  readonly serving: KeyPair;
  /** Signs and checks the tokens of service accounts. */
  readonly serviceAccount: KeyPair;
  /** A user of the group system:masters. */
  readonly adminToken: string;
  /** The user `lynq-operator`, who has no rights until RBAC gives some. */
  readonly operatorToken: string;
  readonly tokenPath: string;
}

/** The name under which RBAC knows the operator. */
export const operatorUser = "lynq-operator";

/** Writes keys, certificates and the token file of one control plane into `folder`. */
export async function createCredentials(folder: string): Promise<Credentials> {
  const authority = await createAuthority(folder, "lynq-local-ca");
  const [serving, serviceAccount] = await Promise.all([
    issueCertificate(authority, folder, {
      name: "kube-apiserver",
      commonName: "kube-apiserver",
      dnsNames: ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"],
      addresses: ["127.0.0.1", "10.0.0.1"],
      usage: "serverAuth",
    }),
    issueCertificate(authority, folder, {
      name: "service-account",
      commonName: "service-account",
      usage: "clientAuth",
    }),
  ]);
  const adminToken = randomBytes(24).toString("hex");
  const operatorToken = randomBytes(24).toString("hex");
  const tokenPath = join(folder, "tokens.csv");
  const users = [`${adminToken},admin,admin,"system:masters"`, `${operatorToken},${operatorUser},${operatorUser}`];
  writeFileSync(tokenPath, `${users.join("\n")}\n`, { mode: 0o600 });
  return { authority, serving, serviceAccount, adminToken, operatorToken, tokenPath };
}
