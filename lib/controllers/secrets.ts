import { type KubernetesObject, isPlainObject } from "../blueprint/object";
import { type ApiClient, Informer } from "../cluster";
import { SECRETS } from "./kinds";

/** Decoded content of a Secret. */
export type SecretData = ReadonlyMap<string, string>;

/** A Secret could not be read in time. */
export class SecretUnreadableError extends Error {
  override readonly name = "SecretUnreadableError";
}

/** Long enough for a healthy API server; a hub whose Secret cannot be read must not keep others waiting. */
const READ_MS = 10_000;

/** Follows single Secrets by name, so that reading one costs nothing and a change is noticed at once. */
export class Secrets {
  private readonly informers = new Map<string, Informer<SecretData>>();

  constructor(
    private readonly client: ApiClient,
    private readonly onChange: (namespace: string, name: string) => void,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** The Secret's content; undefined when there is no such Secret. */
  async read(namespace: string, name: string, signal: AbortSignal): Promise<SecretData | undefined> {
    const key = `${namespace}/${name}`;
    let informer = this.informers.get(key);
    if (informer === undefined) {
      informer = new Informer<SecretData>({
        client: this.client,
        resource: SECRETS,
        namespace,
        fieldSelector: `metadata.name=${name}`,
        toFact: decodeSecret,
        onChange: () => {
          this.onChange(namespace, name);
        },
        onError: this.onError,
      });
      this.informers.set(key, informer);
      informer.start();
    }
    try {
      await informer.waitForSync(AbortSignal.any([signal, AbortSignal.timeout(READ_MS)]));
    } catch (error) {
      if (signal.aborted) throw error;
      throw new SecretUnreadableError(
        `Secret ${key} cannot be read; the operator may lack the right to list and watch it`,
      );
    }
    return informer.get(key);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.informers.values()].map(informer => informer.stop()));
  }
}

/** Base64 texts of `data` as text. */
export function decodeSecret(secret: KubernetesObject): SecretData {
  const data = secret["data"];
  const entries = isPlainObject(data) ? Object.entries(data) : [];
  return new Map(
    entries.flatMap(([key, value]) =>
      typeof value === "string" ? [[key, Buffer.from(value, "base64").toString("utf8")] as const] : [],
    ),
  );
}
