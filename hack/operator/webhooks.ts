import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

import { parseAllDocuments } from "yaml";

import { type Cluster, mustKubectl } from "../cluster/cluster";
import { waitUntil } from "../wait";

type Fields = Readonly<Record<string, unknown>>;

/** A webhook configuration as `pepr build` generates it. */
export interface WebhookConfiguration extends Fields {
  readonly kind: "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration";
  readonly metadata: { readonly name: string };
  readonly webhooks: readonly Fields[];
}

/** Where the operator listens, and who signed its certificate. */
export interface WebhookServer {
  /** `https://localhost:PORT`; the host must be a name in the certificate. */
  readonly url: string;
  /** The part of the path that only the API server knows. */
  readonly apiPath: string;
  /** PEM text. */
  readonly authority: string;
}

const kinds = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"] as const;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function isWebhookConfiguration(value: unknown): value is WebhookConfiguration {
  if (!isFields(value) || !kinds.some(kind => kind === value["kind"])) return false;
  const { metadata, webhooks } = value;
  return (
    isFields(metadata) && typeof metadata["name"] === "string" && Array.isArray(webhooks) && webhooks.every(isFields)
  );
}

/** The webhook configurations among the documents of a manifest. */
export const webhookConfigurations = (manifest: string): readonly WebhookConfiguration[] =>
  parseAllDocuments(manifest)
    .map(document => {
      const value: unknown = document.toJS();
      return value;
    })
    .filter(isWebhookConfiguration);

/** The same rules, policies and selectors, answered by a server outside of the cluster in the place of a Service. */
export function withServer(configuration: WebhookConfiguration, server: WebhookServer): WebhookConfiguration {
  const verb = configuration.kind === "MutatingWebhookConfiguration" ? "mutate" : "validate";
  const clientConfig = {
    url: `${server.url}/${verb}/${server.apiPath}`,
    caBundle: Buffer.from(server.authority).toString("base64"),
  };
  return { ...configuration, webhooks: configuration.webhooks.map(webhook => ({ ...webhook, clientConfig })) };
}

/** A webhook that nothing answers, for objects with one label only: once it refuses them, the API server knows all that came before it. */
function probeFor(kind: WebhookConfiguration["kind"], label: string): WebhookConfiguration {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind,
    metadata: { name: label },
    webhooks: [
      {
        name: "probe.lynq.sh",
        admissionReviewVersions: ["v1"],
        clientConfig: { url: "https://localhost:1/" },
        failurePolicy: "Fail",
        sideEffects: "None",
        timeoutSeconds: 1,
        objectSelector: { matchLabels: { [label]: "yes" } },
        rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps"] }],
      },
    ],
  };
}

async function awaitAdmission(cluster: Cluster, kind: WebhookConfiguration["kind"]): Promise<void> {
  const label = `lynq-probe-${randomBytes(4).toString("hex")}`;
  const metadata = { name: label, namespace: "default", labels: { [label]: "yes" } };
  const object = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata });
  await mustKubectl(cluster, ["create", "-f", "-"], JSON.stringify(probeFor(kind, label)));
  try {
    await waitUntil(
      kind,
      async () => {
        const { stderr } = await cluster.kubectl(["create", "--dry-run=server", "-f", "-"], { input: object });
        return stderr.includes("failed calling webhook") ? undefined : stderr.trim() || "not called yet";
      },
      { interval: 50 },
    );
  } finally {
    await cluster.kubectl(["delete", kind, label, "--ignore-not-found"]);
  }
}

/** Registers the webhooks of a generated manifest with a server of ours; resolves when the API server calls them. */
export async function registerWebhooks(cluster: Cluster, manifestPath: string, server: WebhookServer): Promise<void> {
  const configurations = webhookConfigurations(readFileSync(manifestPath, "utf8"));
  for (const configuration of configurations) {
    const input = JSON.stringify(withServer(configuration, server));
    await mustKubectl(
      cluster,
      ["apply", "--server-side", "--force-conflicts", "--field-manager=lynq-install", "-f", "-"],
      input,
    );
  }
  await Promise.all(configurations.map(({ kind }) => awaitAdmission(cluster, kind)));
}

/** Removes the webhooks: while they exist and nobody answers, every write to our kinds fails. */
export async function removeWebhooks(cluster: Cluster, manifestPath: string): Promise<void> {
  for (const { kind, metadata } of webhookConfigurations(readFileSync(manifestPath, "utf8")))
    await mustKubectl(cluster, ["delete", kind, metadata.name, "--ignore-not-found"]);
}
