/** One of `count` parts of the work; `{ index: 0, count: 1 }` is all of it. */
export interface ShardSlot {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/**
 * The shard that a key belongs to, from 0 to `count - 1`. Must never change: processes of two releases would both take a node for theirs.
 * FNV-1a with 32 bits over UTF-16, and the last step of MurmurHash3, since the low bits of FNV-1a alone are poor.
 */
export function shardOf(key: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % count;
}
