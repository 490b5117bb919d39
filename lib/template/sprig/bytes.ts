/**
 * Go strings are bytes, JavaScript's are UTF-16. A byte that is no valid UTF-8 (`trunc 1 "é"`) is kept as the lone
 * surrogate U+DC00 + byte, so that it survives until the text is written out, as Go's strings keep it.
 */
const SMUGGLED = 0xdc00;

// Every code unit below 0x80 is exactly one byte.
const NON_ASCII = /[\u0080-\uffff]/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const LONE_SURROGATES = /\p{Surrogate}/gu;
const LONE_SURROGATE_RUNS = /\p{Surrogate}+/gu;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** True if every character is one byte. */
function isAscii(text: string): boolean {
  return !NON_ASCII.test(text);
}

/** The UTF-8 bytes of a text. */
export function bytesOf(text: string): Uint8Array {
  if (!LONE_SURROGATE.test(text)) return encoder.encode(text);
  const parts: Uint8Array[] = [];
  let end = 0;
  for (const match of text.matchAll(LONE_SURROGATE_RUNS)) {
    parts.push(encoder.encode(text.slice(end, match.index)), Uint8Array.from(match[0], smuggledByte));
    end = match.index + match[0].length;
  }
  parts.push(encoder.encode(text.slice(end)));
  return Buffer.concat(parts);
}

/** The text of UTF-8 bytes; bytes that are no UTF-8 are kept, see above. */
export function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    let text = "";
    for (let offset = 0; offset < bytes.length; ) {
      const length = sequenceLength(bytes, offset);
      text += length === 0 ? String.fromCharCode(SMUGGLED + (bytes[offset] ?? 0)) : characterAt(bytes, offset, length);
      offset += Math.max(length, 1);
    }
    return text;
  }
}

/** One character per byte (U+0000..U+00FF): for algorithms that Go runs on bytes. The identity for ASCII. */
export function toByteString(text: string): string {
  if (isAscii(text)) return text;
  const parts: string[] = [];
  const bytes = bytesOf(text);
  for (let start = 0; start < bytes.length; start += 4096) {
    parts.push(String.fromCharCode(...bytes.subarray(start, start + 4096)));
  }
  return parts.join("");
}

/** The inverse of {@link toByteString}. */
export function fromByteString(byteString: string): string {
  if (isAscii(byteString)) return byteString;
  return textOf(Uint8Array.from(byteString, character => character.charCodeAt(0)));
}

/** The length in bytes, as Go's `len`. */
export function byteLength(text: string): number {
  return isAscii(text) ? text.length : bytesOf(text).length;
}

/** True if the text holds a byte that is no UTF-8. */
export function hasInvalidBytes(text: string): boolean {
  return LONE_SURROGATE.test(text);
}

/** Bytes that are no UTF-8 as U+FFFD, as Go's encoders write them. */
export function toValidText(text: string): string {
  return LONE_SURROGATE.test(text) ? text.replace(LONE_SURROGATES, "\ufffd") : text;
}

/** Go's string order: by byte, which is by code point, where JavaScript's `<` goes by UTF-16 unit. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  if (isAscii(left) && isAscii(right)) return left < right ? -1 : 1;
  const leftBytes = toByteString(left);
  const rightBytes = toByteString(right);
  return leftBytes < rightBytes ? -1 : leftBytes === rightBytes ? 0 : 1;
}

/** Length of the valid UTF-8 sequence at the offset, 0 if there is none (Go's unicode/utf8 acceptance table). */
function sequenceLength(bytes: Uint8Array, offset: number): number {
  const first = bytes[offset] ?? 0;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  if (length === 0 || offset + length > bytes.length) return 0;
  const second = bytes[offset + 1] ?? 0;
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let index = offset + 2; index < offset + length; index++) {
    const byte = bytes[index] ?? 0;
    if (byte < 0x80 || byte > 0xbf) return 0;
  }
  return length;
}

/** A surrogate that stands for no byte is a question mark: it cannot come from a function here. */
function smuggledByte(character: string): number {
  const byte = character.charCodeAt(0) - SMUGGLED;
  return byte >= 0x80 && byte <= 0xff ? byte : 0x3f;
}

/** The character of a valid sequence. */
function characterAt(bytes: Uint8Array, offset: number, length: number): string {
  const first = bytes[offset] ?? 0;
  if (length === 1) return String.fromCharCode(first);
  let code = first & (0x7f >> length);
  for (let index = 1; index < length; index++) code = (code << 6) | ((bytes[offset + index] ?? 0) & 0x3f);
  return String.fromCodePoint(code);
}
