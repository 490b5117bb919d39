import { type GoValue } from "../value";

/** A value of the recorded cases: a number is an int; `{"$float": "1.5"}` a float64; `{"$int": "..."}` an int beyond 2^53. */
export function goValue(value: unknown): GoValue {
  if (typeof value === "number") return BigInt(value);
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(goValue);
  if (typeof value !== "object" || value === null) return null;
  if ("$float" in value) return Number(value.$float);
  if ("$int" in value) return BigInt(String(value.$int));
  return new Map(Object.entries(value).map(([key, element]) => [key, goValue(element)]));
}
