const DATE = "\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])";
const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

/** A value of a format: text of a shape, or a number of a range. */
export interface ValueFormat {
  /** What the value is, for people. */
  readonly title: string;
  readonly type: "string" | "number";
  readonly validate: (value: string | number) => boolean;
}

const text = (title: string, pattern: RegExp): ValueFormat => ({
  title,
  type: "string",
  validate: value => typeof value === "string" && pattern.test(value.trim()),
});

const whole = (title: string, bits: number): ValueFormat => ({
  title,
  type: "number",
  validate: value => typeof value === "number" && value >= -(2 ** (bits - 1)) && value < 2 ** (bits - 1),
});

/**
 * The formats that are checked: those that the API server refuses, and never more strictly than it. Others are not looked at.
 * `quantity` is ours: the grammar of apimachinery's `ParseQuantity`.
 */
export const VALUE_FORMATS: ReadonlyMap<string, ValueFormat> = new Map<string, ValueFormat>([
  [
    "quantity",
    text("a quantity such as 500m or 1Gi", /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/),
  ],
  ["byte", text("base64", /^(?:[A-Za-z0-9+/\r\n]*={0,2}[\r\n]*)$/)],
  ["int32", whole("a whole number of 32 bits", 32)],
  ["date-time", text("a time such as 2026-01-31T12:00:00Z", new RegExp(`^${DATE}[Tt ]\\d{2}:\\d{2}`))],
  ["date", text("a date such as 2026-01-31", new RegExp(`^${DATE}`))],
  ["uuid", text("a UUID", /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i)],
  ["ipv4", text("an IPv4 address", new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`))],
]);
