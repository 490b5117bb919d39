import { createHash } from "node:crypto";
import { bytesOf } from "./bytes";
import { type Family, fixed } from "./definition";

/** Checksums, as lower-case hexadecimal but for adler32, which is a decimal number. */
export const hashes: Family = {
  sha1sum: fixed(["string"], "string", text => digest("sha1", text)),
  sha256sum: fixed(["string"], "string", text => digest("sha256", text)),
  sha512sum: fixed(["string"], "string", text => digest("sha512", text)),
  adler32sum: fixed(["string"], "string", text => String(adler32(bytesOf(text)))),
};

function digest(algorithm: string, text: string): string {
  return createHash(algorithm).update(bytesOf(text)).digest("hex");
}

function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (const byte of bytes) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return high * 65536 + low;
}
