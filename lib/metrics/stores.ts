import { type LynqFormObject, type LynqHubObject, type LynqNodeObject } from "../../crds";

/** Objects of one kind that exist, by key (`namespace/name`). */
export interface Store<Object> {
  readonly size: number;
  get(key: string): Object | undefined;
  facts(): Iterable<readonly [string, Object]>;
}

/** What exists; gauges are read from it when somebody asks, so that an object that is gone has no series. */
export interface Stores {
  readonly hubs: Store<LynqHubObject>;
  readonly forms: Store<LynqFormObject>;
  readonly nodes: Store<LynqNodeObject>;
}

const EMPTY: Store<never> = { size: 0, get: () => undefined, facts: () => [] };

/** Before the operator starts, and in a process that only answers webhooks. */
export const NO_STORES: Stores = { hubs: EMPTY, forms: EMPTY, nodes: EMPTY };
