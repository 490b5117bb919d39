import { RE2JS } from "re2js";
import { FunctionError } from "../value";
import { comparePrereleaseParts, Version } from "./version";

const VERSION_PATTERN =
  "v?([0-9|x|X|\\*]+)(\\.[0-9|x|X|\\*]+)?(\\.[0-9|x|X|\\*]+)?(-([0-9A-Za-z\\-]+(\\.[0-9A-Za-z\\-]+)*))?(\\+([0-9A-Za-z\\-]+(\\.[0-9A-Za-z\\-]+)*))?";
/** Go has no bound here. */
const MAX_LENGTH = 4096;
const OPERATORS = "=||!=|>|<|>=|=>|<=|=<|~|~>|\\^";

// Linear-time matching: the nested repetitions of the list pattern could take JavaScript's engine forever.
const single = RE2JS.compile(`^\\s*(${OPERATORS})\\s*(${VERSION_PATTERN})\\s*$`);
const hyphenated = RE2JS.compile(`\\s*(${VERSION_PATTERN})\\s+-\\s+(${VERSION_PATTERN})\\s*`);
const each = RE2JS.compile(`(${OPERATORS})\\s*(${VERSION_PATTERN})`);
const list = RE2JS.compile(
  `^(\\s*(${OPERATORS})\\s*(${VERSION_PATTERN})\\s*)((?:\\s+|,\\s*)(${OPERATORS})\\s*(${VERSION_PATTERN})\\s*)*$`,
);

interface Constraint {
  readonly operator: string;
  readonly version: Version;
  /** Which part was left out or an x: `1` and `1.x` leave out minor, `1.2` patch. */
  readonly wildcard: "none" | "major" | "minor" | "patch";
}

/** A constraint of Masterminds/semver 3.3: alternatives (`||`) of comparisons that all must hold. */
export class VersionRange {
  private constructor(private readonly alternatives: readonly (readonly Constraint[])[]) {}

  /** @throws FunctionError if the text is no constraint */
  static parse(text: string): VersionRange {
    if (text.length > MAX_LENGTH) throw new FunctionError(`the constraint is longer than ${MAX_LENGTH} characters`);
    return new VersionRange(rewriteHyphens(text).split("||").map(parseAll));
  }

  includes(version: Version): boolean {
    return this.alternatives.some(all => all.every(constraint => holds(constraint, version)));
  }
}

/** `1.2 - 3` → `>= 1.2, <= 3 `. */
function rewriteHyphens(text: string): string {
  let rewritten = text;
  const matcher = hyphenated.matcher(text);
  while (matcher.find()) {
    const replacement = `>= ${matcher.group(1) ?? ""}, <= ${matcher.group(11) ?? ""} `;
    rewritten = rewritten.replace(matcher.group() ?? "", () => replacement);
  }
  return rewritten;
}

function parseAll(text: string): Constraint[] {
  if (!list.matcher(text).find()) throw new FunctionError("improper constraint");
  const constraints: Constraint[] = [];
  const matcher = each.matcher(text);
  while (matcher.find()) constraints.push(parseOne(matcher.group() ?? ""));
  return constraints;
}

function parseOne(text: string): Constraint {
  const matcher = single.matcher(text);
  if (!matcher.find()) throw new FunctionError("improper constraint");
  const group = (index: number): string => matcher.group(index) ?? "";
  const [operator, version, major, minor, patch, prerelease] = [1, 2, 3, 4, 5, 6].map(group);
  const constraint = (text: string, wildcard: Constraint["wildcard"]): Constraint => ({
    operator: operator ?? "",
    version: parseVersion(text),
    wildcard,
  });
  if (isWildcard(major)) return constraint(`0.0.0${prerelease ?? ""}`, "major");
  if (isWildcard(minor)) return constraint(`${major ?? ""}.0.0${prerelease ?? ""}`, "minor");
  if (isWildcard(patch)) return constraint(`${major ?? ""}${minor ?? ""}.0${prerelease ?? ""}`, "patch");
  return constraint(version ?? "", "none");
}

