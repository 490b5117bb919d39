import { isPlainObject, type KubernetesObject, parseGroupVersionKind } from "../../lib/blueprint/object";
import { ApiClient, ApiError, type ApiResource, Discovery, loadConnection } from "../../lib/cluster";

const apiVersions = {
  ConfigMap: "v1",
  ControllerRevision: "apps/v1",
  CustomResourceDefinition: "apiextensions.k8s.io/v1",
  Deployment: "apps/v1",
  Event: "v1",
  Ingress: "networking.k8s.io/v1",
  Job: "batch/v1",
  LynqForm: "operator.lynq.sh/v1",
  LynqHub: "operator.lynq.sh/v1",
  LynqNode: "operator.lynq.sh/v1",
  Namespace: "v1",
  PersistentVolume: "v1",
  PersistentVolumeClaim: "v1",
  Service: "v1",
} as const;

export type Kind = keyof typeof apiVersions;

/** An object: `Deployment acme-corp/acme-corp-app`; without a namespace it is the reader's own, or none. */
export type Reference = `${Kind} ${string}`;

const isKind = (name: string): name is Kind => Object.hasOwn(apiVersions, name);

function parse(reference: Reference): {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string;
} {
  const [kind = "", path = ""] = reference.split(" ");
  if (!isKind(kind)) throw new Error(`${reference} names no kind that is known here`);
  const slash = path.indexOf("/");
  return { kind, namespace: slash < 0 ? undefined : path.slice(0, slash), name: path.slice(slash + 1) };
}

/** Reads the API server directly, so that nothing that a command printed has to be believed. */
export class ClusterReader {
  readonly #client: ApiClient;
  readonly #discovery: Discovery;

  constructor(kubeconfigPath: string) {
    this.#client = new ApiClient(loadConnection({ kubeconfig: kubeconfigPath }));
    this.#discovery = new Discovery(this.#client, { refreshSpacingMs: 0 });
  }

  /** Undefined when there is no such object. */
  async find(reference: Reference, defaultNamespace: string): Promise<KubernetesObject | undefined> {
    const { kind, namespace = defaultNamespace, name } = parse(reference);
    const resource = await this.#resource(kind);
    try {
      return await this.#client.get(resource, resource.namespaced ? { namespace, name } : { name });
    } catch (error) {
      if (error instanceof ApiError && error.isNotFound()) return undefined;
      throw error;
    }
  }

  async list(kind: Kind, namespace: string, labelSelector?: string): Promise<readonly KubernetesObject[]> {
    const options = labelSelector === undefined ? { namespace } : { namespace, labelSelector };
    return (await this.#client.list(await this.#resource(kind), options)).items;
  }

  /** The events about an object, by its name. */
  async events(
    name: string,
    namespace: string,
  ): Promise<readonly { readonly reason: string; readonly message: string }[]> {
    return (await this.list("Event", namespace)).flatMap(event => {
      const about = event["involvedObject"];
      return isPlainObject(about) && about["name"] === name
        ? [{ reason: String(event["reason"]), message: String(event["message"]) }]
        : [];
    });
  }

  async #resource(kind: Kind): Promise<ApiResource> {
    const apiVersion = apiVersions[kind];
    const resource = await this.#discovery.resolve(parseGroupVersionKind(apiVersion, kind));
    if (resource === undefined) throw new Error(`the API server does not serve ${apiVersion} ${kind}`);
    return resource;
  }
}
