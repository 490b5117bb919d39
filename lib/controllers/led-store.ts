import { type Informer } from "../cluster";

/** What of a store this process answers for: of several processes that work, each tells of its own, and one that waits tells of nothing. */
export class LedStore<Object> {
  constructor(
    private readonly store: Pick<Informer<Object>, "size" | "get" | "facts">,
    private readonly isOurs: (object: Object) => boolean,
  ) {}

  /** At most so many. */
  get size(): number {
    return this.store.size;
  }

  get(key: string): Object | undefined {
    const object = this.store.get(key);
    return object !== undefined && this.isOurs(object) ? object : undefined;
  }

  *facts(): Generator<readonly [string, Object], void, undefined> {
    for (const entry of this.store.facts()) if (this.isOurs(entry[1])) yield entry;
  }
}
