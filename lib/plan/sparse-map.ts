/** A map for thousands of owners of which few have an entry: one without costs a field, not the 200 bytes of an empty Map. */
export class SparseMap<Value> {
  private entries: Map<string, Value> | undefined;

  get(key: string): Value | undefined {
    return this.entries?.get(key);
  }

  set(key: string, value: Value): void {
    this.entries ??= new Map<string, Value>();
    this.entries.set(key, value);
  }

  delete(key: string): void {
    this.entries?.delete(key);
    if (this.entries?.size === 0) this.entries = undefined;
  }

  clear(): void {
    this.entries = undefined;
  }
}
