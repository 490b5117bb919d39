import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { FunctionError } from "../value";
import { derInteger, derSequence, type DerElement, parseDer } from "./der";
import { pemBlock, printPem } from "./pem";

/** A new key in the PEM form that Sprig gives it; an unknown type gives a text that says so, as in Sprig. */
export function generatePrivateKey(type: string): string {
  switch (type) {
    case "":
    case "rsa":
      return printPrivateKey(generateRsaKey(4096));
    case "dsa":
      return generateDsaKey();
    case "ecdsa":
      return printPrivateKey(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);
    case "ed25519":
      return printPrivateKey(generateKeyPairSync("ed25519").privateKey);
    default:
      return `Unknown type ${type}`;
  }
}

export function generateRsaKey(bits: number): KeyObject {
  return generateKeyPairSync("rsa", { modulusLength: bits }).privateKey;
}

/** PKCS#1 for RSA, SEC 1 for elliptic curves, PKCS#8 for the rest. */
export function printPrivateKey(key: KeyObject): string {
  const type = key.asymmetricKeyType === "rsa" ? "pkcs1" : key.asymmetricKeyType === "ec" ? "sec1" : "pkcs8";
  return key.export({ format: "pem", type }).toString();
}

/** @throws FunctionError if the text holds no private key */
export function parsePrivateKey(text: string): KeyObject {
  const block = pemBlock(text);
  if (block === undefined) throw new FunctionError("parsing private key: no PEM data in input");
  if (block.label !== "PRIVATE KEY" && !/^(RSA|EC|DSA) PRIVATE KEY$/.test(block.label)) {
    throw new FunctionError("parsing private key: the PEM block holds no private key of a known type");
  }
  try {
    return createPrivateKey(printPem(block.label, block.bytes));
  } catch {
    throw new FunctionError("parsing private key: the key in the PEM block is not valid");
  }
}

/** OpenSSL's old form of DSA keys, version 0 and P, Q, G, Y, X, which Go and Sprig print. */
function generateDsaKey(): string {
  const { privateKey, publicKey } = generateKeyPairSync("dsa", { modulusLength: 2048, divisorLength: 256 });
  const [, algorithm, secret] = children(privateKey.export({ format: "der", type: "pkcs8" }));
  const [, point] = children(publicKey.export({ format: "der", type: "spki" }));
  const parameters = algorithm === undefined ? undefined : parseDer(algorithm.content)?.[1];
  const [x] = secret === undefined ? [] : (parseDer(secret.content) ?? []);
  const [y] = point === undefined ? [] : (parseDer(point.content.subarray(1)) ?? []);
  if (parameters === undefined || x === undefined || y === undefined)
    throw new FunctionError("failed to generate a DSA key");
  const version = derInteger(Uint8Array.of(0));
  return printPem("DSA PRIVATE KEY", derSequence(version, parameters.content, y.raw, x.raw));
}

/** The elements of the outermost sequence. */
function children(bytes: Uint8Array): DerElement[] {
  const [outer] = parseDer(bytes) ?? [];
  return outer === undefined ? [] : (parseDer(outer.content) ?? []);
}
