import { FunctionError, type GoValue } from "../value";
import { civilFromDays, daysFromCivil, monthNames, weekdayNames, weekdayOf } from "./calendar";
import { printDuration } from "./duration";
import { formatTime } from "./time-format";
import { type Location, utc } from "./location";
import { GoObject } from "./object";

/** The parts of a moment as a zone's clocks show them. */
export interface Clock {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 1 to 366. */
  readonly yearDay: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly nanosecond: number;
  /** Seconds east of UTC. */
  readonly offset: number;
  readonly abbreviation: string;
}

const DAY = 86_400;
const SECOND = 1_000_000_000n;
/** Unix seconds of Go's zero time, January 1 of the year 1. */
const ZERO = -62_135_596_800;
const RFC3339_NANO = "2006-01-02T15:04:05.999999999Z07:00";

/** Go's time.Time: a moment to the nanosecond, with the zone that it is shown in. */
export class Time extends GoObject {
  override readonly typeName = "time.Time";
  override readonly kindName = "struct";
  protected override readonly fields: ReadonlyMap<string, () => GoValue>;

  constructor(
    readonly unixSeconds: number,
    readonly nanosecond: number,
    readonly location: Location,
  ) {
    super();
    this.fields = new Map<string, () => GoValue>([
      ["Year", () => BigInt(this.clock().year)],
      ["Month", () => new NamedNumber("time.Month", this.clock().month, monthNames[this.clock().month - 1])],
      ["Day", () => BigInt(this.clock().day)],
      ["Weekday", () => new NamedNumber("time.Weekday", this.clock().weekday, weekdayNames[this.clock().weekday])],
      ["YearDay", () => BigInt(this.clock().yearDay)],
      ["Hour", () => BigInt(this.clock().hour)],
      ["Minute", () => BigInt(this.clock().minute)],
      ["Second", () => BigInt(this.clock().second)],
      ["Nanosecond", () => BigInt(nanosecond)],
      ["Unix", () => BigInt(unixSeconds)],
      ["UnixMilli", () => BigInt.asIntN(64, this.nanoseconds() / 1_000_000n)],
      ["UnixMicro", () => BigInt.asIntN(64, this.nanoseconds() / 1_000n)],
      ["UnixNano", () => BigInt.asIntN(64, this.nanoseconds())],
      ["IsZero", () => unixSeconds === ZERO && nanosecond === 0],
      ["IsDST", () => this.isDaylightSaving()],
      ["UTC", () => new Time(unixSeconds, nanosecond, utc)],
      ["Local", () => new Time(unixSeconds, nanosecond, utc)],
      ["String", () => this.text()],
    ]);
  }

  static zero(): Time {
    return new Time(ZERO, 0, utc);
  }

