/** A template variable while its template is compiled. */
export interface ScopedVariable {
  readonly name: string;
  readonly slot: number;
  /** Holds elements of what a range walks over: a nil there is an element of a list or map. */
  readonly isElement: boolean;
}

/** The variables in sight at a place of a template, and the slots that they take in its frame. */
export class Scope {
  private readonly visible: ScopedVariable[] = [{ name: "$", slot: 0, isElement: false }];
  /** The next free slot; slot 0 is `$`. */
  private slots = 1;
  /** Whether the dot is an element of what a range walks over. */
  dotIsElement = false;

  declare(name: string, isElement = false): number {
    const slot = this.slots++;
    this.visible.push({ name, slot, isElement });
    return slot;
  }

  find(name: string): ScopedVariable | undefined {
    return this.visible.findLast(variable => variable.name === name);
  }

  /** Compiles something whose variables end with it. */
  within<T>(compile: () => T, dotIsElement = this.dotIsElement): T {
    const mark = this.visible.length;
    const outerDot = this.dotIsElement;
    this.dotIsElement = dotIsElement;
    const result = compile();
    this.dotIsElement = outerDot;
    this.visible.length = mark;
    return result;
  }
}
