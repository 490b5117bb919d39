import { monthNames, weekdayNames } from "./calendar";
import { type FieldText, parseLayout } from "./layout";
import type { Clock } from "./time";

/** time.Time.Format. */
export function formatTime(clock: Clock, layout: string): string {
  let text = "";
  for (const part of parseLayout(layout)) {
    if (part.kind === "literal") text += part.text;
    else if (part.kind === "fraction") text += fraction(clock.nanosecond, part.digits, part.trim, part.point);
    else text += field(clock, part.text);
  }
  return text;
}

function field(clock: Clock, name: FieldText): string {
  const { year, month, day, hour, minute, second, yearDay, weekday } = clock;
  const hour12 = hour % 12 === 0 ? 12 : hour % 12;
  switch (name) {
    case "2006":
      return pad(year, 4);
    case "06":
      return pad(Math.abs(year) % 100, 2);
    case "January":
      return monthNames[month - 1] ?? "";
    case "Jan":
      return (monthNames[month - 1] ?? "").slice(0, 3);
    case "1":
      return String(month);
    case "01":
      return pad(month, 2);
    case "Monday":
      return weekdayNames[weekday] ?? "";
    case "Mon":
      return (weekdayNames[weekday] ?? "").slice(0, 3);
    case "2":
      return String(day);
    case "_2":
      return String(day).padStart(2);
    case "02":
      return pad(day, 2);
    case "__2":
      return String(yearDay).padStart(3);
    case "002":
      return pad(yearDay, 3);
    case "15":
      return pad(hour, 2);
    case "3":
      return String(hour12);
    case "03":
      return pad(hour12, 2);
    case "4":
      return String(minute);
    case "04":
      return pad(minute, 2);
    case "5":
      return String(second);
    case "05":
      return pad(second, 2);
    case "PM":
      return hour >= 12 ? "PM" : "AM";
    case "pm":
      return hour >= 12 ? "pm" : "am";
    case "MST":
      return clock.abbreviation === "" ? offsetText(clock.offset, "-0700") : clock.abbreviation;
    default:
      return name.startsWith("Z") && clock.offset === 0 ? "Z" : offsetText(clock.offset, name);
  }
}

/** An offset in the form of a layout such as "-07:00"; the sign is that of the whole minutes, as in Go. */
function offsetText(offset: number, form: string): string {
  const minutes = Math.trunc(offset / 60);
  const [hoursText, minutesText] = [pad(Math.floor(Math.abs(minutes) / 60), 2), pad(Math.abs(minutes) % 60, 2)];
  const secondsText = pad((minutes < 0 ? -offset : offset) % 60, 2);
  const colon = form.includes(":") ? ":" : "";
  const length = form.replaceAll(":", "").length;
  let text = (minutes < 0 ? "-" : "+") + hoursText;
  if (length > 3) text += colon + minutesText;
  if (length > 5) text += colon + secondsText;
  return text;
}

function fraction(nanosecond: number, digits: number, trim: boolean, point: string): string {
  const all = pad(nanosecond, 9).slice(0, digits);
  if (!trim) return point + all;
  const trimmed = all.replace(/0+$/, "");
  return nanosecond === 0 || trimmed === "" ? "" : point + trimmed;
}

function pad(value: number, width: number): string {
  return value < 0 ? `-${String(-value).padStart(width, "0")}` : String(value).padStart(width, "0");
}