  /** The moment at which the location's clocks show the parts; parts out of range carry over. */
  static at(parts: Omit<Clock, "yearDay" | "weekday" | "offset" | "abbreviation">, location: Location): Time {
    const { year, month, day, hour, minute, second, nanosecond } = parts;
    const shown = daysFromCivil(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
    // Two guesses, as Go: the offset at the shown time, then the one at the moment that this gives.
    const { offset } = location.lookup(shown);
    const again = location.lookup(shown - offset).offset;
    return new Time(shown - again, nanosecond, location);
  }

  in(location: Location): Time {
    return new Time(this.unixSeconds, this.nanosecond, location);
  }

  /** A later moment; the duration is in nanoseconds. */
  add(nanoseconds: bigint): Time {
    const total = this.nanoseconds() + nanoseconds;
    const rest = ((total % SECOND) + SECOND) % SECOND;
    return new Time(Number((total - rest) / SECOND), Number(rest), this.location);
  }

  /** Nanoseconds between two moments, within Go's bounds for a duration. */
  since(earlier: Time): bigint {
    const difference = this.nanoseconds() - earlier.nanoseconds();
    const highest = (1n << 63n) - 1n;
    return difference > highest ? highest : difference < -highest - 1n ? -highest - 1n : difference;
  }

  clock(): Clock {
    const { offset, abbreviation } = this.location.lookup(this.unixSeconds);
    const shown = this.unixSeconds + offset;
    const days = Math.floor(shown / DAY);
    const second = shown - days * DAY;
    const civil = civilFromDays(days);
    return {
      ...civil,
      hour: Math.floor(second / 3600),
      minute: Math.floor((second % 3600) / 60),
      second: second % 60,
      yearDay: days - daysFromCivil(civil.year, 1, 1) + 1,
      weekday: weekdayOf(days),
      nanosecond: this.nanosecond,
      offset,
      abbreviation,
    };
  }

  format(layout: string): string {
    return formatTime(this.clock(), layout);
  }

  override text(): string {
    return this.format("2006-01-02 15:04:05.999999999 -0700 MST");
  }

  override toJson(): GoValue {
    return this.format(RFC3339_NANO);
  }

  override equals(other: GoObject): boolean {
    return (
      other instanceof Time &&
      other.unixSeconds === this.unixSeconds &&
      other.nanosecond === this.nanosecond &&
      other.location === this.location
    );
  }

  override method(name: string, args: readonly GoValue[]): GoValue {
    const [first, second, third] = args;
    if (name === "Format" && args.length === 1 && typeof first === "string") return this.format(first);
    if (name === "Add" && args.length === 1 && typeof first === "bigint") return this.add(first);
    if (name === "AddDate" && typeof first === "bigint" && typeof second === "bigint" && typeof third === "bigint") {
      const { year, month, day, ...rest } = this.clock();
      const moved = { year: year + Number(first), month: month + Number(second), day: day + Number(third) };
      return Time.at({ ...rest, ...moved }, this.location);
    }
    if (args.length === 1 && first instanceof Time) {
      const difference = this.nanoseconds() - first.nanoseconds();
      switch (name) {
        case "After":
          return difference > 0n;
        case "Before":
          return difference < 0n;
        case "Equal":
          return difference === 0n;
        case "Compare":
          return difference > 0n ? 1n : difference < 0n ? -1n : 0n;
        case "Sub":
          return new Duration(this.since(first));
      }
    }
    return super.method(name, args);
  }

  private nanoseconds(): bigint {
    return BigInt(this.unixSeconds) * SECOND + BigInt(this.nanosecond);
  }

  private isDaylightSaving(): boolean {
    const { year, offset } = this.clock();
    const winter = this.location.lookup(daysFromCivil(year, 1, 1) * DAY).offset;
    const summer = this.location.lookup(daysFromCivil(year, 7, 1) * DAY).offset;
    return offset > Math.min(winter, summer);
  }
}

/** A month or weekday: prints as its name, counts as its number. */
class NamedNumber extends GoObject {
  override readonly kindName = "int";
  protected override readonly fields = new Map<string, () => GoValue>([["String", () => this.text()]]);

  constructor(
    override readonly typeName: string,
    private readonly value: number,
    private readonly label: string | undefined,
  ) {
    super();
  }

  override text(): string {
    return this.label ?? String(this.value);
  }

  override toJson(): GoValue {
    return BigInt(this.value);
  }

  override toInteger(): bigint {
    return BigInt(this.value);
  }

  override equals(other: GoObject): boolean {
    return other instanceof NamedNumber && other.typeName === this.typeName && other.value === this.value;
  }
}

/** Go's time.Duration. */
class Duration extends GoObject {
  override readonly typeName = "time.Duration";
  override readonly kindName = "int64";
  protected override readonly fields: ReadonlyMap<string, () => GoValue>;

  constructor(private readonly nanoseconds: bigint) {
    super();
    const inUnits = (unit: bigint): number => Number(nanoseconds / unit) + Number(nanoseconds % unit) / Number(unit);
    this.fields = new Map<string, () => GoValue>([
      ["Nanoseconds", () => nanoseconds],
      ["Microseconds", () => nanoseconds / 1_000n],
      ["Milliseconds", () => nanoseconds / 1_000_000n],
      ["Seconds", () => inUnits(SECOND)],
      ["Minutes", () => inUnits(60n * SECOND)],
      ["Hours", () => inUnits(3600n * SECOND)],
      ["String", () => this.text()],
    ]);
  }

  override text(): string {
    return printDuration(this.nanoseconds);
  }

  override toJson(): GoValue {
    return this.nanoseconds;
  }

  override equals(other: GoObject): boolean {
    return other instanceof Duration && other.nanoseconds === this.nanoseconds;
  }
}

/** Unix seconds as a time in UTC. @throws FunctionError beyond the year 285,000,000 */
export function timeOfUnix(seconds: bigint): Time {
  const number = Number(seconds);
  if (!Number.isSafeInteger(number)) throw new FunctionError("the number of seconds is too large for a date");
  return new Time(number, 0, utc);
}
