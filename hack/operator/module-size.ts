import { gzipSync } from "node:zlib";

/** What a Secret can hold (bytes): Pepr ships the module in one, compressed and as base64. */
export const secretLimit = 1_048_576;

/** The part of it that a module of ours may take, so that there is room to grow. */
const allowedShare = 0.8;

export interface ModuleSize {
  /** Bytes of the bundle. */
  readonly plain: number;
  /** Bytes that it takes in the Secret. */
  readonly packed: number;
  /** `packed` as a part of what a Secret can hold. */
  readonly share: number;
}

/** Measures a bundle as `pepr build` does. */
export function measure(code: Buffer): ModuleSize {
  const packed = gzipSync(code).toString("base64").length;
  return { plain: code.length, packed, share: packed / secretLimit };
}

const count = (bytes: number) => bytes.toLocaleString("en-US");

/** `module of 1,180,618 B: 571,404 B (54.5 %) of the 1,048,576 B that a Secret holds` */
export const describeSize = ({ plain, packed, share }: ModuleSize): string =>
  `module of ${count(plain)} B: ${count(packed)} B (${(share * 100).toFixed(1)} %) of the ${count(secretLimit)} B that a Secret holds`;

/** @throws Error when the module takes more than its share. */
export function assertFits(size: ModuleSize): void {
  if (size.share > allowedShare)
    throw new Error(`${describeSize(size)}, more than ${allowedShare * 100} %: remove a dependency`);
}
