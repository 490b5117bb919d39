import { writeFileSync } from "node:fs";

import { stringify } from "yaml";

export interface Access {
  readonly server: string;
  /** The PEM text of the authority that signed the server's certificate. */
  readonly authority: string;
  readonly user: string;
  readonly token: string;
}

/** The kubeconfig of one user of one cluster, readable by its owner only. */
export function writeKubeconfig(path: string, { server, authority, user, token }: Access): void {
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "lynq-local",
        cluster: { server, "certificate-authority-data": Buffer.from(authority).toString("base64") },
      },
    ],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: "lynq-local", context: { cluster: "lynq-local", user } }],
    "current-context": "lynq-local",
  };
  // kubectl reads YAML 1.1, where more words need quotes.
  writeFileSync(path, stringify(config, { version: "1.1" }), { mode: 0o600 });
}
