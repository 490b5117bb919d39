import { createHash, createPublicKey, type KeyObject, randomBytes, sign, X509Certificate } from "node:crypto";
import { FunctionError, type GoValue } from "../value";
import { bytesOf } from "./bytes";
import { der, derBitString, derInteger, derObjectIdentifier, derSequence, derTags, derTime, parseDer } from "./der";
import { GoObject } from "./object";
import { pemBlock, printPem } from "./pem";
import { parsePrivateKey, printPrivateKey } from "./private-key";

/** Sprig's certificate: PEM texts, read as `.Cert` and `.Key`. */
export class Certificate extends GoObject {
  override readonly typeName = "sprig.certificate";
  override readonly kindName = "struct";
  protected override readonly fields: ReadonlyMap<string, () => GoValue>;

  constructor(
    readonly certificate: string,
    readonly key: string,
  ) {
    super();
    this.fields = new Map<string, () => GoValue>([
      ["Cert", () => certificate],
      ["Key", () => key],
    ]);
  }

  override text(): string {
    return `{${this.certificate} ${this.key}}`;
  }

  override toJson(): GoValue {
    return new Map([
      ["Cert", this.certificate],
      ["Key", this.key],
    ]);
  }

  override equals(other: GoObject): boolean {
    return other instanceof Certificate && other.certificate === this.certificate && other.key === this.key;
  }
}

/** What a new certificate is for. */
export interface CertificateRequest {
  readonly commonName: string;
  /** IPv4 (4 bytes) and IPv6 (16 bytes) addresses. */
  readonly addresses: readonly Uint8Array[];
  readonly dnsNames: readonly string[];
  readonly daysValid: number;
  readonly isAuthority: boolean;
  /** The key that is certified. */
  readonly key: KeyObject;
}

/** Who signs: a key, and the subject and key id of its certificate. */
interface Issuer {
  readonly key: KeyObject;
  readonly subject: Uint8Array;
  readonly keyId: Uint8Array | undefined;
}

const MILLISECONDS_PER_DAY = 86_400_000;
const MAX_DATE = 8.64e15;

/**
 * A certificate signed by an authority, or by its own key; the same extensions in the same order as Go's crypto/x509 gives.
 * @throws FunctionError if a key is of a kind that cannot sign, or does not fit the authority's certificate
 */
export function issueCertificate(request: CertificateRequest, authority?: Certificate): Certificate {
  const subject = encodeName(request.commonName);
  const issuer = authority === undefined ? { key: request.key, subject, keyId: undefined } : readIssuer(authority);
  const algorithm = signatureAlgorithm(issuer.key);
  const publicKey = createPublicKey(request.key).export({ format: "der", type: "spki" });
  const now = Date.now();
  const end = new Date(Math.min(now + request.daysValid * MILLISECONDS_PER_DAY, MAX_DATE));
  const content = derSequence(
    der(0xa0, derInteger(Uint8Array.of(2))),
    derInteger(randomBytes(16)),
    algorithm.identifier,
    issuer.subject,
    derSequence(derTime(new Date(now)), derTime(end)),
    subject,
    publicKey,
    der(0xa3, derSequence(...extensions(request, subject, publicKey, issuer))),
  );
  const signature = sign(algorithm.digest, content, issuer.key);
  const certificate = derSequence(content, algorithm.identifier, derBitString(signature));
  return new Certificate(printPem("CERTIFICATE", certificate), printPrivateKey(request.key));
}

/**
 * A certificate from PEM texts, both checked.
 * @throws FunctionError if one of them is not valid
 */
export function readCertificate(certificate: string, key: string): Certificate {
  parseCertificate(certificate);
  parsePrivateKey(key);
  return new Certificate(certificate, key);
}

function readIssuer(authority: Certificate): Issuer {
  const parsed = parseCertificate(authority.certificate);
  const key = parsePrivateKey(authority.key);
  if (!parsed.checkPrivateKey(key)) {
    throw new FunctionError("error creating certificate: the authority's key does not match its certificate");
  }
  const elements = tbsElements(parsed.raw);
  const subject = elements[5];
  if (subject === undefined) throw new FunctionError("error parsing certificate: it has no subject");
  return { key, subject: subject.raw, keyId: subjectKeyId(elements.at(-1)?.content) };
}

function parseCertificate(text: string): X509Certificate {
  const block = pemBlock(text);
  if (block === undefined) throw new FunctionError("unable to decode certificate");
  try {
    return new X509Certificate(block.bytes);
  } catch {
    throw new FunctionError("error parsing certificate: it is not valid");
  }
}

