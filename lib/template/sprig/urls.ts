import { FunctionError, type GoMap, type GoValue } from "../value";
import { type Family, fixed } from "./definition";
import { kindName } from "./kinds";
import { hostName, parseUrl, printUrl, printUserInfo } from "./url";

/** Functions that take URLs apart and put them together, as Go's net/url does. */
export const urls: Family = {
  urlParse: fixed(["string"], "map[string]interface {}", text => {
    const url = parseUrl(text);
    return new Map<string, GoValue>([
      ["scheme", url.scheme],
      ["host", url.host],
      ["hostname", hostName(url.host)],
      ["path", url.path],
      ["query", url.query],
      ["opaque", url.opaque],
      ["fragment", url.fragment],
      ["userinfo", url.user === undefined ? "" : printUserInfo(url.user)],
    ]);
  }),
  urlJoin: fixed(["dict"], "string", parts => {
    const userinfo = textAt(parts, "userinfo");
    const user = userinfo === "" ? undefined : parseUrl(`proto://${userinfo}@host`).user;
    return printUrl({
      scheme: textAt(parts, "scheme"),
      host: textAt(parts, "host"),
      path: textAt(parts, "path"),
      rawPath: "",
      query: textAt(parts, "query"),
      opaque: textAt(parts, "opaque"),
      fragment: textAt(parts, "fragment"),
      rawFragment: "",
      ...(user === undefined ? {} : { user }),
    });
  }),
};

function textAt(parts: GoMap, key: string): string {
  const value = parts.get(key);
  if (value === undefined) return "";
  if (typeof value !== "string") throw new FunctionError(`the key ${key} must hold a string, not ${kindName(value)}`);
  return value;
}
