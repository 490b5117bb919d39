/** The first PEM block of a text: its label, such as "CERTIFICATE", and the bytes in it. */
export function pemBlock(text: string): { readonly label: string; readonly bytes: Uint8Array } | undefined {
  const match = /(?:^|\n)-----BEGIN ([^\n-]+)-----\r?\n([\s\S]*?)\n?-----END \1-----/.exec(text);
  const [, label, body = ""] = match ?? [];
  if (label === undefined) return undefined;
  // Headers such as Proc-Type end with an empty line.
  const headerEnd = body.includes(":") ? body.indexOf("\n\n") + 1 : 0;
  const encoded = body.slice(headerEnd).replace(/\s/g, "");
  if (encoded.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(encoded)) return undefined;
  return { label, bytes: Buffer.from(encoded, "base64") };
}

export function printPem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