function parseVersion(text: string): Version {
  try {
    return Version.parse(text);
  } catch (error) {
    if (error instanceof FunctionError) throw new FunctionError("constraint Parser Error");
    throw error;
  }
}

function isWildcard(part: string | undefined): boolean {
  return part === undefined || /^\.?[xX*]?$/.test(part);
}

function holds(constraint: Constraint, version: Version): boolean {
  const { operator, version: bound, wildcard } = constraint;
  const dirty = wildcard !== "none";
  // A prerelease satisfies only a constraint that names a prerelease itself.
  const unasked = version.parts.prerelease !== "" && bound.parts.prerelease === "";
  if (operator === "!=") return dirty ? !unasked && differs(constraint, version) : version.compare(bound) !== 0;
  if (unasked) return false;
  switch (operator) {
    case ">":
      return isGreater(constraint, version);
    case "<":
      return version.compare(bound) < 0;
    case ">=":
    case "=>":
      return version.compare(bound) >= 0;
    case "<=":
    case "=<":
      return isAtMost(constraint, version);
    case "~":
    case "~>":
      return isAboutEqual(constraint, version);
    case "^":
      return isCompatible(constraint, version);
    default:
      return dirty ? isAboutEqual(constraint, version) : version.compare(bound) === 0;
  }
}

function differs({ version: bound, wildcard }: Constraint, version: Version): boolean {
  const [wanted, given] = [bound.parts, version.parts];
  if (wanted.major !== given.major) return true;
  if (wildcard === "minor") return false;
  if (wanted.minor !== given.minor) return true;
  if (wildcard === "patch") {
    const prereleases = given.prerelease !== "" || wanted.prerelease !== "";
    return prereleases && comparePrereleaseParts(given.prerelease, wanted.prerelease) !== 0;
  }
  return wanted.patch !== given.patch || version.compare(bound) !== 0;
}

function isGreater({ version: bound, wildcard }: Constraint, version: Version): boolean {
  const [wanted, given] = [bound.parts, version.parts];
  if (wildcard === "none") return version.compare(bound) > 0;
  if (given.major !== wanted.major) return given.major > wanted.major;
  // `>11` starts at 12, `>11.1` at 11.2.
  if (wildcard === "minor") return false;
  return wildcard === "patch" ? given.minor > wanted.minor : version.compare(bound) > 0;
}

function isAtMost({ version: bound, wildcard }: Constraint, version: Version): boolean {
  const [wanted, given] = [bound.parts, version.parts];
  if (wildcard === "none") return version.compare(bound) <= 0;
  if (given.major > wanted.major) return false;
  return !(given.major === wanted.major && given.minor > wanted.minor && wildcard !== "minor");
}

function isAboutEqual({ version: bound, wildcard }: Constraint, version: Version): boolean {
  const [wanted, given] = [bound.parts, version.parts];
  if (version.compare(bound) < 0) return false;
  const isZero = wanted.major === 0n && wanted.minor === 0n && wanted.patch === 0n;
  // ~0.0.0, and * which is kept as 0.0.0, take everything.
  if (isZero && wildcard !== "minor" && wildcard !== "patch") return true;
  return given.major === wanted.major && (given.minor === wanted.minor || wildcard === "minor");
}

function isCompatible({ version: bound, wildcard }: Constraint, version: Version): boolean {
  const [wanted, given] = [bound.parts, version.parts];
  if (version.compare(bound) < 0) return false;
  if (wanted.major > 0n || wildcard === "minor") return given.major === wanted.major;
  if (given.major > 0n) return false;
  if (wanted.minor > 0n || wildcard === "patch") return given.minor === wanted.minor;
  return given.minor === 0n && given.patch === wanted.patch;
}
