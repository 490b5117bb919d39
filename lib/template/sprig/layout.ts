/** Go's date layouts: the reference time's parts, "2006", "Jan", "15", …, found in a text. */
export type LayoutPart =
  | { readonly kind: "literal"; readonly text: string }
  | {
      readonly kind: "fraction";
      readonly text: string;
      readonly digits: number;
      readonly trim: boolean;
      readonly point: string;
    }
  | { readonly kind: "field"; readonly text: FieldText };

const FIELDS = [
  // The longer ones first, as Go looks for them.
  "January",
  "Jan",
  "Monday",
  "Mon",
  "MST",
  "01",
  "02",
  "03",
  "04",
  "05",
  "06",
  "002",
  "15",
  "1",
  "2006",
  "2",
  "_2",
  "__2",
  "3",
  "4",
  "5",
  "PM",
  "pm",
  "-070000",
  "-07:00:00",
  "-0700",
  "-07:00",
  "-07",
  "Z070000",
  "Z07:00:00",
  "Z0700",
  "Z07:00",
  "Z07",
] as const;
export type FieldText = (typeof FIELDS)[number];

const CACHE_SIZE = 100;
const MAX_CACHED_LENGTH = 200;
const cache = new Map<string, readonly LayoutPart[]>();

export function parseLayout(layout: string): readonly LayoutPart[] {
  const cached = cache.get(layout);
  if (cached !== undefined) return cached;
  const parts: LayoutPart[] = [];
  let literal = "";
  for (let index = 0; index < layout.length; ) {
    const part = partAt(layout, index);
    if (part === undefined) {
      literal += layout.charAt(index++);
      continue;
    }
    if (literal !== "") parts.push({ kind: "literal", text: literal });
    literal = "";
    parts.push(part);
    index += part.text.length;
  }
  if (literal !== "") parts.push({ kind: "literal", text: literal });
  if (cache.size >= CACHE_SIZE) cache.clear();
  if (layout.length <= MAX_CACHED_LENGTH) cache.set(layout, parts);
  return parts;
}

function partAt(layout: string, index: number): LayoutPart | undefined {
  const fraction = /^([.,])(0+|9+)(?![0-9])/.exec(layout.slice(index, index + 4096));
  if (fraction !== null) {
    const [text, point = ".", digits = ""] = fraction;
    return { kind: "fraction", text, digits: digits.length, trim: digits.startsWith("9"), point };
  }
  // "_2006" is an underscore and a year.
  if (layout.startsWith("_2006", index)) return undefined;
  const text = FIELDS.find(field => layout.startsWith(field, index) && !continuesWord(field, layout, index));
  return text === undefined ? undefined : { kind: "field", text };
}

/** "Jan" in "Janet" and "Mon" in "Monkey" are no fields. */
function continuesWord(field: FieldText, layout: string, index: number): boolean {
  return (field === "Jan" || field === "Mon") && /^[a-z]/.test(layout.slice(index + 3, index + 4));
}
