import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { type FunctionContext, FunctionError } from "../value";
import { toValidText } from "./bytes";
import { type Family, fixed, type SprigFunction } from "./definition";
import { charactersOf } from "./runes";

const DIGITS = "0123456789";
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const PRINTABLE_ASCII = String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 32 + index));
/** Beyond this, choosing from a range takes more than one draw of node:crypto. */
const MAX_RANGE = 2n ** 47n;

/** Functions that draw from the system's secure random source: another result at each call. */
export const random: Family = {
  randAlphaNum: randomText(LETTERS + DIGITS),
  randAlpha: randomText(LETTERS),
  randNumeric: randomText(DIGITS),
  randAscii: randomText(PRINTABLE_ASCII),
  randBytes: fixed(
    ["int"],
    "string",
    (count, context) => {
      if (count < 0n) throw new FunctionError("the count is negative");
      context.reserve(Math.ceil(Number(count) / 3) * 4);
      return randomBytes(Number(count)).toString("base64");
    },
    { nonDeterministic: true },
  ),
  randInt: fixed(["int", "int"], "int", randomInteger, { nonDeterministic: true }),
  shuffle: fixed(["string"], "string", shuffle, { nonDeterministic: true }),
  uuidv4: fixed([], "string", () => randomUUID(), { nonDeterministic: true }),
};

function randomText(alphabet: string): SprigFunction {
  return fixed(
    ["int"],
    "string",
    (count: bigint, context: FunctionContext) => {
      // Sprig drops the error of a negative count.
      if (count <= 0n) return "";
      context.reserve(Number(count));
      return Array.from({ length: Number(count) }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
    },
    { nonDeterministic: true },
  );
}

function randomInteger(lowest: bigint, end: bigint): bigint {
  const range = end - lowest;
  if (range <= 0n) throw new FunctionError("the second number must be greater than the first");
  if (range > MAX_RANGE) throw new FunctionError("the numbers are too far apart");
  return lowest + BigInt(randomInt(Number(range)));
}

function shuffle(text: string): string {
  const characters = charactersOf(toValidText(text));
  for (let index = characters.length - 1; index > 0; index--) {
    const other = randomInt(index + 1);
    const character = characters[index] ?? "";
    characters[index] = characters[other] ?? "";
    characters[other] = character;
  }
  return characters.join("");
}
