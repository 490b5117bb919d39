import { type FormResource, type LynqFormSpec } from "../../../crds";
import { type KubernetesObject } from "../../../lib/blueprint/object";
import { type Database, type RootAccess } from "../../database/mariadb";

/** Names that everything of the bench has in the cluster. */
export const hubName = "tenants";
export const formName = "app";
export const databaseSecret = "bench-database";
export const syncIntervalMs = 5_000;

/** The image before and after the change of the form. */
export const images = { first: "registry.example.com/app:1", second: "registry.example.com/app:2" } as const;

const labels = { app: "{{ .uid }}" };

const resource = (id: string, spec: Record<string, unknown>, more: Partial<FormResource> = {}): FormResource => ({
  id,
  nameTemplate: `{{ .uid }}-${id}`,
  spec,
  ...more,
});

function deployment(image: string): Record<string, unknown> {
  const container = {
    name: "app",
    image,
    ports: [{ name: "http", containerPort: 8080 }],
    envFrom: [{ configMapRef: { name: "{{ .uid }}-config" } }, { secretRef: { name: "{{ .uid }}-secret" } }],
    resources: { requests: { cpu: "10m", memory: "16Mi" } },
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    spec: {
      replicas: "{{ .replicas | int }}",
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  };
}

/**
 * The form of five resources: ConfigMap, Secret, Deployment with waitForReady, a Service that depends on it, Ingress. Nothing in it is of ours
 * alone: selector and types are spelled out.
 */
export const formSpec = (image: string = images.first): LynqFormSpec => ({
  hubId: hubName,
  configMaps: [
    resource("config", {
      apiVersion: "v1",
      kind: "ConfigMap",
      data: { tenant: "{{ .uid }}", plan: "{{ .plan }}", url: "https://{{ .uid }}.example.com" },
    }),
  ],
  secrets: [
    resource("secret", { apiVersion: "v1", kind: "Secret", type: "Opaque", stringData: { token: "{{ .token }}" } }),
  ],
  deployments: [resource("app", deployment(image), { waitForReady: true, timeoutSeconds: 3_600 })],
  services: [
    resource(
      "svc",
      {
        apiVersion: "v1",
        kind: "Service",
        spec: { selector: labels, ports: [{ name: "http", port: 80, targetPort: "http" }] },
      },
      { dependIds: ["app"] },
    ),
  ],
  ingresses: [
    resource("web", {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      spec: {
        rules: [
          {
            host: "{{ .uid }}.example.com",
            http: {
              paths: [
                {
                  path: "/",
                  pathType: "Prefix",
                  backend: { service: { name: "{{ .uid }}-svc", port: { number: 80 } } },
                },
              ],
            },
          },
        ],
      },
    }),
  ],
});

export const formManifest = (namespace: string, spec: LynqFormSpec): KubernetesObject => ({
  apiVersion: "operator.lynq.sh/v1",
  kind: "LynqForm",
  metadata: { namespace, name: formName },
  spec,
});

export interface HubOptions {
  readonly namespace: string;
  readonly server: RootAccess;
  readonly database: Database;
  readonly table: string;
  /** A column. */
  readonly changeMark?: string | undefined;
}

/** A hub that every Lynq understands; with a change mark, ours alone. */
export const hubManifest = ({ namespace, server, database, table, changeMark }: HubOptions): KubernetesObject => ({
  apiVersion: "operator.lynq.sh/v1",
  kind: "LynqHub",
  metadata: { namespace, name: hubName },
  spec: {
    source: {
      type: "mysql",
      syncInterval: `${syncIntervalMs / 1_000}s`,
      mysql: {
        host: server.host,
        port: server.port,
        username: database.user,
        passwordRef: { name: databaseSecret, key: "password" },
        database: database.name,
        table,
      },
      ...(changeMark === undefined ? {} : { changeMark: { column: changeMark } }),
    },
    valueMappings: { uid: "id", activate: "active" },
    extraValueMappings: { plan: "plan", replicas: "replicas", token: "token" },
  },
});
