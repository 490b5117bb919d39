import { describe, expect, it } from "@jest/globals";
import { findCondition } from "./condition";
import { hubStatus, type HubStatusInput, type SyncOutcome } from "./hub-status";
import { statusPatch } from "./status-patch";

const T0 = new Date("2026-07-06T12:00:00Z");
const T1 = new Date("2026-07-06T12:00:30Z");

const success: SyncOutcome = {
  kind: "succeeded",
  at: T0,
  desired: 8,
  rows: { seen: 10, active: 8, quarantined: 0 },
  quarantined: [],
  held: undefined,
  approved: undefined,
};
const outage: SyncOutcome = {
  kind: "failed",
  reason: "DatabaseConnectionFailed",
  message: "connect ECONNREFUSED",
  retrying: true,
  lastSuccess: T1,
};
const held = { count: 12, total: 20, digest: "0123456789abcdef", examples: ["a-web", "b-web", "c-web", "d-web"] };

const status = (sync: SyncOutcome, previous?: HubStatusInput["previous"], now = T0) =>
  hubStatus(
    {
      namespace: "default",
      name: "main",
      generation: 4,
      syncInterval: "30s",
      forms: 1,
      nodes: { ready: 7, failed: 1 },
      sync,
      previous,
    },
    now,
  );

describe("a hub after a complete read", () => {
  it("counts rows and nodes", () => {
    expect(status(success)).toMatchObject({
      observedGeneration: 4,
      syncInterval: "30s",
      referencingTemplates: 1,
      desired: 8,
      ready: 7,
      failed: 1,
      rows: { seen: 10, active: 8, quarantined: 0 },
      quarantined: [],
      lastSuccessfulSyncTime: "2026-07-06T12:00:00Z",
    });
  });

  it("is ready, for the Go operator's reason", () => {
    const { conditions } = status(success);
    expect(findCondition(conditions, "Ready")).toMatchObject({ status: "True", reason: "DatabaseConnected" });
    expect(findCondition(conditions, "DeletionHeld")?.status).toBe("False");
    expect(findCondition(conditions, "RowsQuarantined")?.status).toBe("False");
    expect(findCondition(conditions, "Reconciling")).toBeUndefined();
    expect(findCondition(conditions, "Stalled")).toBeUndefined();
  });

  it("is not written when the next read finds nothing new", () => {
    const first = status(success);
    expect(statusPatch(first, status({ ...success, at: T1 }, first, T1))).toBeUndefined();
  });

  it("tells the time of the read when it finds something", () => {
    const first = status(success);
    const second = status({ ...success, at: T1, desired: 9 }, first, T1);
    expect(statusPatch(first, second)).toEqual({
      status: { desired: 9, lastSuccessfulSyncTime: "2026-07-06T12:00:30Z" },
    });
  });
});

describe("a hub with a change mark", () => {
  it("tells when the whole table was read last, with other changes only", () => {
    const first = status({ ...success, wholeAt: T0 });
    expect(first.lastFullSyncTime).toBe("2026-07-06T12:00:00Z");
    expect(statusPatch(first, status({ ...success, at: T1, wholeAt: T1 }, first, T1))).toBeUndefined();
    expect(status({ ...success, at: T1, wholeAt: T1, desired: 9 }, first, T1).lastFullSyncTime).toBe(
      "2026-07-06T12:00:30Z",
    );
    expect(status(outage, first, T1).lastFullSyncTime).toBe("2026-07-06T12:00:00Z");
    expect(status(success, first, T1).lastFullSyncTime).toBeUndefined();
  });
});

describe("a hub whose looks take longer than its interval", () => {
  it("says so while it lasts, and in an outage that comes meanwhile", () => {
    const first = status({ ...success, overruns: true });
    expect(findCondition(first.conditions, "SyncOverrun")).toMatchObject({
      status: "True",
      reason: "SlowerThanInterval",
      message:
        "a look at the table takes longer than syncInterval 30s; the next one begins when it has ended: make the interval longer, the table's query faster, or use spec.source.changeMark",
    });
    expect(findCondition(first.conditions, "Ready")?.status).toBe("True");
    expect(findCondition(status(outage, first, T1).conditions, "SyncOverrun")?.status).toBe("True");
    expect(findCondition(status(success, first, T1).conditions, "SyncOverrun")).toBeUndefined();
  });
});

