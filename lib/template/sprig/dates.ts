import { FunctionError, type GoValue } from "../value";
import { wrap } from "./cast";
import { type Family, fixed } from "./definition";
import { parseDuration, printDuration } from "./duration";
import { kindName } from "./kinds";
import { loadLocation, utc } from "./location";
import type { GoObject } from "./object";
import { parseInteger } from "./parse-number";
import { Time, timeOfUnix } from "./time";
import { parseTime } from "./time-parse";

const DATE_ONLY = "2006-01-02";
const SECOND = 1_000_000_000n;

const dateInZone = fixed(["string", "any", "string"], "string", (layout, date, zone) =>
  timeOf(date)
    .in(loadLocation(zone) ?? utc)
    .format(layout),
);
const dateModify = fixed(["string", "object"], "time.Time", (text, date) => {
  const duration = parseDuration(text);
  return duration === undefined ? asTime(date) : asTime(date).add(duration);
});
const mustDateModify = fixed(["string", "object"], "time.Time", (text, date) => {
  const duration = parseDuration(text);
  if (duration === undefined)
    throw new FunctionError("the duration is not valid: give numbers with units, such as 1h30m");
  return asTime(date).add(duration);
});

/** Dates and durations, with Go's layouts. The local zone is UTC. */
export const dates: Family = {
  now: fixed([], "time.Time", () => now(), { nonDeterministic: true }),
  ago: fixed(["any"], "string", date => printDuration(roundToSeconds(now().since(timeOf(date)))), {
    nonDeterministic: true,
  }),
  date: fixed(["string", "any"], "string", (layout, date) => timeOf(date).in(utc).format(layout)),
  dateInZone,
  date_in_zone: dateInZone,
  htmlDate: fixed(["any"], "string", date => timeOf(date).in(utc).format(DATE_ONLY)),
  htmlDateInZone: fixed(["any", "string"], "string", (date, zone) =>
    timeOf(date)
      .in(loadLocation(zone) ?? utc)
      .format(DATE_ONLY),
  ),
  dateModify,
  date_modify: dateModify,
  mustDateModify,
  must_date_modify: mustDateModify,
  toDate: fixed(["string", "string"], "time.Time", (layout, text) => {
    const parsed = parseTime(layout, text);
    return "time" in parsed ? parsed.time : Time.zero();
  }),
  mustToDate: fixed(["string", "string"], "time.Time", (layout, text) => {
    const parsed = parseTime(layout, text);
    if ("problem" in parsed) throw new FunctionError(parsed.problem);
    return parsed.time;
  }),
  unixEpoch: fixed(["object"], "string", date => String(asTime(date).unixSeconds)),
  duration: fixed(["any"], "string", seconds => {
    const count =
      typeof seconds === "string" ? parseInteger(seconds, 10).clamped : typeof seconds === "bigint" ? seconds : 0n;
    return printDuration(wrap(count * SECOND));
  }),
  durationRound: fixed(["any"], "string", duration => printRounded(durationOf(duration))),
};

function now(): Time {
  const milliseconds = Date.now();
  return new Time(Math.floor(milliseconds / 1000), (milliseconds % 1000) * 1_000_000, utc);
}

/**
 * A time, or Unix seconds. Sprig takes the current time for anything else, so that the date of a text would silently be
 * today's, another one at each render: here that is refused.
 */
function timeOf(value: GoValue): Time {
  if (value instanceof Time) return value;
  if (typeof value === "bigint") return timeOfUnix(value);
  throw new FunctionError(
    `wants a time (see toDate) or Unix seconds (see int64), got ${value === null ? "nil" : kindName(value)}`,
  );
}

function asTime(value: GoObject): Time {
  if (value instanceof Time) return value;
  throw new FunctionError(`wrong type: expected time.Time, got ${value.typeName}`);
}

/** Duration.Round(time.Second): half away from zero. */
function roundToSeconds(nanoseconds: bigint): bigint {
  const half = nanoseconds < 0n ? -SECOND / 2n : SECOND / 2n;
  return ((nanoseconds + half) / SECOND) * SECOND;
}

function durationOf(value: GoValue): bigint {
  if (typeof value === "string") return parseDuration(value) ?? 0n;
  if (typeof value === "bigint") return value;
  return value instanceof Time ? now().since(value) : 0n;
}

/** The largest unit that is exceeded: "2y", "3mo", "5d", "4h"; never negative. */
function printRounded(nanoseconds: bigint): string {
  const magnitude = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const hour = 3600n * SECOND;
  const units: readonly (readonly [bigint, string])[] = [
    [365n * 24n * hour, "y"],
    [30n * 24n * hour, "mo"],
    [24n * hour, "d"],
    [hour, "h"],
    [60n * SECOND, "m"],
    [SECOND, "s"],
  ];
  const unit = units.find(([length]) => magnitude > length);
  return unit === undefined ? "0s" : `${magnitude / unit[0]}${unit[1]}`;
}