/** The parts of the signed content, the optional version in front. */
function tbsElements(raw: Uint8Array): { readonly raw: Uint8Array; readonly content: Uint8Array }[] {
  const certificate = parseDer(raw)?.[0];
  const content = certificate === undefined ? undefined : parseDer(certificate.content)?.[0];
  const elements = content === undefined ? [] : (parseDer(content.content) ?? []);
  const version = elements[0]?.tag === 0xa0 ? [] : [{ tag: 0xa0, raw: new Uint8Array(), content: new Uint8Array() }];
  return [...version, ...elements];
}

const SUBJECT_KEY_ID = derObjectIdentifier("2.5.29.14");

function subjectKeyId(extensionsContent: Uint8Array | undefined): Uint8Array | undefined {
  const list = extensionsContent === undefined ? undefined : parseDer(extensionsContent)?.[0];
  for (const extension of list === undefined ? [] : (parseDer(list.content) ?? [])) {
    const parts = parseDer(extension.content) ?? [];
    if (Buffer.compare(parts[0]?.raw ?? new Uint8Array(), SUBJECT_KEY_ID) !== 0) continue;
    const value = parts.at(-1);
    return value === undefined ? undefined : parseDer(value.content)?.[0]?.content;
  }
  return undefined;
}

function extensions(
  request: CertificateRequest,
  subject: Uint8Array,
  publicKey: Uint8Array,
  issuer: Issuer,
): Uint8Array[] {
  const isTrue = der(derTags.boolean, Uint8Array.of(0xff));
  const usage = request.isAuthority ? derBitString(Uint8Array.of(0xa4), 2) : derBitString(Uint8Array.of(0xa0), 5);
  const purposes = derSequence(derObjectIdentifier("1.3.6.1.5.5.7.3.1"), derObjectIdentifier("1.3.6.1.5.5.7.3.2"));
  const list = [
    extension("2.5.29.15", true, usage),
    extension("2.5.29.37", false, purposes),
    extension("2.5.29.19", true, request.isAuthority ? derSequence(isTrue) : derSequence()),
  ];
  if (request.isAuthority) list.push(extension("2.5.29.14", false, der(derTags.octetString, keyIdOf(publicKey))));
  if (issuer.keyId !== undefined && Buffer.compare(issuer.subject, subject) !== 0) {
    list.push(extension("2.5.29.35", false, derSequence(der(0x80, issuer.keyId))));
  }
  const names = [
    ...request.dnsNames.map(name => der(0x82, Buffer.from(name, "latin1"))),
    ...request.addresses.map(address => der(0x87, address)),
  ];
  if (names.length > 0) list.push(extension("2.5.29.17", request.commonName === "", derSequence(...names)));
  return list;
}

function extension(identifier: string, critical: boolean, value: Uint8Array): Uint8Array {
  const flag = critical ? [der(derTags.boolean, Uint8Array.of(0xff))] : [];
  return derSequence(derObjectIdentifier(identifier), ...flag, der(derTags.octetString, value));
}

/** RFC 7093, method 1: the first 160 bits of the SHA-256 of the key's bits. */
function keyIdOf(publicKey: Uint8Array): Uint8Array {
  const outer = parseDer(publicKey)?.[0];
  const bits = outer === undefined ? undefined : parseDer(outer.content)?.[1];
  return createHash("sha256")
    .update(bits?.content.subarray(1) ?? new Uint8Array())
    .digest()
    .subarray(0, 20);
}

/** A name of one part, the common name; none at all if that is empty. */
function encodeName(commonName: string): Uint8Array {
  if (commonName === "") return derSequence();
  const printable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(commonName);
  const text = der(printable ? derTags.printableString : derTags.utf8String, bytesOf(commonName));
  return derSequence(der(derTags.set, derSequence(derObjectIdentifier("2.5.4.3"), text)));
}

function signatureAlgorithm(key: KeyObject): { readonly identifier: Uint8Array; readonly digest: string | null } {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return {
        identifier: derSequence(derObjectIdentifier("1.2.840.113549.1.1.11"), Uint8Array.of(5, 0)),
        digest: "sha256",
      };
    case "ed25519":
      return { identifier: derSequence(derObjectIdentifier("1.3.101.112")), digest: null };
    case "ec":
      switch (key.asymmetricKeyDetails?.namedCurve) {
        case "secp384r1":
          return { identifier: derSequence(derObjectIdentifier("1.2.840.10045.4.3.3")), digest: "sha384" };
        case "secp521r1":
          return { identifier: derSequence(derObjectIdentifier("1.2.840.10045.4.3.4")), digest: "sha512" };
        default:
          return { identifier: derSequence(derObjectIdentifier("1.2.840.10045.4.3.2")), digest: "sha256" };
      }
    default:
      throw new FunctionError("error creating certificate: only RSA, ECDSA and Ed25519 keys can sign certificates");
  }
}
