import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type ColumnValue, type RowSnapshot, type RowSource } from "../../datasource";
import { type TableMark } from "../../record/change-mark";
import { RowMapper } from "../../record/mapping";
import { type RowTable } from "../../record/row-table";
import { type Extent, TableReading } from "./table-reading";

interface FakeRow {
  readonly uid: string;
  readonly active: boolean;
  readonly plan: string;
  /** Milliseconds; the table shows whole seconds. */
  readonly mark: number | null;
}

const mapper = new RowMapper({ uid: "id", activate: "active", extra: new Map([["plan", "plan"]]) });
const timeOf = (mark: number) => `${new Date(mark).toISOString().slice(0, 19)}Z`;
const checksumOf = ({ mark }: FakeRow) => (mark === null ? 0 : (Math.floor(mark / 1000) * 2654435761) % 4294967296);
const textOf = ({ uid, active, plan }: FakeRow): ColumnValue[] => [uid, active ? "1" : "0", plan];

/** A table with marks of whole seconds, and what was asked of it. */
class FakeTable implements RowSource {
  rows: FakeRow[] = [];
  now = Date.UTC(2026, 0, 1);
  readonly asked: string[] = [];
  fails = false;

  snapshot<Result>(_signal: AbortSignal, work: (snapshot: RowSnapshot) => Promise<Result>): Promise<Result> {
    return work({
      rows: (_columns, onRow) => this.all(onRow),
      mark: () => Promise.resolve(this.markNow()),
      markedRows: (_columns, _mark, onRow) => this.all(onRow, true),
      rowsSince: (_columns, { since }, onRow) => {
        this.asked.push("part");
        const from = Date.parse(`${since.replace(" ", "T")}Z`);
        const isNew = ({ mark }: FakeRow) => mark === null || Math.floor(mark / 1000) * 1000 >= from;
        const uids = new Set(this.rows.filter(isNew).map(({ uid }) => uid));
        for (const row of this.rows) if (uids.has(row.uid)) onRow([...textOf(row), String(checksumOf(row))]);
        return Promise.resolve();
      },
    });
  }

