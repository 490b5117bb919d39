import { describe, expect, it } from "@jest/globals";
import { describeConflicts } from "./field-conflict";

describe("the sentence on conflicting fields", () => {
  it("is the articles', for a manager that applies", () => {
    expect(describeConflicts([{ field: ".spec.replicas", message: 'conflict with "helm"' }], "apps/v1")).toBe(
      'Apply failed with 1 conflict: conflict with "helm" using apps/v1: .spec.replicas',
    );
  });

  it("is the same for a manager that updates, whenever it did", () => {
    const message = 'conflict with "helm" using apps/v1beta1 at 2026-11-23T08:00:00Z';
    expect(describeConflicts([{ field: ".spec.replicas", message }], "apps/v1")).toBe(
      'Apply failed with 1 conflict: conflict with "helm" using apps/v1beta1: .spec.replicas',
    );
  });

  it("keeps the subresource", () => {
    const message = 'conflict with "kubectl" with subresource "scale" using apps/v1 at 2026-11-23T08:00:00Z';
    expect(describeConflicts([{ field: ".spec.replicas", message }], "apps/v1")).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
    );
  });

  it("names every manager once, with all its fields", () => {
    const conflicts = [
      { field: ".spec.replicas", message: 'conflict with "helm"' },
      { field: ".spec.paused", message: 'conflict with "kubectl-patch" using apps/v1 at 2026-11-23T08:00:00Z' },
      { field: ".metadata.labels.team", message: 'conflict with "helm"' },
    ];
    expect(describeConflicts(conflicts, "apps/v1")).toBe(
      'Apply failed with 3 conflicts: conflict with "helm" using apps/v1: .spec.replicas, .metadata.labels.team; ' +
        'conflict with "kubectl-patch" using apps/v1: .spec.paused',
    );
  });

  it("is not misled by a manager whose name speaks of versions or times", () => {
    const message = 'conflict with "odd at 2026-01-01T00:00:00Z"';
    expect(describeConflicts([{ field: ".data", message }], "v1")).toContain('"odd at 2026-01-01T00:00:00Z" using v1');
  });
});
