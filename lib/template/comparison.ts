import { compareText } from "./sprig/bytes";
import { collectionType, kindName, typeName } from "./sprig/kinds";
import { GoObject } from "./sprig/object";
import { FunctionError, type GoValue, MissingValue, type TemplateFunction } from "./value";

/** Go's comparison functions with Go's typing rules: 1 and 1.0 do not compare, nil equals only nil. */

type BasicKind = "bool" | "int" | "float" | "string" | "other";

function basicKind(value: GoValue): BasicKind {
  switch (typeof value) {
    case "string":
      return "string";
    case "bigint":
      return "int";
    case "number":
      return "float";
    case "boolean":
      return "bool";
    default:
      return "other";
  }
}

function isNil(value: GoValue): boolean {
  if (value === null || value instanceof MissingValue) return true;
  if (typeof value !== "object" || value instanceof GoObject) return false;
  return collectionType(value).nil;
}

function equal(left: GoValue, right: GoValue): boolean {
  const leftKind = basicKind(left);
  const rightKind = basicKind(right);
  if (leftKind !== rightKind) {
    if (left === null || right === null) return false;
    throw incompatible(left, right);
  }
  if (leftKind !== "other") return left === right;
  if (left !== null && right !== null && kindName(left) !== kindName(right)) {
    throw new FunctionError(`non-comparable types ${typeName(left)} and ${typeName(right)}`);
  }
  if (isNil(left) || isNil(right)) return isNil(left) === isNil(right);
  if (left instanceof GoObject && right instanceof GoObject) return left.equals(right);
  throw new FunctionError(`non-comparable type ${typeName(right)}`);
}

function less(left: GoValue, right: GoValue): boolean {
  const leftKind = basicKind(left);
  const rightKind = basicKind(right);
  if (leftKind === "other" || rightKind === "other") throw new FunctionError("invalid type for comparison");
  if (leftKind !== rightKind) throw incompatible(left, right);
  if (typeof left === "boolean") throw new FunctionError("invalid type for comparison");
  if (typeof left === "string" && typeof right === "string") return compareText(left, right) < 0;
  return (left ?? 0) < (right ?? 0);
}

function incompatible(left: GoValue, right: GoValue): FunctionError {
  return new FunctionError(`incompatible types for comparison: ${typeName(left)} and ${typeName(right)}`);
}

function comparison(compare: (left: GoValue, right: GoValue) => boolean): TemplateFunction {
  return {
    minArguments: 2,
    maxArguments: 2,
    call: ([left = null, right = null]) => compare(left, right),
  };
}

export const comparisons: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  [
    "eq",
    {
      minArguments: 2,
      maxArguments: Infinity,
      call: ([left = null, ...others]) => others.some(other => equal(left, other)),
    },
  ],
  ["ne", comparison((left, right) => !equal(left, right))],
  ["lt", comparison(less)],
  ["le", comparison((left, right) => less(left, right) || equal(left, right))],
  ["gt", comparison((left, right) => !(less(left, right) || equal(left, right)))],
  ["ge", comparison((left, right) => !less(left, right))],
]);