  mark(): Promise<TableMark> {
    this.asked.push("mark");
    return Promise.resolve(this.markNow());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private all(onRow: (row: readonly ColumnValue[]) => void, marked = false): Promise<void> {
    this.asked.push("whole");
    for (const [index, row] of this.rows.entries()) {
      if (this.fails && index === this.rows.length - 1) return Promise.reject(new Error("cut off"));
      onRow([...textOf(row), ...(marked ? [String(checksumOf(row))] : [])]);
    }
    return Promise.resolve();
  }

  private markNow(): TableMark {
    const marks = this.rows.flatMap(({ mark }) => mark ?? []);
    return {
      rows: this.rows.length,
      unmarked: this.rows.length - marks.length,
      checksum: this.rows.reduce((sum, row) => sum + BigInt(checksumOf(row)), 0n),
      newest: marks.length === 0 ? null : timeOf(Math.max(...marks)),
      now: new Date(this.now).toISOString(),
    };
  }
}

function reading(table: FakeTable, wholeEveryMs = 600_000) {
  const options = { mapper, schema: undefined, mark: { column: "updated_at", wholeEveryMs } };
  return new TableReading({ ...options, now: () => table.now, random: () => 0 });
}

const signal = new AbortController().signal;
const usual = { whole: false, occasion: "", signal };

/** Everything that a sync wants to know of a table. */
function meaning(table: RowTable) {
  const { seen, active, quarantined, samples } = table;
  const uids = [...table.uids()].sort();
  const plans = uids.map(uid => [uid, table.record(uid)?.values.get("plan")]);
  return { seen, active, quarantined, samples, plans, quarantinedUids: new Set(table.quarantinedUids) };
}

async function wholeMeaning(table: FakeTable) {
  const fresh = new TableReading({ mapper, schema: undefined, mark: undefined, now: () => 0, random: () => 0 });
  await fresh.look(table, usual);
  return meaning(fresh.table);
}

type Step =
  | {
      readonly kind: "write";
      readonly uid: string;
      readonly active: boolean;
      readonly plan: string;
      readonly late: number;
    }
  | { readonly kind: "double"; readonly uid: string }
  | { readonly kind: "delete"; readonly index: number }
  | { readonly kind: "restore" }
  | { readonly kind: "look" };

const uids = fc.constantFrom("a", "b", "c", "d", "");
const steps = fc.array(
  fc.tuple(
    fc.oneof<fc.Arbitrary<Step>[]>(
      fc.record({
        kind: fc.constant("write" as const),
        uid: uids,
        active: fc.boolean(),
        plan: fc.constantFrom("basic", "gold"),
        late: fc.constantFrom(0, 0, 0, 500, 5_000, 60_000),
      }),
      fc.record({ kind: fc.constant("double" as const), uid: uids }),
      fc.record({ kind: fc.constant("delete" as const), index: fc.nat(5) }),
      fc.record({ kind: fc.constant("restore" as const) }),
      fc.record({ kind: fc.constant("look" as const) }),
    ),
    fc.constantFrom(10, 300, 1_000, 2_500, 30_000),
  ),
  { maxLength: 30 },
);

describe("looking at a table with a change mark", () => {
  it("comes to what reading it whole would, whatever was written, deleted, doubled, restored or committed late", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async history => {
        const table = new FakeTable();
        const one = reading(table);
        const backup: FakeRow[] = [{ uid: "a", active: true, plan: "old", mark: table.now - 3_600_000 }];
        for (const [step, ms] of history) {
          table.now += ms;
          if (step.kind === "look") await one.look(table, usual);
          if (step.kind === "delete") table.rows.splice(step.index, 1);
          if (step.kind === "restore") table.rows = [...backup];
          if (step.kind === "double") table.rows.push({ uid: step.uid, active: true, plan: "x", mark: table.now });
          if (step.kind === "write") {
            const { uid, active, plan, late } = step;
            const row = { uid, active, plan, mark: table.now - late };
            const index = table.rows.findIndex(other => other.uid === uid);
            if (index === -1) table.rows.push(row);
            else if (table.rows[index]?.mark !== row.mark) table.rows[index] = row;
          }
        }
        // Once a second has passed without a change, one look is enough.
        table.now += 3_000;
        await one.look(table, usual);
        expect(meaning(one.table)).toEqual(await wholeMeaning(table));
        // One more, of the newest rows at most, and from then on it costs nothing.
        table.now += 3_000;
        expect((await one.look(table, usual)).changed).toEqual(new Set());
        table.now += 3_000;
        table.asked.length = 0;
        expect(await one.look(table, usual)).toEqual({ extent: "none", changed: new Set() });
        expect(table.asked).toEqual(["mark"]);
      }),
      { numRuns: 300 },
    );
  });

  const row = (uid: string, mark: number | null, more: Partial<FakeRow> = {}): FakeRow => ({
    uid,
    active: true,
    plan: "basic",
    mark,
    ...more,
  });

  /** A table with rows a, b and c that was read long enough ago. */
  async function settled(): Promise<{ table: FakeTable; one: TableReading; look: () => Promise<[Extent, string[]]> }> {
    const table = new FakeTable();
    table.rows = ["a", "b", "c"].map(uid => row(uid, table.now - 60_000));
    const one = reading(table);
    const look = async (): Promise<[Extent, string[]]> => {
      table.now += 3_000;
      const { extent, changed } = await one.look(table, usual);
      return [extent, [...changed].sort()];
    };
    expect(await look()).toEqual(["whole", ["a", "b", "c"]]);
    expect(await look()).toEqual(["part", []]);
    expect(await look()).toEqual(["none", []]);
    return { table, one, look };
  }

  it.each<[string, (table: FakeTable) => void, Extent, string[]]>([
    ["a new row is read by itself", table => table.rows.push(row("d", table.now)), "part", ["d"]],
    [
      "a changed row is read by itself",
      table => (table.rows[1] = row("b", table.now, { plan: "gold" })),
      "part",
      ["b"],
    ],
    ["a new mark on the same values is no change", table => (table.rows[1] = row("b", table.now)), "part", []],
    ["a deleted row makes the whole table be read", table => table.rows.pop(), "whole", ["c"]],
    [
      "a deleted row beside a new one makes the whole table be read",
      table => (table.rows[2] = row("d", table.now)),
      "whole",
      ["c", "d"],
    ],
    [
      "a row that is turned off makes the whole table be read: only that lets nodes go",
      table => (table.rows[1] = row("b", table.now, { active: false })),
      "whole",
      ["b"],
    ],
    [
      "a row with another uid makes the whole table be read",
      table => (table.rows[1] = row("z", table.now)),
      "whole",
      ["b", "z"],
    ],
    [
      "a second row with a known uid is seen as one of two",
      table => table.rows.push(row("b", table.now)),
      "part",
      ["b"],
    ],
    [
      "a second row with a known uid in the place of another makes the whole table be read",
      table => (table.rows[2] = row("b", table.now)),
      "whole",
      ["b", "c"],
    ],
    [
      "a transaction that is committed long after its mark makes the whole table be read",
      table => (table.rows[1] = row("b", table.now - 90_000, { plan: "gold" })),
      "whole",
      ["b"],
    ],
    [
      "marks that go back, as after a restore, make the whole table be read",
      table => (table.rows = table.rows.map(({ uid }) => row(uid, table.now - 7_200_000, { plan: "old" }))),
      "whole",
      ["a", "b", "c"],
    ],
    [
      "a row without a mark is read at every look",
      table => (table.rows[1] = row("b", null, { plan: "gold" })),
      "part",
      ["b"],
    ],
  ])("%s", async (_what, change, extent, changed) => {
    const { table, one, look } = await settled();
    change(table);
    expect(await look()).toEqual([extent, changed]);
    expect(meaning(one.table)).toEqual(await wholeMeaning(table));
  });

  it("sees changes of rows without a mark", async () => {
    const { table, look } = await settled();
    table.rows[1] = row("b", null);
    await look();
    table.rows[1] = row("b", null, { plan: "gold" });
    expect(await look()).toEqual(["part", ["b"]]);
  });

  it("reads again what may have changed twice within one second of the mark", async () => {
    const { table, one } = await settled();
    table.now = Math.ceil(table.now / 1000) * 1000;
    table.rows[1] = row("b", table.now, { plan: "gold" });
    await one.look(table, usual);
    table.now += 400;
    table.rows[1] = row("b", table.now, { plan: "silver" });
    table.now += 1_000;
    const { changed } = await one.look(table, usual);
    expect([...changed]).toEqual(["b"]);
    expect(one.table.record("b")?.values.get("plan")).toBe("silver");
  });

  it("is not led astray by a mark from the future", async () => {
    const { table, look } = await settled();
    table.rows[0] = row("a", Date.UTC(2099, 0, 1));
    await look();
    table.rows[1] = row("b", table.now, { plan: "gold" });
    expect(await look()).toEqual(["part", ["b"]]);
  });

  it.each(["whole", "occasion", "time"])("reads every row when it is asked to: %s", async why => {
    const { table, one } = await settled();
    if (why === "time") table.now += 600_000;
    const options = { whole: why === "whole", occasion: why === "occasion" ? "another" : "", signal };
    expect((await one.look(table, options)).extent).toBe("whole");
  });

  it("takes nothing from a read that failed, and reads every row the next time", async () => {
    const { table, one, look } = await settled();
    const before = meaning(one.table);
    table.rows[0] = row("a", table.now, { plan: "gold" });
    table.rows.splice(1, 1);
    table.fails = true;
    await expect(look()).rejects.toThrow("cut off");
    expect(meaning(one.table)).toEqual(before);
    table.fails = false;
    expect(await look()).toEqual(["whole", ["a", "b"]]);
  });
});

describe("looking at a table without a change mark", () => {
  it("reads every row, and tells which ones say something else", async () => {
    const table = new FakeTable();
    const one = new TableReading({ mapper, schema: undefined, mark: undefined, now: () => 0, random: () => 0 });
    table.rows = ["a", "b", "off"].map(uid => ({ uid, active: uid !== "off", plan: "basic", mark: null }));
    expect(await one.look(table, usual)).toEqual({ extent: "whole", changed: new Set(["a", "b"]) });
    expect(await one.look(table, usual)).toEqual({ extent: "whole", changed: new Set() });
    table.rows[1] = { uid: "b", active: false, plan: "basic", mark: null };
    expect(await one.look(table, usual)).toEqual({ extent: "whole", changed: new Set(["b"]) });
    expect(table.asked).toEqual(["whole", "whole", "whole"]);
  });
});
