import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The folder of this project. */
export const projectFolder = resolve(__dirname, "..");

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** The `pepr.uuid` of a project's package.json, after which Pepr names everything. @throws Error when it has none. */
export function moduleId(folder = projectFolder): string {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const pepr = isRecord(manifest) ? manifest["pepr"] : undefined;
  const uuid = isRecord(pepr) ? pepr["uuid"] : undefined;
  if (typeof uuid !== "string") throw new Error(`${join(folder, "package.json")} has no pepr.uuid`);
  return uuid;
}
