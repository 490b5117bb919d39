import { createCipheriv, createDecipheriv, createHmac, randomBytes, scryptSync } from "node:crypto";
import { FunctionError } from "../value";
import { decodeBase64, CorruptInput } from "./base-encoding";
import { hashPassword } from "./bcrypt";
import { bytesOf, textOf } from "./bytes";
import { type Family, fixed } from "./definition";

/** Functions that derive, hash and encrypt. */
export const passwords: Family = {
  derivePassword: fixed(["uint32", "string", "string", "string", "string"], "string", derivePassword),
  bcrypt: fixed(["string"], "string", bcrypt, { nonDeterministic: true }),
  htpasswd: fixed(
    ["string", "string"],
    "string",
    (user, password) => {
      // Sprig's text for this quotes the name; the name of a user is no secret.
      return user.includes(":") ? `invalid username: ${user}` : `${user}:${bcrypt(password)}`;
    },
    { nonDeterministic: true },
  ),
  encryptAES: fixed(["string", "string"], "string", encryptAes, { nonDeterministic: true }),
  decryptAES: fixed(["string", "string"], "string", decryptAes),
};

function bcrypt(password: string): string {
  const bytes = bytesOf(password);
  if (bytes.length > 72) return "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes";
  return hashPassword(bytes, 10, randomBytes(16));
}

const SEED = "com.lyndir.masterpassword";

/** The Master Password algorithm's forms: each letter stands for a class of characters. */
const FORMS: ReadonlyMap<string, readonly string[]> = new Map([
  ["maximum", ["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"]],
  [
    "long",
    [
      "CvcvnoCvcvCvcv",
      "CvcvCvcvnoCvcv",
      "CvcvCvcvCvcvno",
      "CvccnoCvcvCvcv",
      "CvccCvcvnoCvcv",
      "CvccCvcvCvcvno",
      "CvcvnoCvccCvcv",
      "CvcvCvccnoCvcv",
      "CvcvCvccCvcvno",
      "CvcvnoCvcvCvcc",
      "CvcvCvcvnoCvcc",
      "CvcvCvcvCvccno",
      "CvccnoCvccCvcv",
      "CvccCvccnoCvcv",
      "CvccCvccCvcvno",
      "CvcvnoCvccCvcc",
      "CvcvCvccnoCvcc",
      "CvcvCvccCvccno",
      "CvccnoCvcvCvcc",
      "CvccCvcvnoCvcc",
      "CvccCvcvCvccno",
    ],
  ],
  ["medium", ["CvcnoCvc", "CvcCvcno"]],
  ["short", ["Cvcn"]],
  ["basic", ["aaanaaan", "aannaaan", "aaannaaa"]],
  ["pin", ["nnnn"]],
]);

const CLASSES: ReadonlyMap<string, string> = new Map([
  ["V", "AEIOU"],
  ["C", "BCDFGHJKLMNPQRSTVWXYZ"],
  ["v", "aeiou"],
  ["c", "bcdfghjklmnpqrstvwxyz"],
  ["A", "AEIOUBCDFGHJKLMNPQRSTVWXYZ"],
  ["a", "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"],
  ["n", "0123456789"],
  ["o", "@&%?,=[]_:-+*$#!'^~;()/."],
  ["x", "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()"],
]);

/** The Master Password algorithm: the same password for the same counter, form, secret, user and site. */
function derivePassword(counter: bigint, form: string, password: string, user: string, site: string): string {
  const forms = FORMS.get(form);
  if (forms === undefined) return `cannot find password template ${form}`;
  const salt = Buffer.concat([Buffer.from(SEED), counted(user)]);
  const key = scryptSync(bytesOf(password), salt, 64, { N: 32768, r: 8, p: 2, maxmem: 64 * 1024 * 1024 });
  const message = Buffer.concat([Buffer.from(SEED), counted(site), bigEndian(Number(counter))]);
  const seed = createHmac("sha256", key).update(message).digest();
  const chosen = forms[(seed[0] ?? 0) % forms.length] ?? "";
  let derived = "";
  for (let index = 0; index < chosen.length; index++) {
    const characters = CLASSES.get(chosen.charAt(index)) ?? "";
    derived += characters.charAt((seed[index + 1] ?? 0) % characters.length);
  }
  return derived;
}

function counted(text: string): Buffer {
  const bytes = bytesOf(text);
  return Buffer.concat([bigEndian(bytes.length), bytes]);
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** The password's first 32 bytes, filled up with zeros. */
function aesKey(password: string): Buffer {
  const key = Buffer.alloc(32);
  key.set(bytesOf(password).subarray(0, 32));
  return key;
}

/** AES-256-CBC, a random initialisation vector in front, base64. */
function encryptAes(password: string, text: string): string {
  if (text === "") return "";
  const vector = randomBytes(16);
  const cipher = createCipheriv("aes-256-cbc", aesKey(password), vector);
  return Buffer.concat([vector, cipher.update(bytesOf(text)), cipher.final()]).toString("base64");
}

function decryptAes(password: string, encrypted: string): string {
  if (encrypted === "") return "";
  const bytes = decode(encrypted);
  if (bytes.length < 32 || bytes.length % 16 !== 0) throw new FunctionError("the text was not encrypted by encryptAES");
  const decipher = createDecipheriv("aes-256-cbc", aesKey(password), bytes.subarray(0, 16));
  decipher.setAutoPadding(false);
  const decrypted = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]);
  // As Go: only the last byte is looked at.
  const padding = decrypted.at(-1) ?? 0;
  if (padding > decrypted.length)
    throw new FunctionError("the password is wrong, or the text was not encrypted by encryptAES");
  return textOf(decrypted.subarray(0, decrypted.length - padding));
}

function decode(text: string): Uint8Array {
  try {
    return decodeBase64(text);
  } catch (error) {
    if (error instanceof CorruptInput) throw new FunctionError(error.message);
    throw error;
  }
}
