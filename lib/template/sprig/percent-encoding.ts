import { FunctionError } from "../value";
import { fromByteString, toByteString } from "./bytes";

/** Parts of a URL, which differ in what may stand there unescaped. */
export type UrlPart = "path" | "host" | "zone" | "user" | "fragment";

const UNRESERVED = "A-Za-z0-9\\-._~";
/** net/url's table: the ASCII characters that need no escape. */
const ALLOWED: Readonly<Record<UrlPart, RegExp>> = {
  path: new RegExp(`^[${UNRESERVED}$&+,/:;=@]$`),
  host: new RegExp(`^[${UNRESERVED}!$&'()*+,;=:[\\]<>"]$`),
  zone: new RegExp(`^[${UNRESERVED}!$&'()*+,;=:[\\]<>"]$`),
  user: new RegExp(`^[${UNRESERVED}$&+,;=]$`),
  fragment: new RegExp(`^[${UNRESERVED}!$&()*+,/:;=?@]$`),
};

export function escapePart(text: string, part: UrlPart): string {
  let escaped = "";
  for (const byte of toByteString(text)) {
    escaped += ALLOWED[part].test(byte) ? byte : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return escaped;
}

/** @throws FunctionError for a malformed escape, and for what a host may not hold */
export function unescapePart(text: string, part: UrlPart): string {
  const isHost = part === "host" || part === "zone";
  const bytes = toByteString(text);
  let unescaped = "";
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes.charAt(index);
    if (byte !== "%") {
      if (isHost && byte < "\x80" && !ALLOWED[part].test(byte))
        throw new FunctionError("invalid character in host name");
      unescaped += byte;
      continue;
    }
    const digits = bytes.slice(index + 1, index + 3);
    if (!/^[0-9a-fA-F]{2}$/.test(digits)) throw new FunctionError("invalid URL escape");
    const character = String.fromCharCode(parseInt(digits, 16));
    if (part === "host" && character < "\x80" && digits !== "25") throw new FunctionError("invalid URL escape");
    if (part === "zone" && digits !== "25" && character !== " " && !ALLOWED.host.test(character)) {
      throw new FunctionError("invalid URL escape");
    }
    unescaped += character;
    index += 2;
  }
  return fromByteString(unescaped);
}

/** True if the text, as given, is a correct encoding of the part; brackets and sub-delimiters are let through. */
export function isEncoded(text: string, part: UrlPart): boolean {
  for (const byte of toByteString(text)) {
    if (!/[!$&'()*+,;=:@[\]%]/.test(byte) && !ALLOWED[part].test(byte)) return false;
  }
  return true;
}
