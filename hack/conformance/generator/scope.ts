import { type Random } from "./random";

/** What a template may name at one place: the variables declared so far, and whether a loop is around it. */
export class Scope {
  private constructor(
    private readonly declared: string[],
    readonly insideLoop: boolean,
    readonly depth: number,
    /** Definitions do not invoke others: Go follows an endless recursion 100,000 templates deep. */
    readonly mayInvoke: boolean,
  ) {}

  static outermost(): Scope {
    return new Scope([], false, 0, true);
  }

  /** Inside `define` or `block`, which see no variables from outside. */
  static ofDefinition(): Scope {
    return new Scope([], false, 1, false);
  }

  /** The scope of a block: what it declares ends with it. */
  inner(insideLoop = this.insideLoop): Scope {
    return new Scope([...this.declared], insideLoop, this.depth + 1, this.mayInvoke);
  }

  /** The scope of one branch: what it declares, its other branches do not see. */
  branch(): Scope {
    return new Scope([...this.declared], this.insideLoop, this.depth, this.mayInvoke);
  }

  declare(random: Random): string {
    const name = `$${random.pick(["x", "y", "i", "v", "é1"])}`;
    this.declared.push(name);
    return name;
  }

  /** A variable: mostly a declared one. */
  variable(random: Random): string {
    if (random.chance(0.01)) return "$q";
    if (this.declared.length === 0) return "$";
    return random.pick(this.declared);
  }
}
