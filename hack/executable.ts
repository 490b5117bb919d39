import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Whether this process may run the file. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path of a command on PATH, or undefined. */
export const findOnPath = (name: string): string | undefined =>
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .map(folder => join(folder, name))
    .find(isExecutable);
