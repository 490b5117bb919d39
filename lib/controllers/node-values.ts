import { randomBytes } from "node:crypto";
import { type LynqNodeObject } from "../../crds";
import { isPlainObject, type KubernetesObject } from "../blueprint/object";
import { ApiError, type ApiClient, Informer } from "../cluster";
import { API_GROUP, API_VERSION, FIELD_MANAGER, LABEL_HUB, LABEL_SENSITIVE_VALUES } from "../metadata";
import { labelValue } from "../record/label-value";
import { shortHash } from "../record/short-hash";
import { SECRETS } from "./kinds";
import { decodeSecret } from "./secrets";

/** A node's sensitive values, and the key under which hashes of its objects are kept from being guessed at. */
export interface SensitiveValues {
  readonly values: ReadonlyMap<string, string>;
  readonly hashKey: string;
}

/** A Secret of that name belongs to somebody else. */
export class SecretTakenError extends Error {
  override readonly name = "SecretTakenError";
}

const VALUES_KEY = "values.json";
/** Data key of a Secret that holds a key for hashes. */
export const HASH_KEY = "hash-key";

/** Sensitive values of nodes, each in a Secret that the node owns; followed by one watch, read from memory. */
export class NodeValues {
  private readonly informer: Informer<SensitiveValues>;

  constructor(
    private readonly client: ApiClient,
    onChange: (secretKey: string) => void,
    onError: (error: unknown) => void,
  ) {
    this.informer = new Informer<SensitiveValues>({
      client,
      resource: SECRETS,
      labelSelector: `${LABEL_SENSITIVE_VALUES}=true`,
      toFact: readValues,
      onChange,
      onError,
    });
  }

  start(): void {
    this.informer.start();
  }

  ready(signal?: AbortSignal): Promise<void> {
    return this.informer.waitForSync(signal);
  }

  stop(): Promise<void> {
    return this.informer.stop();
  }

  /** Undefined when the node's Secret does not exist (yet). */
  of(namespace: string, secret: string): SensitiveValues | undefined {
    return this.informer.get(`${namespace}/${secret}`);
  }

  /** Writes the node's Secret when its values differ. */
  async write(node: LynqNodeObject, values: ReadonlyMap<string, string>): Promise<void> {
    const name = node.spec.sensitiveValuesRef?.name;
    const { namespace = "", uid = "" } = node.metadata;
    if (name === undefined) return;
    const known = this.of(namespace, name);
    if (known !== undefined && sameValues(known.values, values)) return;
    const secret: KubernetesObject = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        namespace,
        name,
        labels: { [LABEL_SENSITIVE_VALUES]: "true", [LABEL_HUB]: labelValue(node.spec.hubId ?? "") },
        ownerReferences: [
          {
            apiVersion: `${API_GROUP}/${API_VERSION}`,
            kind: "LynqNode",
            name: node.metadata.name ?? "",
            uid,
            controller: true,
          },
        ],
      },
      type: "Opaque",
      data: {
        [VALUES_KEY]: encode(JSON.stringify(Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1))))),
        [HASH_KEY]: encode(known?.hashKey ?? randomBytes(16).toString("hex")),
      },
    };
    await this.store(secret, node);
  }

  /** Creates, or changes what is this node's already; a Secret of that name that is somebody else's is left alone. */
  private async store(secret: KubernetesObject, node: LynqNodeObject): Promise<void> {
    const { namespace, name = "" } = secret.metadata;
    const options = { fieldManager: FIELD_MANAGER };
    try {
      await this.client.apply(SECRETS, { ...secret, metadata: { ...secret.metadata, resourceVersion: "1" } }, options);
    } catch (error) {
      if (!(error instanceof ApiError && error.isConflict())) throw error;
      const live = await this.client.get(SECRETS, { namespace, name });
      if (live.metadata.ownerReferences?.some(owner => owner.uid === node.metadata.uid) !== true) {
        throw new SecretTakenError(
          `Secret ${namespace ?? ""}/${name} is where the sensitive values of LynqNode ${node.metadata.name ?? ""} belong, but it is somebody else's; rename it`,
        );
      }
      // The store may lag behind: the key stays, so that no hash of the node's objects changes with it.
      const { hashKey } = readValues(live);
      const data = { ...(isPlainObject(secret["data"]) ? secret["data"] : {}), [HASH_KEY]: encode(hashKey) };
      await this.client.apply(
        SECRETS,
        { ...secret, metadata: { ...secret.metadata, uid: live.metadata.uid }, data },
        { ...options, force: true },
      );
    }
  }
}

function encode(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

/** Name of the Secret of a node. */
export function valuesSecretName(node: string): string {
  const name = `${node}-values`;
  return name.length <= 253 ? name : `${node.slice(0, 230).replace(/[-.]+$/, "")}-${shortHash(node)}-values`;
}

export function sameValues(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}

/** Content of a Secret with values. */
export function readValues(secret: KubernetesObject): SensitiveValues {
  const data = decodeSecret(secret);
  const parsed: unknown = JSON.parse(data.get(VALUES_KEY) ?? "{}");
  const entries = isPlainObject(parsed) ? Object.entries(parsed) : [];
  return {
    values: new Map(entries.flatMap(([key, value]) => (typeof value === "string" ? [[key, value] as const] : []))),
    hashKey: data.get(HASH_KEY) ?? "",
  };
}
