import { pino } from "pino";
import { ApiError } from "../cluster";

/** JSON lines; objects are logged by key only, never by content. */
export const log = pino({ name: "lynq", level: process.env.LOG_LEVEL ?? "info" });

/** What may be logged of an error: the API server's own words may quote an object's values, so they stay out. */
export function loggable(error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  const { method, path, status, reason } = error;
  return { type: error.name, method, path, status, reason };
}
