import { bytesOf, textOf, toByteString } from "./bytes";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64_DIGIT = /[A-Za-z0-9+/]/;
const NEW_LINES = /[\r\n]/g;

/** Thrown where Go's decoder reports a corrupt input; the offset counts bytes. */
export class CorruptInput extends Error {
  override readonly name = "CorruptInput";
  constructor(
    encoding: "base32" | "base64",
    readonly offset: number,
  ) {
    super(`illegal ${encoding} data at input byte ${offset}`);
  }
}

export function encodeBase64(text: string): string {
  return Buffer.from(bytesOf(text)).toString("base64");
}

/**
 * Standard base64 with padding; line breaks are skipped.
 * @throws CorruptInput as Go's decoder
 */
export function decodeBase64(text: string): Uint8Array {
  const stripped = text.replace(NEW_LINES, "");
  if (stripped.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(stripped)) return Buffer.from(stripped, "base64");
  throw new CorruptInput("base64", corruptBase64Offset(toByteString(text)));
}

/** Where Go's base64 decoder stops; it counts line breaks, too. */
function corruptBase64Offset(source: string): number {
  const skip = (index: number): number => {
    let next = index;
    while (source[next] === "\n" || source[next] === "\r") next++;
    return next;
  };
  let index = 0;
  for (;;) {
    for (let digit = 0; digit < 4; digit++) {
      index = skip(index);
      const character = source[index];
      if (character === undefined) return index - digit;
      index++;
      if (BASE64_DIGIT.test(character)) continue;
      if (character !== "=" || digit < 2) return index - 1;
      if (digit === 2) {
        index = skip(index);
        if (index === source.length) return index;
        if (source[index] !== "=") return index - 1;
        index++;
      }
      return skip(index);
    }
  }
}

export function encodeBase32(text: string): string {
  let encoded = "";
  let bits = 0;
  let buffer = 0;
  for (const byte of bytesOf(text)) {
    buffer = ((buffer << 8) | byte) & 0xffff;
    bits += 8;
    for (; bits >= 5; bits -= 5) encoded += BASE32.charAt((buffer >> (bits - 5)) & 31);
  }
  if (bits > 0) encoded += BASE32.charAt((buffer << (5 - bits)) & 31);
  return encoded + "=".repeat((8 - (encoded.length % 8)) % 8);
}

/**
 * Standard base32 with padding; line breaks are skipped.
 * @throws CorruptInput as Go's decoder, which counts without the line breaks
 */
export function decodeBase32(text: string): Uint8Array {
  const source = toByteString(text).replace(NEW_LINES, "");
  const length = source.length;
  const bytes: number[] = [];
  for (let index = 0; index < length; ) {
    const digits: number[] = [];
    let padded = false;
    while (digits.length < 8) {
      const character = source[index];
      if (character === undefined) throw new CorruptInput("base32", length - digits.length);
      index++;
      const rest = length - index;
      if (character === "=" && digits.length >= 2 && rest < 8) {
        checkPadding(source, index, digits.length);
        padded = true;
        break;
      }
      const digit = BASE32.indexOf(character);
      if (digit < 0) throw new CorruptInput("base32", index - 1);
      digits.push(digit);
    }
    bytes.push(...unpackBase32(digits));
    if (padded) break;
  }
  return Uint8Array.from(bytes);
}

function checkPadding(source: string, index: number, digits: number): void {
  const rest = source.length - index;
  if (rest + digits < 7) throw new CorruptInput("base32", source.length);
  for (let offset = 0; offset < 7 - digits; offset++) {
    if (rest > offset && source[index + offset] !== "=") throw new CorruptInput("base32", index + offset - 1);
  }
  if (digits === 3 || digits === 6) throw new CorruptInput("base32", index - 1);
}

function unpackBase32(digits: readonly number[]): number[] {
  const bytes: number[] = [];
  let buffer = 0;
  let bits = 0;
  for (const digit of digits) {
    buffer = ((buffer << 5) | digit) & 0xffff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((buffer >> bits) & 0xff);
    }
  }
  return bytes;
}

/** The decoded text, or Go's message: Sprig puts the message where the text would be. */
export function decodedOrMessage(decode: (text: string) => Uint8Array, text: string): string {
  try {
    return textOf(decode(text));
  } catch (error) {
    if (error instanceof CorruptInput) return error.message;
    throw error;
  }
}
