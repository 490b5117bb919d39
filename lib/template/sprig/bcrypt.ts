import { piWords } from "./blowfish-tables";

const ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const TEXT = [0x4f727068, 0x65616e42, 0x65686f6c, 0x64657253, 0x63727944, 0x6f756274];

/**
 * bcrypt's `$2a$` hash of a password, as golang.org/x/crypto/bcrypt makes it.
 * @param cost binary logarithm of the number of rounds, 4 to 31
 * @param salt 16 bytes
 */
export function hashPassword(password: Uint8Array, cost: number, salt: Uint8Array): string {
  // The terminating zero is part of the key.
  const key = Uint8Array.from([...password, 0]);
  const cipher = new Blowfish();
  cipher.expand(key, salt);
  const noSalt = new Uint8Array(16);
  for (let round = 0; round < 2 ** cost; round++) {
    cipher.expand(key, noSalt);
    cipher.expand(salt, noSalt);
  }
  const text = Uint32Array.from(TEXT);
  for (let round = 0; round < 64; round++) {
    for (let index = 0; index < text.length; index += 2) cipher.encrypt(text, index);
  }
  const digest = [...text].flatMap(word => [word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff]);
  // The last byte is left out, as it always was.
  return `$2a$${String(cost).padStart(2, "0")}$${encode(salt)}${encode(digest.slice(0, 23))}`;
}

/** bcrypt's own base64, without padding. */
function encode(bytes: ArrayLike<number>): string {
  let encoded = "";
  for (let index = 0; index < bytes.length; index += 3) {
    const [first, second, third] = [bytes[index] ?? 0, bytes[index + 1] ?? 0, bytes[index + 2] ?? 0];
    const group = (first << 16) | (second << 8) | third;
    const length = Math.min(bytes.length - index, 3) + 1;
    for (let digit = 0; digit < length; digit++) encoded += ALPHABET.charAt((group >> (18 - 6 * digit)) & 63);
  }
  return encoded;
}

class Blowfish {
  /** The P-array in front, the S-boxes behind. */
  private readonly state = piWords().slice();

  /** The expensive key schedule: mixes a key into the state, with a salt that may be all zeros. */
  expand(key: Uint8Array, salt: Uint8Array): void {
    const { state } = this;
    for (let index = 0, offset = 0; index < 18; index++) {
      let word = 0;
      for (let byte = 0; byte < 4; byte++, offset = (offset + 1) % key.length) word = (word << 8) | (key[offset] ?? 0);
      state[index] = (state[index] ?? 0) ^ word;
    }
    const saltWords = [0, 4, 8, 12].map(offset => readWord(salt, offset));
    const block = new Uint32Array(2);
    for (let index = 0; index < state.length; index += 2) {
      block[0] = (block[0] ?? 0) ^ (saltWords[index & 2] ?? 0);
      block[1] = (block[1] ?? 0) ^ (saltWords[(index & 2) + 1] ?? 0);
      this.encrypt(block, 0);
      state[index] = block[0];
      state[index + 1] = block[1];
    }
  }

  /** Encrypts two words in place. */
  encrypt(block: Uint32Array, index: number): void {
    const { state } = this;
    let left = block[index] ?? 0;
    let right = block[index + 1] ?? 0;
    for (let round = 0; round < 16; round += 2) {
      left ^= state[round] ?? 0;
      right ^= mix(state, left) ^ (state[round + 1] ?? 0);
      left ^= mix(state, right);
    }
    block[index] = right ^ (state[17] ?? 0);
    block[index + 1] = left ^ (state[16] ?? 0);
  }
}

function mix(state: Uint32Array, word: number): number {
  const first = state[18 + (word >>> 24)] ?? 0;
  const second = state[274 + ((word >>> 16) & 0xff)] ?? 0;
  const third = state[530 + ((word >>> 8) & 0xff)] ?? 0;
  const fourth = state[786 + (word & 0xff)] ?? 0;
  return (((first + second) ^ third) + fourth) | 0;
}

function readWord(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset] ?? 0) << 24) |
    ((bytes[offset + 1] ?? 0) << 16) |
    ((bytes[offset + 2] ?? 0) << 8) |
    (bytes[offset + 3] ?? 0)
  );
}
