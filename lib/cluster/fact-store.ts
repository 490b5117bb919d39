/** The facts that an informer keeps, one for each object, and what a list or an event changes in them. */

import { type KubernetesObject } from "../blueprint/object";
import { objectKey } from "./resource";

/** `ADDED` and `MODIFIED` also come from lists, for what changed while nobody watched; so does `DELETED`. */
export type ChangeType = "ADDED" | "MODIFIED" | "DELETED";

export type OnChange<Fact> = (
  key: string,
  fact: Fact | undefined,
  previous: Fact | undefined,
  type: ChangeType,
) => void;

/** Objects that are nobody's business here: nothing is kept of them. */
export interface Others {
  readonly accepts: (object: KubernetesObject) => boolean;
  /** One that is not kept has come or changed, or is gone. */
  readonly onOther?: (object: KubernetesObject, type: ChangeType) => void;
}

interface Entry<Fact> {
  fact: Fact;
  resourceVersion: string;
  /** Number of the list that saw it last. */
  list: number;
}

export class FactStore<Fact> {
  private readonly entries = new Map<string, Entry<Fact>>();
  private list = 0;

  constructor(
    private readonly toFact: (object: KubernetesObject) => Fact,
    private readonly onChange: OnChange<Fact>,
    private readonly onError: (error: unknown) => void,
    private readonly others: Others = { accepts: () => true },
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: string): Fact | undefined {
    return this.entries.get(key)?.fact;
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  keys(): IterableIterator<string> {
    return this.entries.keys();
  }

  *facts(): Generator<[key: string, fact: Fact], void, undefined> {
    for (const [key, entry] of this.entries) yield [key, entry.fact];
  }

  /** From here on, objects belong to a new list. */
  beginList(): void {
    this.list++;
  }

  /** The list is complete: what it did not name is gone. */
  endList(): void {
    for (const [key, entry] of this.entries) if (entry.list !== this.list) this.drop(key, entry);
  }

  upsert(object: KubernetesObject): void {
    const key = objectKey(object.metadata);
    const resourceVersion = object.metadata.resourceVersion ?? "";
    const entry = this.entries.get(key);
    if (!this.others.accepts(object)) {
      if (entry !== undefined) this.drop(key, entry);
      this.others.onOther?.(object, "MODIFIED");
      return;
    }
    if (entry !== undefined) {
      entry.list = this.list;
      if (entry.resourceVersion === resourceVersion && resourceVersion !== "") return;
    }
    let fact: Fact;
    try {
      fact = this.toFact(object);
    } catch (error) {
      // Present, though not understood: keep what was known rather than report a deletion.
      this.onError(error);
      return;
    }
    if (entry === undefined) {
      this.entries.set(key, { fact, resourceVersion, list: this.list });
      this.onChange(key, fact, undefined, "ADDED");
      return;
    }
    const previous = entry.fact;
    entry.fact = fact;
    entry.resourceVersion = resourceVersion;
    this.onChange(key, fact, previous, "MODIFIED");
  }

  remove(object: KubernetesObject): void {
    const key = objectKey(object.metadata);
    const entry = this.entries.get(key);
    if (entry !== undefined) this.drop(key, entry);
    else this.others.onOther?.(object, "DELETED");
  }

  private drop(key: string, entry: Entry<Fact>): void {
    this.entries.delete(key);
    this.onChange(key, undefined, entry.fact, "DELETED");
  }
}
