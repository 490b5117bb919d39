import { text } from "./literals";
import { type Random } from "./random";

/** The type that a name of the data usually has, so that templates mostly fit. */
export const names = {
  string: ["uid", "plan", "region", "host", "japanese", "html", "multi"],
  int: ["n", "port", "big", "zero"],
  float64: ["pi", "ratio"],
  bool: ["yes", "no"],
  list: ["list", "words", "mixed", "none"],
  dict: ["map", "deep", "settings"],
} as const;

/** Names that the data never has. */
export const missingNames: readonly string[] = ["nope", "Uid", "x1"];

const integers = ["0", "1", "2", "3", "-5", "42", "8080", "9007199254740993", "9223372036854775807"];
/** Integers where a loop may find them: Go would count to any number. */
const smallIntegers = ["0", "1", "2", "3", "-5", "42"];
const floats = ["0.0", "1.5", "-2.25", "3.14159", "1e21", "1e-7", "2.0", "0.1"];

/** A JSON value as text: JavaScript's numbers could not carry what is tested here. */
function json(type: keyof typeof names | "any", random: Random, depth = 0): string {
  switch (type) {
    case "string":
      return JSON.stringify(text(random));
    case "int":
      return random.pick(integers);
    case "float64":
      return random.pick(floats);
    case "bool":
      return random.pick(["true", "false"]);
    case "list":
      return `[${random.times(0, 4, () => json("any", random, depth + 1)).join(",")}]`;
    case "dict": {
      const keys = new Set(random.times(0, 4, () => random.pick(["a", "b", "c", "uid", "x y", "日", "n"])));
      return `{${[...keys].map(key => `${JSON.stringify(key)}:${json("any", random, depth + 1)}`).join(",")}}`;
    }
    case "any": {
      if (random.chance(0.06)) return "null";
      const scalars = ["string", "string", "float64", "bool"] as const;
      if (random.chance(0.2)) return random.pick(smallIntegers);
      return json(depth > 2 ? random.pick(scalars) : random.pick([...scalars, "list", "dict"] as const), random, depth);
    }
  }
}

const entryTypes = Object.keys(names) as (keyof typeof names)[];

/** The data of a template, as JSON: every name has a value, now and then of another type or none. */
export function data(random: Random): string {
  const entries = entryTypes.flatMap(type =>
    names[type]
      .filter(() => !random.chance(0.03))
      .map(name => `"${name}":${json(random.chance(0.02) ? "any" : type, random)}`),
  );
  return `{${entries.join(",")}}`;
}
