import { FunctionError, type GoValue } from "../value";
import { GoObject } from "./object";

const VERSION =
  /^v?([0-9]+)(\.[0-9]+)?(\.[0-9]+)?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;
const MAX_UINT64 = 2n ** 64n - 1n;

interface VersionParts {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  readonly prerelease: string;
  readonly metadata: string;
}

/** A version of Masterminds/semver 3.3. `1` and `v1.2` are versions, too. */
export class Version extends GoObject {
  override readonly typeName: string;
  override readonly kindName: "struct" | "ptr";
  protected override readonly fields: ReadonlyMap<string, () => GoValue>;

  private constructor(
    readonly parts: VersionParts,
    readonly original: string,
    isPointer = true,
  ) {
    super();
    this.typeName = isPointer ? "*semver.Version" : "semver.Version";
    this.kindName = isPointer ? "ptr" : "struct";
    const { major, minor, patch, prerelease, metadata } = parts;
    const released = { prerelease: "", metadata: "" };
    this.fields = new Map<string, () => GoValue>([
      ["Major", () => major],
      ["Minor", () => minor],
      ["Patch", () => patch],
      ["Prerelease", () => prerelease],
      ["Metadata", () => metadata],
      // Go's method of the pointer, which a value that is no variable does not have.
      ...(isPointer ? [["Original", () => original] as const] : []),
      ["String", () => this.text()],
      ["IncMajor", () => this.next({ ...released, major: increment(major), minor: 0n, patch: 0n })],
      ["IncMinor", () => this.next({ ...released, major, minor: increment(minor), patch: 0n })],
      ["IncPatch", () => this.next({ ...released, major, minor, patch: prerelease === "" ? increment(patch) : patch })],
    ]);
  }

  /** @throws FunctionError if the text is no version */
  static parse(text: string): Version {
    const match = VERSION.exec(text);
    if (match === null) throw new FunctionError("Invalid Semantic Version");
    const [, major = "", minor = "", patch = "", prerelease = "", metadata = ""] = match;
    checkPrerelease(prerelease);
    const parts = { major: segment(major), minor: segment(minor), patch: segment(patch), prerelease, metadata };
    return new Version(parts, text);
  }

  override text(): string {
    const { major, minor, patch, prerelease, metadata } = this.parts;
    return `${major}.${minor}.${patch}${prerelease && `-${prerelease}`}${metadata && `+${metadata}`}`;
  }

  override toJson(): GoValue {
    return this.text();
  }

  override equals(other: GoObject): boolean {
    return (
      other instanceof Version &&
      other.typeName === this.typeName &&
      other.original === this.original &&
      other.text() === this.text()
    );
  }

  override method(name: string, args: readonly GoValue[]): GoValue {
    const [argument] = args;
    if (name === "SetPrerelease" && typeof argument === "string" && args.length === 1) {
      if (argument !== "") checkPrerelease(argument);
      return this.next({ ...this.parts, prerelease: argument });
    }
    if (name === "SetMetadata" && typeof argument === "string" && args.length === 1) {
      if (!/^[0-9A-Za-z.-]*$/.test(argument)) throw new FunctionError("Invalid Metadata string");
      return this.next({ ...this.parts, metadata: argument });
    }
    const compared =
      this.kindName === "ptr" && args.length === 1 && argument instanceof Version ? this.compare(argument) : undefined;
    if (compared !== undefined && argument instanceof Version && argument.kindName === "ptr") {
      switch (name) {
        case "Compare":
          return BigInt(compared);
        case "Equal":
          return compared === 0;
        case "LessThan":
          return compared < 0;
        case "LessThanEqual":
          return compared <= 0;
        case "GreaterThan":
          return compared > 0;
        case "GreaterThanEqual":
          return compared >= 0;
      }
    }
    return super.method(name, args);
  }

  /** -1, 0 or 1; metadata does not count. */
  compare(other: Version): number {
    return (
      compareNumbers(this.parts.major, other.parts.major) ||
      compareNumbers(this.parts.minor, other.parts.minor) ||
      compareNumbers(this.parts.patch, other.parts.patch) ||
      comparePrereleases(this.parts.prerelease, other.parts.prerelease)
    );
  }

  private next(parts: VersionParts): Version {
    const version = new Version(parts, "", false);
    return new Version(parts, (this.original.startsWith("v") ? "v" : "") + version.text(), false);
  }
}

function increment(value: bigint): bigint {
  return (value + 1n) & MAX_UINT64;
}

function segment(text: string): bigint {
  const digits = text.startsWith(".") ? text.slice(1) : text;
  const value = digits.length > 40 ? MAX_UINT64 + 1n : BigInt(digits || "0");
  if (value > MAX_UINT64) throw new FunctionError("Error parsing version segment: value out of range");
  return value;
}

function checkPrerelease(prerelease: string): void {
  for (const part of prerelease.split(".")) {
    if (/^0[0-9]+$/.test(part)) throw new FunctionError("Version segment starts with 0");
    if (!/^[0-9A-Za-z-]*$/.test(part)) throw new FunctionError("Invalid Prerelease string");
  }
}

function compareNumbers(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Also used by ranges, which compare prereleases alone: there an empty one comes before the others. */
export function comparePrereleaseParts(left: string, right: string): number {
  const leftParts = left.split(".");
  const rightParts = right.split(".");
  for (let index = 0; index < Math.max(leftParts.length, rightParts.length); index++) {
    const order = comparePart(leftParts[index] ?? "", rightParts[index] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

function comparePrereleases(left: string, right: string): number {
  if (left === right) return 0;
  if (left === "") return 1;
  return right === "" ? -1 : comparePrereleaseParts(left, right);
}

function comparePart(left: string, right: string): number {
  if (left === right) return 0;
  if (left === "") return -1;
  if (right === "") return 1;
  const leftNumber = unsigned(left);
  const rightNumber = unsigned(right);
  if (leftNumber === undefined && rightNumber === undefined) return left > right ? 1 : -1;
  if (rightNumber === undefined) return -1;
  if (leftNumber === undefined) return 1;
  return leftNumber > rightNumber ? 1 : -1;
}

function unsigned(text: string): bigint | undefined {
  if (!/^[0-9]{1,40}$/.test(text)) return undefined;
  const value = BigInt(text);
  return value > MAX_UINT64 ? undefined : value;
}
