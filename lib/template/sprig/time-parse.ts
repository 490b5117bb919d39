import { daysInMonth, isLeapYear, monthNames, weekdayNames } from "./calendar";
import { type FieldText, type LayoutPart, parseLayout } from "./layout";
import { fixedZone, utc } from "./location";
import { Time } from "./time";

/** Why a text is no time in the layout; never quotes the text. */
class ParseFailure extends Error {
  override readonly name = "ParseFailure";
}

export type ParsedTime = { readonly time: Time } | { readonly problem: string };

/** time.ParseInLocation with UTC as the location: what the layout does not tell is January 1, midnight, UTC. */
export function parseTime(layout: string, text: string): ParsedTime {
  try {
    return { time: new TimeParser(layout, text).parse() };
  } catch (error) {
    if (error instanceof ParseFailure) return { problem: error.message };
    throw error;
  }
}

class TimeParser {
  private year = 0;
  private month = -1;
  private day = -1;
  private yearDay = -1;
  private hour = 0;
  private minute = 0;
  private second = 0;
  private nanosecond = 0;
  private half: "AM" | "PM" | undefined;
  private isUtc = false;
  private offset: number | undefined;
  private zoneName = "";
  private rest: string;

  constructor(
    private readonly layout: string,
    text: string,
  ) {
    this.rest = text;
  }

  parse(): Time {
    const parts = parseLayout(this.layout);
    for (const [index, part] of parts.entries()) {
      if (part.kind === "literal") this.skip(part.text);
      else if (part.kind === "fraction") this.fraction(part.digits, part.trim, part.text);
      else this.field(part.text, parts[index + 1], parts[index + 2]);
    }
    if (this.rest !== "") throw new ParseFailure("the text goes on where the layout ends");
    if (this.half === "PM" && this.hour < 12) this.hour += 12;
    if (this.half === "AM" && this.hour === 12) this.hour = 0;
    this.resolveDay();
    return this.resolveZone();
  }

  /** A run of spaces in the layout stands for any run in the text, also at the text's end. */
  private skip(literal: string): void {
    let index = 0;
    while (index < literal.length) {
      if (literal[index] === " ") {
        if (this.rest !== "" && !this.rest.startsWith(" ")) this.fail(literal);
        while (literal[index] === " ") index++;
        this.rest = this.rest.replace(/^ +/, "");
        continue;
      }
      if (this.rest === "" || this.rest[0] !== literal[index]) this.fail(literal);
      this.rest = this.rest.slice(1);
      index++;
    }
  }

  private field(name: FieldText, next: LayoutPart | undefined, afterNext: LayoutPart | undefined): void {
    switch (name) {
      case "06": {
        const value = Number(this.take(/^[0-9]{2}|^[+-][0-9]/, name));
        this.year = value >= 69 ? value + 1900 : value + 2000;
        return;
      }
      case "2006":
        this.year = Number(this.take(/^[0-9]{4}/, name));
        return;
      case "Jan":
        this.month = this.name(monthNames, 3, name) + 1;
        return;
      case "January":
        this.month = this.name(monthNames, undefined, name) + 1;
        return;
      case "1":
      case "01":
        this.month = this.number(name === "01", name, 1, 12, "month");
        return;
      case "Mon":
        this.name(weekdayNames, 3, name);
        return;
      case "Monday":
        this.name(weekdayNames, undefined, name);
        return;
      case "2":
      case "_2":
      case "02":
        if (name === "_2") this.rest = this.rest.replace(/^ /, "");
        this.day = this.number(name === "02", name, 0, 99, "day");
        return;
      case "__2":
      case "002":
        if (name === "__2") this.rest = this.rest.replace(/^ {1,2}/, "");
        this.yearDay = Number(this.take(name === "002" ? /^[0-9]{3}/ : /^[0-9]{1,3}/, name));
        return;
      case "15":
        this.hour = this.number(false, name, 0, 23, "hour");
        return;
      case "3":
      case "03":
        this.hour = this.number(name === "03", name, 0, 12, "hour");
        return;
      case "4":
      case "04":
        this.minute = this.number(name === "04", name, 0, 59, "minute");
        return;
      case "5":
      case "05":
        this.second = this.number(name === "05", name, 0, 59, "second");
        this.unaskedFraction(next, afterNext);
        return;
      case "PM":
        this.half = this.take(/^[AP]M/, name) === "PM" ? "PM" : "AM";
        return;
      case "pm":
        this.half = this.take(/^[ap]m/, name) === "pm" ? "PM" : "AM";
        return;
      case "MST":
        this.abbreviation();
        return;
      default:
        this.numericZone(name);
    }
  }

  /** Seconds may carry a fraction that the layout does not mention. */
  private unaskedFraction(next: LayoutPart | undefined, afterNext: LayoutPart | undefined): void {
    // Go looks at the next field of the layout, whatever literal text stands before it.
    const nextField = next?.kind === "literal" ? afterNext : next;
    if (nextField?.kind === "fraction") return;
    const match = /^[.,][0-9]+/.exec(this.rest);
    if (match === null) return;
    this.nanosecond = nanosecondsOf(match[0].slice(1));
    this.rest = this.rest.slice(match[0].length);
  }

