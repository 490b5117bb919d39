import { missingNames, names } from "./data";
import { functionsWith, type Signature, signatures } from "./functions";
import { floatLiteral, format, integerLiteral, quoted, specials, text } from "./literals";
import { type Random } from "./random";
import { type Scope } from "./scope";

const deepest = 3;
/** Never anything else than what is listed for them. */
const exact: ReadonlySet<string> = new Set(["scalar", "fresh"]);
const leafTypes = ["string", "string", "int", "float64", "bool", "list", "dict", "nil"] as const;

/** Go templates' expressions, by a grammar that mostly keeps to Go's types. */
export class Expressions {
  constructor(private readonly random: Random) {}

  /** A call whose result is a list or a map, or an error: nothing else, since Go would count to any number. */
  collection(scope: Scope): string {
    return this.call(this.random.pick(this.functions(this.random.pick(["list", "list", "dict"]))), scope, 0);
  }

  /** What stands between the delimiters of an action: a pipeline of commands. */
  pipeline(type: string, scope: Scope): string {
    const { random } = this;
    if (random.chance(0.35)) return this.piped(type, scope);
    return random.chance(0.5) ? this.call(random.pick(this.functions(type)), scope, 0) : this.bare(type, scope, 0);
  }

  private functions(type: string): readonly Signature[] {
    const fitting = functionsWith(type);
    return fitting.length === 0 ? signatures : fitting;
  }

  /** `value | f a | g`: the value before the bar becomes the last argument. */
  private piped(type: string, scope: Scope): string {
    const { random } = this;
    const last = random.pick(this.functions(type));
    const wanted = last.rest ?? last.parameters.at(-1) ?? "any";
    const before =
      random.chance(0.3) && wanted !== "small" && !specials.has(wanted)
        ? this.piped(wanted, scope)
        : this.bare(wanted, scope, 1);
    return `${before} | ${this.call(last, scope, 1, true)}`;
  }

  /** A function with its arguments, without parentheses. */
  private call({ name, parameters, rest, least, most }: Signature, scope: Scope, depth: number, piped = false): string {
    const { random } = this;
    if (name === "printf" && random.chance(0.9)) return this.printf(scope, depth, piped);
    const further = rest === undefined && most === Infinity ? "any" : rest;
    const types = [...parameters, ...(further === undefined ? [] : random.times(0, 3, () => further))];
    if (name === "dict") types.splice(0, types.length, ...random.times(0, 3, () => ["string", "any"]).flat());
    // A wrong number of arguments, now and then.
    if (random.chance(0.008)) types.push("any");
    if (random.chance(0.008) || (piped && types.length > 0)) types.pop();
    while (types.length + Number(piped) < least && random.chance(0.95)) types.push("any");
    return [name, ...types.map(type => this.operand(type, scope, depth + 1))].join(" ");
  }

  private printf(scope: Scope, depth: number, piped: boolean): string {
    const { random } = this;
    const wanted = format(random);
    const count = Math.max(0, wanted.operands - Number(piped) + random.pick([0, 0, 0, 0, 0, 1, -1]));
    const operands = Array.from({ length: count }, () => this.operand("any", scope, depth + 1));
    return ["printf", quoted(wanted.text, random), ...operands].join(" ");
  }

  /** An argument: a leaf, or a pipeline in parentheses. */
  operand(type: string, scope: Scope, depth: number): string {
    return type !== "small" && !specials.has(type) && depth < deepest && this.random.chance(0.25)
      ? `(${this.call(this.random.pick(this.functions(type)), scope, depth)})`
      : this.bare(type, scope, depth);
  }

  private bare(wanted: string, scope: Scope, depth: number): string {
    const { random } = this;
    if (wanted === "small") return String(random.integer(-1, 12));
    const special = specials.get(wanted);
    if (special !== undefined && (exact.has(wanted) || random.chance(0.97))) return random.pick(special);
    const type = random.chance(0.025) ? random.pick(leafTypes) : wanted;
    if (random.chance(wanted === "any" ? 0.12 : 0.03)) return this.reference(scope);
    switch (type) {
      case "string":
        return random.chance(0.4) ? `.${random.pick(names.string)}` : quoted(text(random), random);
      case "int":
      case "uint32":
        return random.chance(0.3) ? `.${random.pick(names.int)}` : integerLiteral(random);
      case "int64":
        return `(int64 ${integerLiteral(random)})`;
      case "float64":
        return random.chance(0.3) ? `.${random.pick(names.float64)}` : floatLiteral(random);
      case "bool":
        return random.chance(0.4) ? `.${random.pick(names.bool)}` : random.pick(["true", "false"]);
      case "list":
        if (random.chance(0.05)) return `(keys .${random.pick(names.dict)} | sortAlpha)`;
        return depth < deepest && random.chance(0.5) ? `(${this.list(scope, depth)})` : `.${random.pick(names.list)}`;
      case "dict":
        return depth < deepest && random.chance(0.5)
          ? `(${this.call({ name: "dict", parameters: [], rest: "any", result: "dict", least: 0, most: Infinity }, scope, depth)})`
          : `.${random.pick(names.dict)}`;
      case "object":
      case "time.Time":
        return random.pick(['(toDate "2006-01-02" "2024-02-29")', '(semver "1.2.3-rc.1+b")', '(toDate "2006" "x")']);
      case "*semver.Version":
        return '(semver "1.2.3-rc.1")';
      case "nil":
        // Alone, it is no command; an action of it is refused.
        return depth === 0 && random.chance(0.9) ? ".no" : "nil";
      default:
        return this.bare(random.pick(leafTypes), scope, depth);
    }
  }

  private list(scope: Scope, depth: number): string {
    const { random } = this;
    const type = random.pick(["string", "int", "any"]);
    return ["list", ...random.times(0, 4, () => this.operand(type, scope, depth + 1))].join(" ");
  }

  /** A variable, a field of one, the dot, or a path into the data that may not exist. */
  private reference(scope: Scope): string {
    const { random } = this;
    const fields = random.times(0, 2, () => `.${random.pick(["a", "b", "c", "uid", "n"])}`).join("");
    switch (random.integer(0, 4)) {
      case 0:
        return ".";
      case 1:
        return `.${random.pick(missingNames)}${fields}`;
      case 2:
        return `.${random.pick([...names.dict, ...names.string])}${fields}`;
      default:
        return `${scope.variable(random)}${fields}`;
    }
  }
}
