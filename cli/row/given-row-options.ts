import { type GivenOptions, parseAssignments, single } from "../command-line";
import { type SourceFiles } from "../source-files";
import { GivenRow } from "./given-row";

/** Options of a command that is given a row, or reads it. */
export const rowOptions = {
  row: { value: "FILE" },
  set: { value: "NAME=VALUE", multiple: true },
  "database-url": { value: "URL" },
} as const;

/** Whether `--row` or `--set` gives the row. */
export function isRowGiven({ values }: GivenOptions): boolean {
  return ["row", "set"].some(option => (values.get(option) ?? []).length > 0);
}

/** The row of `--row` and `--set`; undefined when neither is given. @throws UsageError, and what reading the file throws */
export async function givenRow(options: GivenOptions, files: SourceFiles): Promise<GivenRow | undefined> {
  if (!isRowGiven(options)) return undefined;
  const path = single(options, "row");
  const assignments = options.values.get("set") ?? [];
  return new GivenRow(path === undefined ? undefined : await files.read(path), parseAssignments(assignments));
}
