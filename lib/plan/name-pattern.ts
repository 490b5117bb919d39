/** A glob over names: `*` stands for any characters, or none, and `?` for one. */
export class NamePattern {
  private readonly expression: RegExp;

  constructor(readonly source: string) {
    // Runs of stars are one star: more would only cost the search its time.
    const parts = source
      .replace(/\*+/g, "*")
      .replace(/[.*+?^${}()|[\]\\]/g, found => translations[found] ?? `\\${found}`);
    this.expression = new RegExp(`^${parts}$`, "s");
  }

  matches(name: string): boolean {
    return this.expression.test(name);
  }
}

const translations: Readonly<Record<string, string>> = { "*": ".*", "?": "." };
