import { describe, expect, it } from "@jest/globals";
import { X509Certificate } from "node:crypto";
import { Certificate } from "./certificate";
import { sprigFunctions } from ".";
import { FunctionError, type GoValue } from "../value";

const context = { reserve: () => undefined, print: () => "" };

function call(name: string, ...args: GoValue[]): GoValue {
  return sprigFunctions.get(name)?.call(args, context) ?? null;
}

function certificate(name: string, ...args: GoValue[]): Certificate {
  const value = call(name, ...args);
  if (value instanceof Certificate) return value;
  throw new Error(`${name} gave no certificate`);
}

function key(): string {
  const value = call("genPrivateKey", "ecdsa");
  return typeof value === "string" ? value : "";
}

const authority = certificate("genCAWithKey", "Example CA", 10n, key());

describe("certificates", () => {
  it("makes an authority that signs itself", () => {
    const parsed = new X509Certificate(authority.certificate);
    expect(parsed.subject).toBe("CN=Example CA");
    expect(parsed.ca).toBe(true);
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    const days = (Date.parse(parsed.validTo) - Date.parse(parsed.validFrom)) / 86_400_000;
    expect(days).toBe(10);
  });

  it.each(["ecdsa", "ed25519"])("signs a leaf with a key of type %s", type => {
    const leafKey = call("genPrivateKey", type);
    const names = ["a.example.com", "b.example.com"];
    const leaf = certificate("genSignedCertWithKey", "é", ["10.0.0.1", "fe80::1"], names, 1n, authority, leafKey);
    const parsed = new X509Certificate(leaf.certificate);
    const signer = new X509Certificate(authority.certificate);
    expect(parsed.checkIssued(signer)).toBe(true);
    expect(parsed.verify(signer.publicKey)).toBe(true);
    expect(parsed.checkHost("b.example.com")).toBe("b.example.com");
    expect(parsed.checkIP("10.0.0.1")).toBe("10.0.0.1");
    expect(parsed.checkIP("fe80::1")).toBe("fe80::1");
    expect(parsed.ca).toBe(false);
    expect(leaf.key).toBe(leafKey);
  });

  it("refuses an authority whose key is another one's", () => {
    const mixed = new Certificate(authority.certificate, key());
    expect(() => certificate("genSignedCertWithKey", "x", [], [], 1n, mixed, key())).toThrow(FunctionError);
  });

  it("reads back what it made", () => {
    const encode = (text: string): string => Buffer.from(text).toString("base64");
    const read = certificate("buildCustomCert", encode(authority.certificate), encode(authority.key));
    expect(read.equals(authority)).toBe(true);
  });
});
