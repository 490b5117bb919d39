import { createHash, createHmac } from "node:crypto";
import { isPlainObject } from "./object";

/** JSON with sorted keys: equal objects give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(item => canonicalJson(item)).join(",")}]`;
  if (isPlainObject(value)) {
    const fields = Object.keys(value)
      .filter(key => value[key] !== undefined)
      .sort()
      .map(key => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
    return `{${fields.join(",")}}`;
  }
  return JSON.stringify(value ?? null);
}

/**
 * 16 hex characters that change when the content does.
 *
 * @param key keeps guesses at sensitive content from being tried against the published hash
 */
export function contentHash(value: unknown, key?: string): string {
  const hash = key === undefined ? createHash("sha256") : createHmac("sha256", key);
  // Not a slice of the whole digest, which would be kept along with it.
  return hash.update(canonicalJson(value)).digest().toString("hex", 0, 8);
}
