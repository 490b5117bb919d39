import { FunctionError } from "../value";
import { escapePart, isEncoded, unescapePart, type UrlPart } from "./percent-encoding";
import { isIpv6 } from "./ip-address";

interface UserInfo {
  readonly name: string;
  readonly password?: string;
}

/** A URL as Go's net/url splits it; path and fragment are unescaped, the raw forms kept where they matter. */
export interface Url {
  readonly scheme: string;
  readonly opaque: string;
  readonly user?: UserInfo;
  readonly host: string;
  readonly path: string;
  readonly rawPath: string;
  readonly query: string;
  readonly fragment: string;
  readonly rawFragment: string;
}

const empty: Url = {
  scheme: "",
  opaque: "",
  host: "",
  path: "",
  rawPath: "",
  query: "",
  fragment: "",
  rawFragment: "",
};

/** @throws FunctionError if the text is no URL; the message does not quote it */
export function parseUrl(text: string): Url {
  const [beforeFragment, rawFragment] = cut(text, "#");
  const url = parseWithoutFragment(beforeFragment);
  if (rawFragment === "") return url;
  return { ...url, fragment: unescapePart(rawFragment, "fragment"), rawFragment };
}

/** url.URL.String. */
export function printUrl(url: Url): string {
  let text = url.scheme === "" ? "" : `${url.scheme}:`;
  if (url.opaque !== "") text += url.opaque;
  else {
    const hasUser = url.user !== undefined;
    if (url.host !== "" || hasUser || (url.scheme !== "" && url.path !== "")) text += "//";
    if (url.user !== undefined) text += `${printUserInfo(url.user)}@`;
    text += escapePart(url.host, "host");
    const path = encoded(url.path, url.rawPath, "path");
    if (path !== "" && !path.startsWith("/") && url.host !== "") text += "/";
    // A first segment with a colon would read as a scheme.
    if (text === "" && cut(path, "/")[0].includes(":")) text += "./";
    text += path;
  }
  if (url.query !== "") text += `?${url.query}`;
  if (url.fragment !== "") text += `#${encoded(url.fragment, url.rawFragment, "fragment")}`;
  return text;
}

export function printUserInfo({ name, password }: UserInfo): string {
  return escapePart(name, "user") + (password === undefined ? "" : `:${escapePart(password, "user")}`);
}

/** The host without port and brackets. */
export function hostName(host: string): string {
  const colon = host.lastIndexOf(":");
  const bare = colon >= 0 && isOptionalPort(host.slice(colon)) ? host.slice(0, colon) : host;
  return bare.startsWith("[") && bare.endsWith("]") ? bare.slice(1, -1) : bare;
}

function parseWithoutFragment(text: string): Url {
  if (/[\0-\x1f\x7f]/.test(text)) throw new FunctionError("unable to parse url: invalid control character in URL");
  if (text === "*") return { ...empty, path: "*" };
  const { scheme, rest: afterScheme } = splitScheme(text);
  const [beforeQuery, query] = cut(afterScheme, "?");
  let rest = beforeQuery;
  if (!rest.startsWith("/")) {
    if (scheme !== "") return { ...empty, scheme, opaque: rest, query };
    if (cut(rest, "/")[0].includes(":")) {
      throw new FunctionError("unable to parse url: first path segment in URL cannot contain colon");
    }
  }
  let authority: Pick<Url, "user" | "host"> = { host: "" };
  if (rest.startsWith("//") && (scheme !== "" || !rest.startsWith("///"))) {
    const slash = rest.indexOf("/", 2);
    authority = parseAuthority(scheme, slash < 0 ? rest.slice(2) : rest.slice(2, slash));
    rest = slash < 0 ? "" : rest.slice(slash);
  }
  return { ...empty, scheme, ...authority, path: unescapePart(rest, "path"), rawPath: rest, query };
}

function splitScheme(text: string): { scheme: string; rest: string } {
  if (text.startsWith(":")) throw new FunctionError("unable to parse url: missing protocol scheme");
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1];
  return scheme === undefined
    ? { scheme: "", rest: text }
    : { scheme: scheme.toLowerCase(), rest: text.slice(scheme.length + 1) };
}

function parseAuthority(scheme: string, authority: string): Pick<Url, "user" | "host"> {
  const at = authority.lastIndexOf("@");
  const host = parseHost(scheme, authority.slice(at + 1));
  if (at < 0) return { host };
  const info = authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(info)) throw new FunctionError("unable to parse url: invalid userinfo");
  if (!info.includes(":")) return { host, user: { name: unescapePart(info, "user") } };
  const [name, password] = cut(info, ":");
  return { host, user: { name: unescapePart(name, "user"), password: unescapePart(password, "user") } };
}

function parseHost(scheme: string, host: string): string {
  const open = host.lastIndexOf("[");
  if (open > 0) throw new FunctionError("unable to parse url: invalid IP-literal");
  if (open === 0) return parseIpLiteral(host);
  const colon = scheme === "http" || scheme === "https" ? host.indexOf(":") : host.lastIndexOf(":");
  if (colon >= 0 && !isOptionalPort(host.slice(colon))) {
    throw new FunctionError("unable to parse url: invalid port after host");
  }
  return unescapePart(host, "host");
}

function parseIpLiteral(host: string): string {
  const close = host.lastIndexOf("]");
  if (close < 0) throw new FunctionError("unable to parse url: missing ']' in host");
  const port = host.slice(close + 1);
  if (!isOptionalPort(port)) throw new FunctionError("unable to parse url: invalid port after host");
  const literal = host.slice(1, close);
  const zone = literal.indexOf("%25");
  const address =
    zone < 0
      ? unescapePart(literal, "host")
      : unescapePart(literal.slice(0, zone), "host") + unescapePart(literal.slice(zone), "zone");
  if (!isIpv6(address)) throw new FunctionError("unable to parse url: invalid host");
  return `[${address}]${port}`;
}

function isOptionalPort(text: string): boolean {
  return /^(:[0-9]*)?$/.test(text);
}

/** The raw form where it is a valid encoding of the part, the default encoding otherwise. */
function encoded(text: string, raw: string, part: UrlPart): string {
  if (raw !== "" && isEncoded(raw, part) && unescapePart(raw, part) === text) return raw;
  return text === "*" && part === "path" ? "*" : escapePart(text, part);
}

function cut(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + separator.length)];
}
