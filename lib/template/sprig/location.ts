import { zoneAbbreviations } from "./zone-abbreviations";

/** A time zone: what its clocks show at a moment. */
export interface Location {
  /** As Go's Location.String gives it. */
  readonly name: string;
  /** Seconds east of UTC and the zone's abbreviation at a moment, in Unix seconds. */
  lookup(unixSeconds: number): { readonly offset: number; readonly abbreviation: string };
}

export const utc: Location = { name: "UTC", lookup: () => ({ offset: 0, abbreviation: "UTC" }) };

/** A zone with one offset for ever; without a name its abbreviation is the offset. */
export function fixedZone(name: string, offset: number): Location {
  return { name, lookup: () => ({ offset, abbreviation: name }) };
}

/** Nearly all zones kept local mean time until then. */
const YEAR_1880 = -2_840_140_800;

const loaded = new Map<string, Location>();
let known: ReadonlyMap<string, string> | undefined;

/**
 * time.LoadLocation. "Local" is UTC: a template never sees the operator's environment.
 * @returns undefined if there is no such zone
 */
export function loadLocation(name: string): Location | undefined {
  if (name === "" || name === "UTC" || name === "Local") return utc;
  const cached = loaded.get(name);
  if (cached !== undefined) return cached;
  known ??= new Map(
    zoneAbbreviations.flatMap(([names, zones]) => zones.split(" ").map(zone => [zone, names] as const)),
  );
  const abbreviations = known.get(name);
  if (abbreviations === undefined) return undefined;
  const location = ianaZone(name, abbreviations);
  loaded.set(name, location);
  return location;
}

function ianaZone(name: string, abbreviations: string): Location {
  const entries = abbreviations.split(" ").filter(entry => entry !== "");
  const hasMeanTime = entries[0] === "LMT";
  const byOffset = new Map(
    entries.slice(hasMeanTime ? 1 : 0).map(entry => {
      const [abbreviation = "", offset = ""] = entry.split("=");
      return [Number(offset), abbreviation];
    }),
  );
  const format = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
  const offsetAt = (unixSeconds: number): number => {
    // JavaScript's dates end in the year 275760.
    const moment = Math.max(-8.64e12, Math.min(8.64e12, unixSeconds));
    const text = format.formatToParts(moment * 1000).find(part => part.type === "timeZoneName")?.value ?? "GMT";
    const [, sign, hours, minutes, seconds] = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text) ?? [];
    const offset = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
    return sign === "-" ? -offset : offset;
  };
  return {
    name,
    lookup: unixSeconds => {
      const offset = offsetAt(unixSeconds);
      if (hasMeanTime && unixSeconds < YEAR_1880) return { offset, abbreviation: "LMT" };
      return { offset, abbreviation: byOffset.get(offset) ?? (offset % 900 === 0 ? numericName(offset) : "LMT") };
    },
  };
}

/** tzdata's name for an offset without a name: "+03", "-0330". */
function numericName(offset: number): string {
  const minutes = Math.abs(offset) / 60;
  const hours = String(Math.floor(minutes / 60)).padStart(2, "0");
  const rest = minutes % 60 === 0 ? "" : String(minutes % 60).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${hours}${rest}`;
}