describe("a hub whose database is away", () => {
  const before = status({
    ...success,
    rows: { seen: 10, active: 8, quarantined: 1 },
    quarantined: [{ uid: "x", reason: "too long" }],
    held,
  });
  const away = status(outage, before, T1);

  it("keeps every count of the last read", () => {
    const { desired, rows, quarantined, deletionHeld } = before;
    expect(away).toMatchObject({ desired, rows, quarantined, deletionHeld, ready: 7, failed: 1 });
    expect(away.desired).toBe(8);
    for (const type of ["DeletionHeld", "RowsQuarantined"]) {
      expect(findCondition(away.conditions, type)).toEqual(findCondition(before.conditions, type));
    }
  });

  it("says so, and when the last read was", () => {
    expect(findCondition(away.conditions, "Ready")).toMatchObject({
      status: "False",
      reason: "DatabaseConnectionFailed",
      message: "connect ECONNREFUSED",
      lastTransitionTime: "2026-07-06T12:00:30Z",
    });
    expect(findCondition(away.conditions, "Reconciling")?.status).toBe("True");
    expect(away.lastSuccessfulSyncTime).toBe("2026-07-06T12:00:30Z");
  });

  it("is written once", () => {
    expect(statusPatch(away, status(outage, away, new Date("2026-07-06T13:00:00Z")))).toBeUndefined();
  });

  it("is stalled when only people can help", () => {
    const { conditions } = status({ ...outage, retrying: false }, before);
    expect(findCondition(conditions, "Stalled")).toMatchObject({ status: "True", reason: "DatabaseConnectionFailed" });
    expect(findCondition(conditions, "Reconciling")).toBeUndefined();
  });

  it("comes back with nothing left of the outage", () => {
    const back = status({ ...success, at: T1 }, away, T1);
    expect(findCondition(back.conditions, "Ready")?.status).toBe("True");
    expect(findCondition(back.conditions, "Reconciling")).toBeUndefined();
  });
});

describe("a hub before its first read", () => {
  it("does not know", () => {
    const { conditions, desired } = status({ kind: "pending" });
    expect(findCondition(conditions, "Ready")).toMatchObject({ status: "Unknown", reason: "NotSynced" });
    expect(findCondition(conditions, "Reconciling")?.status).toBe("True");
    expect(desired).toBe(0);
  });

  it("stands by its status of before a restart", () => {
    const before = status({ ...success, held });
    expect(statusPatch(before, status({ kind: "pending" }, before, T1))).toBeUndefined();
  });
});

describe("held deletions", () => {
  it("say how many, which, and how to let them go", () => {
    const { conditions, deletionHeld } = status({ ...success, held });
    expect(deletionHeld).toEqual({ count: 12, total: 20, digest: "0123456789abcdef", examples: held.examples });
    expect(findCondition(conditions, "DeletionHeld")).toMatchObject({
      status: "True",
      message:
        "12 of 20 nodes would be deleted: a-web; b-web; c-web; and 9 more; " +
        "if they are to go, run: kubectl annotate --overwrite -n default lynqhub main lynq.sh/approve-deletion=0123456789abcdef",
    });
    expect(findCondition(conditions, "Ready")?.status).toBe("True");
  });

  it("go from status when they are let go", () => {
    const before = status({ ...success, held });
    const after = status(success, before);
    expect(after).not.toHaveProperty("deletionHeld");
    expect(statusPatch(before, after)?.status["deletionHeld"]).toBeNull();
  });
});

describe("quarantined rows", () => {
  const rows = Array.from({ length: 30 }, (_, index) => ({
    uid: `row-${String(index).padStart(2, "0")}`,
    reason: "too long",
  }));

  const bad: SyncOutcome = { ...success, rows: { seen: 50, active: 8, quarantined: 40 }, quarantined: rows };

  it("are all counted, and the first listed, in whatever order they come", () => {
    const { rows: counts, quarantined, conditions } = status(bad);
    expect(counts?.quarantined).toBe(40);
    expect(quarantined).toHaveLength(20);
    expect(findCondition(conditions, "RowsQuarantined")).toMatchObject({
      status: "True",
      reason: "InvalidRows",
      message: 'row "row-00": too long; row "row-01": too long; row "row-02": too long; and 37 more',
    });
    expect(status({ ...bad, quarantined: [...rows].reverse() })).toEqual(status(bad));
  });
});
