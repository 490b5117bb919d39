/** What Go's net/url takes for a URL with a host: scheme or none, `//`, authority, path. */
const HIERARCHICAL = /^(?:[A-Za-z][A-Za-z0-9+.-]*:)?\/\/([^/]*)(.*)$/s;
const CONTROL = /[\u0000-\u001f\u007f]/;
const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
const USER = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;
/** Octets below 0x80 may not hide behind an escape in a host, save the percent sign. */
const HOST = /^(?:%25|%[89A-Fa-f][0-9A-Fa-f]|[A-Za-z0-9\-._~!$&'()*+,;=:[\]<>"]|[^\u0000-\u007f])*$/;
/** IPv6, with a zone or without. */
const IP_LITERAL = /^[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:%25.+)?$/;
const OPTIONAL_PORT = /^(?::[0-9]*)?$/;

/**
 * The `toHost` function of the Go operator: the host of a URL without port and user; of any other text, what stands
 * before its first colon, or all of it.
 *
 * `https://a.b:8080/p` → `a.b`, `a.b:8080/p` → `a.b`, `a.b/p` → `a.b/p`, `//x/y` → `x`, `::1` → empty.
 */
export function toHost(text: string): string {
  const host = hostOfUrl(text);
  if (host !== undefined && host !== "") return withoutPort(host);
  const colon = text.indexOf(":");
  return colon === -1 ? text : text.slice(0, colon);
}

/** The host of net/url's Parse, port included; undefined where that fails or finds none. */
function hostOfUrl(text: string): string | undefined {
  const hash = text.indexOf("#");
  const url = hash === -1 ? text : text.slice(0, hash);
  if (hash !== -1 && BAD_ESCAPE.test(text.slice(hash + 1))) return undefined;
  const question = url.indexOf("?");
  const match = HIERARCHICAL.exec(question === -1 ? url : url.slice(0, question));
  if (match === null || CONTROL.test(url)) return undefined;
  const [, authority = "", path = ""] = match;
  // Without a scheme, three slashes begin a path.
  if (authority === "" || BAD_ESCAPE.test(path)) return undefined;
  const at = authority.lastIndexOf("@");
  const user = at === -1 ? "" : authority.slice(0, at);
  if (!USER.test(user) || BAD_ESCAPE.test(user)) return undefined;
  return parseHost(authority.slice(at + 1));
}

function parseHost(host: string): string | undefined {
  const literal = host.startsWith("[");
  const end = host.lastIndexOf("]");
  if (literal && !IP_LITERAL.test(host.slice(1, end))) return undefined;
  if (host.lastIndexOf("[") > 0) return undefined;
  const colon = host.lastIndexOf(":");
  const port = literal ? host.slice(end + 1) : colon === -1 ? "" : host.slice(colon);
  if (!OPTIONAL_PORT.test(port) || !HOST.test(host)) return undefined;
  return unescapeOctets(host);
}

/** `%C3%A4` → `ä`. */
function unescapeOctets(host: string): string {
  if (!host.includes("%")) return host;
  const octets: number[] = [];
  for (let index = 0; index < host.length; ) {
    const escape = /^%([0-9A-Fa-f]{2})/.exec(host.slice(index, index + 3));
    const character = String.fromCodePoint(host.codePointAt(index) ?? 0);
    if (escape?.[1] === undefined) octets.push(...new TextEncoder().encode(character));
    else octets.push(Number.parseInt(escape[1], 16));
    index += escape === null ? character.length : escape[0].length;
  }
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array(octets));
}

function withoutPort(host: string): string {
  const colon = host.lastIndexOf(":");
  const name = colon !== -1 && OPTIONAL_PORT.test(host.slice(colon)) ? host.slice(0, colon) : host;
  return name.startsWith("[") && name.endsWith("]") ? name.slice(1, -1) : name;
}
