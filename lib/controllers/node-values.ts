import { type LynqNodeObject } from "../../crds";
import { isPlainObject, type KubernetesObject } from "../blueprint/object";
import { ApiError, type ApiClient, Informer } from "../cluster";
import { FIELD_MANAGER, LABEL_HUB, LABEL_SENSITIVE_VALUES } from "../metadata";
import { SECRETS } from "./kinds";
import { asNew, encode, HASH_KEY, isOwnedBy, newHashKey, ownedSecret } from "./owned-secret";
import { decodeSecret } from "./secrets";
import { type Shard } from "./shard";

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
/** So long what we have written is believed in before the watch shows it. */
const BELIEF_MS = 30_000;

/** Sensitive values of nodes, each in a Secret that the node owns; followed by one watch, read from memory. */
export class NodeValues {
  private readonly informer: Informer<SensitiveValues>;
  /** What we have written, until the watch shows it; not for long, since it may be gone by then. */
  private readonly written = new Map<string, { readonly values: SensitiveValues; readonly until: number }>();

  constructor(
    client: ApiClient,
    private readonly now: () => number,
    shard: Shard,
    onChange: (secretKey: string) => void,
    onError: (error: unknown) => void,
  ) {
    this.informer = new Informer<SensitiveValues>({
      client,
      resource: SECRETS,
      labelSelector: `${LABEL_SENSITIVE_VALUES}=true`,
      toFact: readValues,
      others: { accepts: secret => isNeeded(secret, shard) },
      onChange: key => {
        this.written.delete(key);
        onChange(key);
      },
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
    const key = `${namespace}/${secret}`;
    const written = this.written.get(key);
    if (written !== undefined && written.until > this.now()) return written.values;
    this.written.delete(key);
    return this.informer.get(key);
  }

  /** Writes the node's Secret when its values differ. */
  async write(client: ApiClient, node: LynqNodeObject, values: ReadonlyMap<string, string>): Promise<void> {
    const name = node.spec.sensitiveValuesRef?.name;
    const { namespace = "" } = node.metadata;
    if (name === undefined) return;
    const known = this.of(namespace, name);
    if (known !== undefined && sameValues(known.values, values)) return;
    const hashKey = known?.hashKey ?? newHashKey();
    const secret = ownedSecret("LynqNode", node, {
      name,
      hub: node.spec.hubId ?? "",
      data: {
        [VALUES_KEY]: JSON.stringify(Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1)))),
        [HASH_KEY]: hashKey,
      },
    });
    const stored = { values: new Map(values), hashKey: await store(client, secret, node, hashKey) };
    this.written.set(`${namespace}/${name}`, { values: stored, until: this.now() + BELIEF_MS });
  }
}

/** Creates, or changes what is this node's already; a Secret of that name that is somebody else's is left alone. Answers the key that it has. */
async function store(
  client: ApiClient,
  secret: KubernetesObject,
  node: LynqNodeObject,
  newKey: string,
): Promise<string> {
  const { namespace, name = "" } = secret.metadata;
  const options = { fieldManager: FIELD_MANAGER };
  try {
    await client.apply(SECRETS, asNew(secret), options);
    return newKey;
  } catch (error) {
    if (!(error instanceof ApiError && error.isConflict())) throw error;
    const live = await client.get(SECRETS, { namespace, name });
    if (!isOwnedBy(live, node)) {
      throw new SecretTakenError(
        `Secret ${namespace ?? ""}/${name} is where the sensitive values of LynqNode ${node.metadata.name ?? ""} belong, but it is somebody else's; rename it`,
      );
    }
    // The store may lag behind: the key stays, so that no hash of the node's objects changes with it.
    const { hashKey } = readValues(live);
    const data = { ...(isPlainObject(secret["data"]) ? secret["data"] : {}), [HASH_KEY]: encode(hashKey) };
    await client.apply(
      SECRETS,
      { ...secret, metadata: { ...secret.metadata, uid: live.metadata.uid }, data },
      { ...options, force: true },
    );
    return hashKey;
  }
}

/** By the shard that looks after the node, and by the one that compares it with its row. */
function isNeeded(
  { metadata: { namespace = "", labels = {}, ownerReferences = [] } }: KubernetesObject,
  shard: Shard,
): boolean {
  return (
    shard.leadsHub(`${namespace}/${labels[LABEL_HUB] ?? ""}`) ||
    ownerReferences.some(({ name }) => shard.hasNode(`${namespace}/${name}`))
  );
}

function sameValues(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
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
