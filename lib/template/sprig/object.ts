import { FunctionError, type GoValue } from "../value";

/**
 * A Go value that is more than data: a time, a version, a certificate. Its fields and its methods without arguments
 * are read with `get`, as the keys of a map are; methods that take arguments are called with {@link method}.
 */
export abstract class GoObject extends Map<string, GoValue> {
  /** `%T`: `time.Time`, `*semver.Version`, `sprig.certificate`. */
  abstract readonly typeName: string;
  /** reflect's kind: struct, ptr, or int for a month. */
  abstract readonly kindName: "struct" | "ptr" | "int" | "int64";
  /** As `%v` prints it. */
  abstract text(): string;
  /** What Go's JSON encoder makes of it. */
  abstract toJson(): GoValue;
  abstract equals(other: GoObject): boolean;
  /** Fields, and methods without arguments, by name. */
  protected abstract readonly fields: ReadonlyMap<string, () => GoValue>;

  override get(name: string): GoValue | undefined {
    return this.fields.get(name)?.();
  }

  override has(name: string): boolean {
    return this.fields.has(name);
  }

  /** A number behind the value, for arithmetic (a month); 0 where Go's cast package sees none. */
  toInteger(): bigint {
    return 0n;
  }

  /**
   * Calls a method that takes arguments, such as `.Format`.
   * @throws FunctionError if there is no such method, or the arguments do not fit
   */
  method(name: string, args: readonly GoValue[]): GoValue {
    throw new FunctionError(`${this.typeName} has no method ${name} that takes such arguments (${args.length} given)`);
  }
}
