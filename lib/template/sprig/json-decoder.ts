import type { GoMap, GoValue } from "../value";
import { toValidText } from "./bytes";

const MAX_DEPTH = 10_000;

export interface DecodedJson {
  /** What Go leaves in the result, also beside a problem. */
  readonly value: GoValue;
  /** Why Go's decoder complains; never quotes the text. */
  readonly problem?: string;
}

/** json.Unmarshal into `interface{}`: numbers are float64, objects are dicts. */
export function decodeJson(text: string): DecodedJson {
  if (nestingDepth(text) > MAX_DEPTH) return { value: null, problem: "exceeded max depth" };
  let parsed: unknown;
  try {
    parsed = JSON.parse(toValidText(text));
  } catch {
    return { value: null, problem: text.trim() === "" ? "unexpected end of JSON input" : "the text is no valid JSON" };
  }
  let problem: string | undefined;
  const convert = (value: unknown): GoValue => {
    switch (typeof value) {
      case "string":
        return toValidText(value);
      case "boolean":
        return value;
      case "number":
        if (Number.isFinite(value)) return value;
        problem = "a number is out of the range of a float64";
        return null;
      default:
        if (value === null) return null;
        if (Array.isArray(value)) return value.map(convert);
        return entries(value, convert);
    }
  };
  const value = convert(parsed);
  return problem === undefined ? { value } : { value, problem };
}

function entries(value: unknown, convert: (item: unknown) => GoValue): GoMap {
  const map: GoMap = new Map();
  if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) map.set(toValidText(key), convert(item));
  }
  return map;
}

/** How deep brackets nest outside of strings, before anything is built. */
function nestingDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === "[" || token === "{") deepest = Math.max(deepest, ++depth);
    else if (token === "]" || token === "}") depth--;
  }
  return deepest;
}
