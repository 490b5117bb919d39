import { describe, expect, it } from "@jest/globals";
import { SnapshotBuilder, type Snapshot } from "./quarantine";
import { type HubRecord } from "./record";
import { RowSchema } from "./row-schema";

const row = (uid: string, active = true, values: Record<string, string> = {}): HubRecord => ({
  uid,
  active,
  values: new Map(Object.entries({ uid, ...values })),
});

function snapshotOf(rows: readonly HubRecord[], schema?: RowSchema): Snapshot {
  const builder = new SnapshotBuilder(schema);
  for (const record of rows) builder.add(record);
  return builder.build();
}

describe("SnapshotBuilder", () => {
  it("keeps active rows by uid, in their order, and counts inactive ones", () => {
    const rows = [row("b"), row("off", false), row("a")];
    const snapshot = snapshotOf(rows);
    expect([...snapshot.records]).toEqual([
      ["b", rows[0]],
      ["a", rows[2]],
    ]);
    expect(snapshot).toMatchObject({ seen: 3, active: 2, inactive: 1, quarantined: { count: 0, samples: [] } });
  });

  it("is empty for an empty table", () => {
    expect(snapshotOf([])).toMatchObject({ seen: 0, active: 0, inactive: 0, quarantined: { count: 0 } });
  });

  it.each([
    ["", "", "the uid is empty"],
    ["a\nb", "a\\u{a}b", "the uid has control characters or line breaks"],
    ["a\u0000", "a\\u{0}", "the uid has control characters or line breaks"],
    [" a", " a", "the uid begins or ends with white space"],
    ["a\u00a0", "a\u00a0", "the uid begins or ends with white space"],
    ["---", "---", "the uid has no letter a-z or digit that a name could be made of"],
    ["公司", "公司", "the uid has no letter a-z or digit that a name could be made of"],
    ["x".repeat(254), `${"x".repeat(63)}…`, "the uid has 254 characters, more than 253"],
  ])("quarantines the uid %j", (uid, shown, reason) => {
    const snapshot = snapshotOf([row("ok"), row(uid)]);
    expect([...snapshot.records.keys()]).toEqual(["ok"]);
    expect(snapshot.quarantined).toEqual({ count: 1, uids: new Set([uid]), samples: [{ uid: shown, reason }] });
  });

  it.each(["A", "a b", "user@example.com", "x".repeat(253), "{{ .uid }}", "é1"])("accepts the uid %j", uid => {
    expect(snapshotOf([row(uid)]).quarantined.count).toBe(0);
  });

  it("does not ask inactive rows for a usable uid or for valid values", () => {
    const schema = new RowSchema({ required: ["plan"] });
    expect(snapshotOf([row("", false), row("a", false)], schema)).toMatchObject({
      inactive: 2,
      quarantined: { count: 0 },
    });
  });

  it("quarantines all rows of a uid that occurs more than once", () => {
    const snapshot = snapshotOf([row("a"), row("b"), row("a"), row("a")]);
    expect([...snapshot.records.keys()]).toEqual(["b"]);
    expect(snapshot.quarantined).toEqual({
      count: 3,
      uids: new Set(["a"]),
      samples: [{ uid: "a", reason: "3 rows have this uid" }],
    });
  });

  it.each([
    [true, false],
    [false, true],
  ])("quarantines both rows of a uid that is active (%s) in the first and (%s) in the second", (first, second) => {
    const snapshot = snapshotOf([row("a", first), row("a", second)]);
    expect(snapshot).toMatchObject({ active: 0, inactive: 0, quarantined: { count: 2 } });
    expect(snapshot.quarantined.samples).toEqual([{ uid: "a", reason: "2 rows have this uid, 1 active and 1 not" }]);
  });

  it("takes several inactive rows of one uid for what they agree on", () => {
    expect(snapshotOf([row("a", false), row("a", false)])).toMatchObject({ inactive: 2, quarantined: { count: 0 } });
  });

  it("tells uids apart by every character", () => {
    expect(snapshotOf([row("acme"), row("Acme"), row("acme1")]).active).toBe(3);
  });

  it("quarantines rows that break the row schema, with every reason", () => {
    const schema = new RowSchema({
      properties: { plan: { enum: ["basic"] }, replicas: { type: "integer", minimum: 1 } },
      required: ["plan"],
    });
    const rows = [row("a", true, { plan: "basic" }), row("b", true, { plan: "gold", replicas: "0" })];
    const snapshot = snapshotOf(rows, schema);
    expect([...snapshot.records.keys()]).toEqual(["a"]);
    expect(snapshot.quarantined.samples).toEqual([
      { uid: "b", reason: 'plan must be one of "basic", not "gold"; replicas must be >= 1, not "0"' },
    ]);
  });

  it("names the first twenty uids and counts the rest", () => {
    const rows = Array.from({ length: 50 }, (_, index) => row(` ${index}`));
    const { quarantined } = snapshotOf(rows);
    expect(quarantined.count).toBe(50);
    expect(quarantined.uids.size).toBe(50);
    expect(quarantined.samples.map(sample => sample.uid)).toEqual(
      Array.from({ length: 20 }, (_, index) => ` ${index}`),
    );
  });

  it("accounts for every row exactly once", () => {
    const uids = ["a", "b", "b", "", "", "c", " d", "e", "e", "e", "f"];
    const rows = uids.map((uid, index) => row(uid, index % 3 !== 0));
    const { seen, active, inactive, quarantined } = snapshotOf(rows);
    expect(seen).toBe(rows.length);
    expect(active + inactive + quarantined.count).toBe(seen);
  });
});
