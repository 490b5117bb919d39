/** One field that another manager holds, from the API server's refusal of a server-side apply. */
export interface FieldConflict {
  /** Path of the field: `.spec.replicas`. */
  readonly field: string;
  /** `conflict with "helm" using apps/v1 at 2026-01-01T00:00:00Z`, as the API server prints it. */
  readonly message: string;
}

/** Only of managers that update: one that applies has neither version nor time there (apimachinery, managedfields/internal/conflict.go). */
const TIME = / at \d{4}-\d\d-\d\dT[\d:.]+Z$/;

/**
 * Who holds which fields, in the articles' words: `Apply failed with 1 conflict: conflict with "helm" using apps/v1: .spec.replicas`. Always with the
 * version and never with a time, so that the sentence is the same as long as the conflict is.
 *
 * @param apiVersion in which the object was applied, and the fields are named
 */
export function describeConflicts(conflicts: readonly FieldConflict[], apiVersion: string): string {
  const fields = new Map<string, string[]>();
  for (const { message, field } of conflicts) {
    const untimed = message.replace(TIME, "");
    const other = untimed.includes(" using ") ? untimed : `${untimed} using ${apiVersion}`;
    fields.set(other, [...(fields.get(other) ?? []), field]);
  }
  const parts = [...fields].map(([other, paths]) => `${other}: ${paths.join(", ")}`);
  return `Apply failed with ${conflicts.length} ${conflicts.length === 1 ? "conflict" : "conflicts"}: ${parts.join("; ")}`;
}