  private fraction(digits: number, trim: boolean, name: string): void {
    if (trim) {
      const match = /^[.,][0-9]+/.exec(this.rest);
      if (match === null) return;
      this.nanosecond = nanosecondsOf(match[0].slice(1));
      this.rest = this.rest.slice(match[0].length);
      return;
    }
    const text = this.rest.slice(0, digits + 1);
    if (!/^[.,][0-9]+$/.test(text) || text.length !== digits + 1) this.fail(name);
    this.nanosecond = nanosecondsOf(text.slice(1));
    this.rest = this.rest.slice(digits + 1);
  }

  private abbreviation(): void {
    if (this.rest.startsWith("UTC")) {
      this.isUtc = true;
      this.rest = this.rest.slice(3);
      return;
    }
    const length = abbreviationLength(this.rest);
    if (length === 0) this.fail("MST");
    this.zoneName = this.rest.slice(0, length);
    this.rest = this.rest.slice(length);
  }

  private numericZone(name: FieldText): void {
    if (name.startsWith("Z") && this.rest.startsWith("Z")) {
      this.isUtc = true;
      this.rest = this.rest.slice(1);
      return;
    }
    const form = name.slice(1);
    const pattern = form.replace("07", "([0-9]{2})").replace("00", "([0-9]{2})").replace("00", "([0-9]{2})");
    const match = new RegExp(`^([+-])${pattern}`).exec(this.rest);
    if (match === null) this.fail(name);
    const [whole, sign, hours, minutes = "0", seconds = "0"] = match;
    if (Number(hours) > 24 || Number(minutes) > 60 || Number(seconds) > 60) this.outOfRange("time zone offset");
    const offset = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    this.offset = sign === "-" ? -offset : offset;
    this.rest = this.rest.slice(whole.length);
  }

  private resolveDay(): void {
    if (this.yearDay < 0) {
      if (this.month < 0) this.month = 1;
      if (this.day < 0) this.day = 1;
    } else {
      if (this.yearDay < 1 || this.yearDay > (isLeapYear(this.year) ? 366 : 365)) this.outOfRange("day-of-year");
      let month = 1;
      let day = this.yearDay;
      for (; day > daysInMonth(this.year, month); month++) day -= daysInMonth(this.year, month);
      if (this.month >= 0 && this.month !== month) throw new ParseFailure("day-of-year does not match month");
      if (this.day >= 0 && this.day !== day) throw new ParseFailure("day-of-year does not match day");
      this.month = month;
      this.day = day;
    }
    if (this.day < 1 || this.day > daysInMonth(this.year, this.month)) this.outOfRange("day");
  }

  private resolveZone(): Time {
    const { year, month, day, hour, minute, second, nanosecond } = this;
    const time = Time.at({ year, month, day, hour, minute, second, nanosecond }, utc);
    if (this.isUtc) return time;
    if (this.offset !== undefined) {
      const moment = new Time(time.unixSeconds - this.offset, nanosecond, utc);
      return this.offset === 0 && this.zoneName === "" ? moment : moment.in(fixedZone(this.zoneName, this.offset));
    }
    if (this.zoneName === "") return time;
    const hours = this.zoneName.startsWith("GMT") ? Number(this.zoneName.slice(3) || "0") : 0;
    return time.in(fixedZone(this.zoneName, hours * 3600));
  }

  private take(pattern: RegExp, name: string): string {
    const match = pattern.exec(this.rest);
    if (match === null) this.fail(name);
    this.rest = this.rest.slice(match[0].length);
    return match[0];
  }

  private number(twoDigits: boolean, name: string, lowest: number, highest: number, what: string): number {
    const value = Number(this.take(twoDigits ? /^[0-9]{2}/ : /^[0-9]{1,2}/, name));
    if (value < lowest || value > highest) this.outOfRange(what);
    return value;
  }

  private name(names: readonly string[], length: number | undefined, field: string): number {
    const lower = this.rest.slice(0, 9).toLowerCase();
    const index = names.findIndex(name => lower.startsWith(name.slice(0, length).toLowerCase()));
    const found = names[index];
    if (found === undefined) this.fail(field);
    this.rest = this.rest.slice(found.slice(0, length).length);
    return index;
  }

  private fail(name: string): never {
    throw new ParseFailure(`the text does not fit the layout at ${JSON.stringify(name)}`);
  }

  private outOfRange(what: string): never {
    throw new ParseFailure(`${what} out of range`);
  }
}

function nanosecondsOf(digits: string): number {
  return Number(digits.slice(0, 9).padEnd(9, "0"));
}

/** Length of what looks like a zone abbreviation at the start, 0 if nothing does (Go's parseTimeZone). */
function abbreviationLength(text: string): number {
  if (text.startsWith("ChST") || text.startsWith("MeST")) return 4;
  if (text.startsWith("GMT")) return 3 + signedOffsetLength(text.slice(3));
  if (/^[+-]/.test(text)) return text.length < 3 ? 0 : signedOffsetLength(text);
  const letters = /^[A-Z]{0,6}/.exec(text)?.[0] ?? "";
  switch (letters.length) {
    case 5:
      return letters.endsWith("T") ? 5 : 0;
    case 4:
      return letters.endsWith("T") || letters === "WITA" ? 4 : 0;
    case 3:
      return 3;
    default:
      return 0;
  }
}

function signedOffsetLength(text: string): number {
  const match = /^[+-]([0-9]+)/.exec(text);
  return match !== null && Number(match[1]) <= 23 ? match[0].length : 0;
}
