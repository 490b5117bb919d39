import type { KeyObject } from "node:crypto";
import { FunctionError, type GoValue } from "../value";
import { CorruptInput, decodeBase64 } from "./base-encoding";
import { textOf } from "./bytes";
import { Certificate, type CertificateRequest, issueCertificate, readCertificate } from "./certificate";
import { type Family, fixed } from "./definition";
import { ipv4Bytes, ipv6Bytes } from "./ip-address";
import type { GoObject } from "./object";
import { generatePrivateKey, generateRsaKey, parsePrivateKey } from "./private-key";

const RESULT = "sprig.certificate";
const fresh = { nonDeterministic: true } as const;
/** Go's largest duration. */
const MAX_DAYS = 106_751n;

/** Keys and certificates: new ones at each call, except for buildCustomCert. */
export const certificates: Family = {
  genPrivateKey: fixed(["string"], "string", generatePrivateKey, fresh),
  buildCustomCert: fixed(["string", "string"], RESULT, (certificate, key) =>
    readCertificate(decoded(certificate, "certificate"), decoded(key, "private key")),
  ),
  genCA: fixed(["string", "int"], RESULT, (name, days) => authority(name, days, generateRsaKey(2048)), fresh),
  genCAWithKey: fixed(
    ["string", "int", "string"],
    RESULT,
    (name, days, key) => authority(name, days, parsePrivateKey(key)),
    fresh,
  ),
  genSelfSignedCert: fixed(
    ["string", "list", "list", "int"],
    RESULT,
    (name, addresses, names, days) => {
      const request = leaf(name, addresses, names, days);
      return issueCertificate({ ...request, key: generateRsaKey(2048) });
    },
    fresh,
  ),
  genSelfSignedCertWithKey: fixed(
    ["string", "list", "list", "int", "string"],
    RESULT,
    (name, addresses, names, days, key) =>
      issueCertificate({ ...leaf(name, addresses, names, days), key: parsePrivateKey(key) }),
    fresh,
  ),
  genSignedCert: fixed(
    ["string", "list", "list", "int", "object"],
    RESULT,
    (name, addresses, names, days, signer) => {
      const request = leaf(name, addresses, names, days);
      return issueCertificate({ ...request, key: generateRsaKey(2048) }, asCertificate(signer));
    },
    fresh,
  ),
  genSignedCertWithKey: fixed(
    ["string", "list", "list", "int", "object", "string"],
    RESULT,
    (name, addresses, names, days, signer, key) =>
      issueCertificate({ ...leaf(name, addresses, names, days), key: parsePrivateKey(key) }, asCertificate(signer)),
    fresh,
  ),
};

function authority(commonName: string, days: bigint, key: KeyObject): Certificate {
  return issueCertificate({ commonName, addresses: [], dnsNames: [], daysValid: daysOf(days), isAuthority: true, key });
}

function leaf(
  commonName: string,
  addresses: readonly GoValue[],
  names: readonly GoValue[],
  days: bigint,
): Omit<CertificateRequest, "key"> {
  return {
    commonName,
    addresses: addresses.map(addressBytes),
    dnsNames: names.map(dnsName),
    daysValid: daysOf(days),
    isAuthority: false,
  };
}

function daysOf(days: bigint): number {
  if (days > MAX_DAYS || days < -MAX_DAYS) throw new FunctionError("the number of days is too large");
  return Number(days);
}

function addressBytes(value: GoValue): Uint8Array {
  if (typeof value !== "string") throw new FunctionError("error parsing ip: addresses must be strings");
  const bytes = ipv4Bytes(value) ?? (value.includes("%") ? undefined : ipv6Bytes(value));
  if (bytes === undefined) throw new FunctionError("error parsing ip: one of the addresses is not valid");
  // ::ffff:192.0.2.1 is the IPv4 address.
  const isMapped = bytes.length === 16 && bytes.slice(0, 12).every((byte, index) => byte === (index < 10 ? 0 : 0xff));
  return Uint8Array.from(isMapped ? bytes.slice(12) : bytes);
}

function dnsName(value: GoValue): string {
  if (typeof value !== "string") throw new FunctionError("error processing alternate dns name: names must be strings");
  if (!/^[\0-\x7f]*$/.test(value)) throw new FunctionError("error creating certificate: a DNS name is not ASCII");
  return value;
}

function asCertificate(value: GoObject): Certificate {
  if (value instanceof Certificate) return value;
  throw new FunctionError(`wrong type: expected the result of genCA or buildCustomCert, got ${value.typeName}`);
}

function decoded(text: string, what: string): string {
  try {
    return textOf(decodeBase64(text));
  } catch (error) {
    if (error instanceof CorruptInput) throw new FunctionError(`unable to decode base64 ${what}`);
    throw error;
  }
}
