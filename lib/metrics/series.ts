import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** What a metric is called, what it means, and by which labels it is split. */
export interface Definition<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly Label[];
}

export type Labels<Label extends string> = Record<Label, string>;

type Setter<Label extends string> = (labels: Labels<Label>, value: number) => void;

/** A gauge whose series are made anew for each scrape: what is gone has none. */
export function scrapedGauge<Label extends string>(
  registry: Registry,
  definition: Definition<Label>,
  collect: (set: Setter<Label>) => void,
): void {
  new Gauge<Label>({
    ...definition,
    registers: [registry],
    collect() {
      this.reset();
      collect((labels, value) => {
        this.set(labels, value);
      });
    },
  });
}

/** A number without labels that is known elsewhere. */
export function scrapedNumber(registry: Registry, definition: Definition<never>, read: () => number): void {
  new Gauge({
    ...definition,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

/** A count without labels that is kept elsewhere, where it costs an addition. */
export function scrapedCounter(registry: Registry, definition: Definition<never>, read: () => number): void {
  new Counter({
    ...definition,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}

/** Which series belong to which object, so that they go with it. */
class Owned<Label extends string> {
  private readonly byOwner = new Map<string, Map<string, Labels<Label>>>();

  constructor(private readonly metric: { remove(labels: Partial<Record<Label, string | number>>): void }) {}

  note(owner: string, labels: Labels<Label>): void {
    const series = this.byOwner.get(owner) ?? new Map<string, Labels<Label>>();
    series.set(Object.values(labels).join("\n"), labels);
    this.byOwner.set(owner, series);
  }

  forget(owner: string): void {
    for (const labels of this.byOwner.get(owner)?.values() ?? []) this.metric.remove(labels);
    this.byOwner.delete(owner);
  }

  has(owner: string): boolean {
    return this.byOwner.has(owner);
  }

  get owners(): number {
    return this.byOwner.size;
  }
}

/** A counter about objects; the owner is an object's key. */
export class OwnedCounter<Label extends string> {
  private readonly metric: Counter<Label>;
  private readonly owned: Owned<Label>;

  constructor(registry: Registry, definition: Definition<Label>) {
    this.metric = new Counter<Label>({ ...definition, registers: [registry] });
    this.owned = new Owned(this.metric);
  }

  inc(owner: string, labels: Labels<Label>, by = 1): void {
    this.owned.note(owner, labels);
    this.metric.inc(labels, by);
  }

  forget(owner: string): void {
    this.owned.forget(owner);
  }

  has(owner: string): boolean {
    return this.owned.has(owner);
  }

  /** How many objects have series. */
  get owners(): number {
    return this.owned.owners;
  }
}

/** A histogram about objects; the owner is an object's key. */
export class OwnedHistogram<Label extends string> {
  private readonly metric: Histogram<Label>;
  private readonly owned: Owned<Label>;

  constructor(registry: Registry, definition: Definition<Label>, buckets: readonly number[]) {
    this.metric = new Histogram<Label>({ ...definition, buckets: [...buckets], registers: [registry] });
    this.owned = new Owned(this.metric);
  }

  observe(owner: string, labels: Labels<Label>, value: number): void {
    this.owned.note(owner, labels);
    this.metric.observe(labels, value);
  }

  forget(owner: string): void {
    this.owned.forget(owner);
  }
}
