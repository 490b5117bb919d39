import { type KubernetesObject } from "../../../../lib/blueprint/object";
import { type ApiClient, type ApiResource, Informer, type ObjectKey } from "../../../../lib/cluster";
import { now } from "../clock";

/** Somebody who edits what is not theirs. */
const vandal = "bench-vandal";

/** What is done to an object, and how one sees that it is whole again. */
export interface Injury {
  readonly name: string;
  readonly resource: ApiResource;
  /** The object of this sample. */
  readonly target: (index: number) => string;
  /** A merge patch of fields that the operator manages; undefined: the object is deleted. */
  readonly patch: object | undefined;
  /** Whether the object has the fields of the patch. */
  readonly isHurt: (object: KubernetesObject) => boolean;
}

/**
 * Hurts one object.
 *
 * @returns milliseconds until it was whole again; undefined when it was not within the limit: what was edited is then put back.
 */
export async function hurt(
  client: ApiClient,
  { resource, patch, isHurt }: Injury,
  key: ObjectKey,
  limitMs: number,
): Promise<number | undefined> {
  const before = await client.get(resource, key);
  const { uid } = before.metadata;
  const watched = new WatchedObject(client, resource, key, object =>
    patch === undefined ? object.metadata.uid !== uid : !isHurt(object),
  );
  await watched.start();
  try {
    const healed = watched.healed(limitMs);
    const started = now();
    if (patch === undefined) await client.delete(resource, key, { propagationPolicy: "Background" });
    else await client.mergePatch(resource, key, patch, { fieldManager: vandal });
    const at = await healed;
    if (at === undefined && patch !== undefined) await putBack(client, resource, key, before);
    return at === undefined ? undefined : Math.max(0, at - started);
  } finally {
    await watched.stop();
  }
}

/** One object, which is first hurt and then whole. */
class WatchedObject {
  private readonly informer: Informer<boolean>;
  private wasHurt = false;
  private onWhole: () => void = () => undefined;

  constructor(
    client: ApiClient,
    resource: ApiResource,
    { namespace, name }: ObjectKey,
    isWhole: (object: KubernetesObject) => boolean,
  ) {
    this.informer = new Informer<boolean>({
      client,
      resource,
      ...(namespace === undefined ? {} : { namespace }),
      fieldSelector: `metadata.name=${name}`,
      toFact: isWhole,
      onChange: (_, whole) => {
        if (whole !== true) this.wasHurt = true;
        else if (this.wasHurt) this.onWhole();
      },
    });
  }

  async start(): Promise<void> {
    this.informer.start();
    await this.informer.waitForSync();
    // Before a deletion the object is "not whole" by its UID.
    this.wasHurt = false;
  }

  stop(): Promise<void> {
    return this.informer.stop();
  }

  /** When it is whole after it was hurt; undefined when that takes longer than the limit. */
  healed(limitMs: number): Promise<number | undefined> {
    return new Promise(resolve => {
      const timer = setTimeout(() => {
        resolve(undefined);
      }, limitMs);
      this.onWhole = () => {
        clearTimeout(timer);
        resolve(now());
      };
    });
  }
}

/** The fields as they were, and nobody's: a manager who owned them would be in the operator's way for ever. */
async function putBack(
  client: ApiClient,
  resource: ApiResource,
  key: ObjectKey,
  before: KubernetesObject,
): Promise<void> {
  const { data, spec } = before;
  const patch = { ...(data === undefined ? {} : { data }), ...(spec === undefined ? {} : { spec }) };
  const { metadata } = await client.mergePatch(resource, key, patch, { fieldManager: vandal });
  const managedFields = (metadata.managedFields ?? []).filter(({ manager }) => manager !== vandal);
  await client.mergePatch(resource, key, { metadata: { managedFields } }, { fieldManager: vandal });
}
