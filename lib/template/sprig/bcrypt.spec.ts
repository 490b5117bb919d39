import { describe, expect, it } from "@jest/globals";
import { hashPassword } from "./bcrypt";

/** Vectors of OpenBSD's and jBCrypt's tests: password, salt in bcrypt's base64, hash. */
const vectors = [
  ["", "$2a$06$DCq7YPn5Rq63x1Lad4cll.", "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s."],
  ["a", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe"],
  ["abc", "$2a$06$If6bvum7DFjUnE9p2uDeDu", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"],
  [
    "~!@#$%^&*()      ~!@#$%^&*()PNBFRD",
    "$2a$06$fPIsBO8qRqkjj273rfaOI.",
    "$2a$06$fPIsBO8qRqkjj273rfaOI.HtSV9jLDpTbZn782DC6/t7qT67P6FfO",
  ],
] as const;

const ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

function decodeSalt(text: string): Uint8Array {
  const bits = Array.from(text, digit => ALPHABET.indexOf(digit).toString(2).padStart(6, "0")).join("");
  return Uint8Array.from({ length: 16 }, (_, index) => parseInt(bits.slice(index * 8, index * 8 + 8), 2));
}

describe("hashPassword", () => {
  it.each(vectors)("hashes %j as others do", (password, salt, hash) => {
    expect(hashPassword(new TextEncoder().encode(password), 6, decodeSalt(salt.slice(7)))).toBe(hash);
  });
});
