/** ASN.1 in its distinguished encoding: as much as certificates and keys need. */

export const derTags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One element of a parsed encoding. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  /** The element with its tag and length. */
  readonly raw: Uint8Array;
}

export function der(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const length = contents.reduce((sum, content) => sum + content.length, 0);
  return Buffer.concat([Uint8Array.from([tag, ...lengthBytes(length)]), ...contents]);
}

export function derSequence(...elements: readonly Uint8Array[]): Uint8Array {
  return der(derTags.sequence, ...elements);
}

/** A non-negative integer from its big-endian bytes. */
export function derInteger(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex(byte => byte !== 0);
  const significant = first < 0 ? Uint8Array.of(0) : bytes.subarray(first);
  return der(derTags.integer, (significant[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : new Uint8Array(), significant);
}

export function derObjectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(derTags.objectIdentifier, Uint8Array.from([first * 40 + second, ...rest.flatMap(base128)]));
}

export function derBitString(bytes: Uint8Array, unusedBits = 0): Uint8Array {
  return der(derTags.bitString, Uint8Array.of(unusedBits), bytes);
}

/** Validity times: two-digit years until 2049, seconds precision. */
export function derTime(date: Date): Uint8Array {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, "");
  const year = date.getUTCFullYear();
  return year >= 1950 && year < 2050
    ? der(derTags.utcTime, Buffer.from(digits.slice(2)))
    : der(derTags.generalizedTime, Buffer.from(digits));
}

/** The elements inside a constructed element; undefined if the bytes are no valid encoding. */
export function parseDer(bytes: Uint8Array): DerElement[] | undefined {
  const elements: DerElement[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const tag = bytes[offset] ?? 0;
    const header = readLength(bytes, offset + 1);
    if (header === undefined) return undefined;
    const end = header.start + header.length;
    if (end > bytes.length) return undefined;
    elements.push({ tag, content: bytes.subarray(header.start, end), raw: bytes.subarray(offset, end) });
    offset = end;
  }
  return elements;
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

function readLength(bytes: Uint8Array, offset: number): { start: number; length: number } | undefined {
  const first = bytes[offset];
  if (first === undefined) return undefined;
  if (first < 0x80) return { start: offset + 1, length: first };
  const count = first & 0x7f;
  if (count === 0 || count > 4 || offset + count >= bytes.length) return undefined;
  let length = 0;
  for (let index = 1; index <= count; index++) length = length * 256 + (bytes[offset + index] ?? 0);
  return { start: offset + 1 + count, length };
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}
