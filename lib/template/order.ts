import { compareText } from "./sprig/bytes";
import { type GoMap, type GoValue } from "./value";

/** A map's entries in the order in which Go prints them and ranges over them: by key, byte by byte. */
export function sortedEntries(map: GoMap): [string, GoValue][] {
  return Array.from(map).sort(([left], [right]) => compareText(left, right));
}
