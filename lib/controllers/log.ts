import { pino } from "pino";

/** JSON lines; objects are logged by key only, never by content. */
export const log = pino({ name: "lynq", level: process.env.LOG_LEVEL ?? "info" });
