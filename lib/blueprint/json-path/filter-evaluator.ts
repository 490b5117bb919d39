import { isPlainObject } from "../object";
import { isEqual } from "./equality";
import { type Visit, walk } from "./evaluator";
import { type FunctionCall, type Operand, type Operator, type Query, type Test } from "./json-path";
import { matchesPattern } from "./pattern";

/** The result of a path that reaches nothing; equal to itself only. */
const NOTHING = Symbol("nothing");

/** Whether a child of the filtered value passes the filter. */
export function passes(test: Test, child: unknown, visit: Visit): boolean {
  switch (test.kind) {
    case "or":
      return test.tests.some(part => passes(part, child, visit));
    case "and":
      return test.tests.every(part => passes(part, child, visit));
    case "not":
      return !passes(test.test, child, visit);
    case "exists":
      return valuesOf(test.query, child, visit).length > 0;
    case "call":
      return call(test.call, child, visit) === true;
    case "comparison":
      return compare(test.operator, valueOf(test.left, child, visit), valueOf(test.right, child, visit));
  }
}

function valuesOf(query: Query, child: unknown, visit: Visit): unknown[] {
  visit.spend();
  const start = { value: query.root === "@" ? child : visit.root };
  return walk(start, query.segments, visit).map(place => place.value);
}

function valueOf(operand: Operand, child: unknown, visit: Visit): unknown {
  switch (operand.kind) {
    case "literal":
      return operand.value;
    case "query":
      return only(valuesOf(operand.query, child, visit));
    case "call":
      return call(operand.call, child, visit);
  }
}

function only(values: readonly unknown[]): unknown {
  return values.length === 1 ? values[0] : NOTHING;
}

/** RFC 9535 section 2.4. The parser has checked the number and the kinds of the operands. */
function call({ name, operands }: FunctionCall, child: unknown, visit: Visit): unknown {
  const [first, second] = operands;
  if (first === undefined) return NOTHING;
  switch (name) {
    case "length":
      return lengthOf(valueOf(first, child, visit));
    case "count":
      return first.kind === "query" ? valuesOf(first.query, child, visit).length : NOTHING;
    case "value":
      return first.kind === "query" ? only(valuesOf(first.query, child, visit)) : NOTHING;
    case "match":
    case "search": {
      const text = valueOf(first, child, visit);
      const pattern = second === undefined ? NOTHING : valueOf(second, child, visit);
      return typeof text === "string" && typeof pattern === "string" && matchesPattern(name, text, pattern);
    }
  }
}

function lengthOf(value: unknown): unknown {
  if (typeof value === "string") return Array.from(value).length;
  if (Array.isArray(value)) return value.length;
  return isPlainObject(value) ? Object.keys(value).length : NOTHING;
}

function compare(operator: Operator, left: unknown, right: unknown): boolean {
  switch (operator) {
    case "==":
      return isEqual(left, right);
    case "!=":
      return !isEqual(left, right);
    case "<":
      return isLess(left, right);
    case "<=":
      return isLess(left, right) || isEqual(left, right);
    case ">":
      return isLess(right, left);
    case ">=":
      return isLess(right, left) || isEqual(left, right);
  }
}

/** Only numbers and texts have an order; texts by code point, which is not JavaScript's own order. */
function isLess(left: unknown, right: unknown): boolean {
  if (typeof left === "number" && typeof right === "number") return left < right;
  if (typeof left !== "string" || typeof right !== "string") return false;
  const a = Array.from(left);
  const b = Array.from(right);
  const difference = a.findIndex((character, index) => character !== b[index]);
  if (difference < 0) return a.length < b.length;
  return (a[difference]?.codePointAt(0) ?? 0) < (b[difference]?.codePointAt(0) ?? -1);
}
