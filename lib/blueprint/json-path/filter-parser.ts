import { type Cursor } from "./cursor";
import {
  type FunctionCall,
  type FunctionName,
  isSingular,
  type Operand,
  type Operator,
  type Query,
  type Test,
} from "./json-path";
import { parseNumber, parseString } from "./literal";
import { parseSegments } from "./parser";

/** Longest first, so that `<=` is not read as `<`. */
const OPERATORS: readonly Operator[] = ["==", "!=", "<=", ">=", "<", ">"];

/** RFC 9535 section 2.4: what a function takes, and whether its result is a value or a yes or no. */
const FUNCTIONS: Readonly<
  Record<FunctionName, { readonly takes: readonly ("value" | "nodes")[]; readonly gives: "value" | "truth" }>
> = {
  length: { takes: ["value"], gives: "value" },
  count: { takes: ["nodes"], gives: "value" },
  value: { takes: ["nodes"], gives: "value" },
  match: { takes: ["value", "value"], gives: "truth" },
  search: { takes: ["value", "value"], gives: "truth" },
};

/** The condition after `?`. */
export function parseTest(cursor: Cursor): Test {
  return cursor.nested(() => parseChain(cursor, "||", () => parseChain(cursor, "&&", () => parseBasic(cursor))));
}

function parseChain(cursor: Cursor, token: "||" | "&&", parse: () => Test): Test {
  const first = parse();
  const tests = [first];
  for (;;) {
    const before = cursor.position;
    cursor.skipBlank();
    if (!cursor.accept(token)) {
      cursor.position = before;
      return tests.length === 1 ? first : { kind: token === "||" ? "or" : "and", tests };
    }
    cursor.skipBlank();
    tests.push(parse());
  }
}

function parseBasic(cursor: Cursor): Test {
  if (cursor.accept("!")) {
    cursor.skipBlank();
    const at = cursor.position;
    const test = cursor.sees("(") ? parseParentheses(cursor) : parseComparisonOrTest(cursor);
    if (test.kind === "comparison" && cursor.text[at] !== "(") {
      cursor.fail('put the comparison after "!" in parentheses', at);
    }
    return { kind: "not", test };
  }
  return cursor.sees("(") ? parseParentheses(cursor) : parseComparisonOrTest(cursor);
}

function parseParentheses(cursor: Cursor): Test {
  const start = cursor.position;
  cursor.expect("(", "before a condition");
  cursor.skipBlank();
  const test = parseTest(cursor);
  cursor.skipBlank();
  if (cursor.atEnd) cursor.fail('this "(" has no closing ")"', start);
  cursor.expect(")", "after a condition");
  return test;
}

function parseComparisonOrTest(cursor: Cursor): Test {
  const leftAt = cursor.position;
  const left = parseOperand(cursor);
  const afterLeft = cursor.position;
  cursor.skipBlank();
  const operator = OPERATORS.find(candidate => cursor.accept(candidate));
  if (operator === undefined) {
    if (cursor.sees("=~")) cursor.fail('"=~" is not part of JSONPath; write search(@.field, "pattern") or match(…)');
    if (cursor.sees("=")) cursor.fail('write "==" to compare');
    cursor.position = afterLeft;
    return asTest(cursor, left, leftAt);
  }
  cursor.skipBlank();
  const rightAt = cursor.position;
  const right = parseOperand(cursor);
  requireValue(cursor, left, leftAt);
  requireValue(cursor, right, rightAt);
  return { kind: "comparison", operator, left, right };
}

/** An operand that stands alone is a question: does this path exist, does this function say yes. */
function asTest(cursor: Cursor, operand: Operand, at: number): Test {
  if (operand.kind === "query") return { kind: "exists", query: operand.query };
  if (operand.kind === "literal") return cursor.fail("a literal alone is no condition; compare it with something", at);
  if (FUNCTIONS[operand.call.name].gives === "value") {
    cursor.fail(`${operand.call.name}(…) gives a value; compare it with something`, at);
  }
  return operand;
}

function requireValue(cursor: Cursor, operand: Operand, at: number): void {
  if (operand.kind === "query" && !isSingular(operand.query)) {
    cursor.fail("this path may reach several places and cannot be compared; name one field", at);
  }
  if (operand.kind === "call" && FUNCTIONS[operand.call.name].gives === "truth") {
    cursor.fail(`${operand.call.name}(…) is a condition of its own and cannot be compared`, at);
  }
}

function parseOperand(cursor: Cursor): Operand {
  if (cursor.sees("'") || cursor.sees('"')) return { kind: "literal", value: parseString(cursor) };
  if (cursor.sees("@") || cursor.sees("$")) return { kind: "query", query: parseQuery(cursor) };
  const number = parseNumber(cursor);
  if (number !== undefined) return { kind: "literal", value: number };
  const at = cursor.position;
  const word = cursor.takeMatch(/[A-Za-z][A-Za-z0-9_]*/y);
  switch (word) {
    case "true":
    case "false":
      return { kind: "literal", value: word === "true" };
    case "null":
      return { kind: "literal", value: null };
    case "length":
    case "count":
    case "value":
    case "match":
    case "search":
      return { kind: "call", call: cursor.nested(() => parseCall(cursor, word)) };
    case "":
      return cursor.fail(
        `expected "@", "$", a quoted text, a number, true, false, null or a function, found ${cursor.found()}`,
      );
    default:
      return cursor.fail(
        `"${word}" is neither a literal nor one of the functions ${Object.keys(FUNCTIONS).join(", ")}`,
        at,
      );
  }
}

function parseQuery(cursor: Cursor): Query {
  const root = cursor.take() === "@" ? "@" : "$";
  return { root, segments: parseSegments(cursor) };
}

function parseCall(cursor: Cursor, name: FunctionName): FunctionCall {
  cursor.expect("(", `after ${name}`);
  const operands = FUNCTIONS[name].takes.map((type, index) => {
    cursor.skipBlank();
    if (index > 0) cursor.expect(",", `between the arguments of ${name}`);
    cursor.skipBlank();
    const at = cursor.position;
    const operand = parseOperand(cursor);
    if (type === "value") requireValue(cursor, operand, at);
    else if (operand.kind !== "query") cursor.fail(`${name}(…) takes a path`, at);
    return operand;
  });
  cursor.skipBlank();
  cursor.expect(")", `after the arguments of ${name}`);
  return { name, operands };
}
