import { createHash } from "node:crypto";

/** Hex digits of a name's hash: 40 bits, beside a readable part that few other names share. */
export const SHORT_HASH_LENGTH = 10;

/** The first ten hex digits of the text's SHA-256. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex").slice(0, SHORT_HASH_LENGTH);
}
