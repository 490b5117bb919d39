import { pino, stdTimeFunctions } from "pino";
import { isPlainObject } from "../blueprint/object";
import { ApiError, type RecordedEvent } from "../cluster";

/** JSON lines; objects are logged by name only, never by content (docs/logs.md). */
export const log = pino({
  name: "lynq",
  level: process.env.LOG_LEVEL ?? "info",
  // As Pepr's logger does, so that all lines have one clock.
  timestamp: process.env.PINO_TIME_STAMP === "iso" ? stdTimeFunctions.isoTime : stdTimeFunctions.epochTime,
});

/** What a line is about: a hub, a form, a node, or another object. */
export interface Subject {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly name?: string; readonly uid?: string };
  readonly spec?: object;
}

/**
 * The fields by which lines are found. `trace` is the object's own uid, which its events (`involvedObject.uid`) and the API server's audit log
 * (`objectRef.uid`) bear, too; `uid` is the row's.
 */
export function about({ kind, metadata, spec }: Subject): Readonly<Record<string, unknown>> {
  const { namespace, name, uid: trace } = metadata;
  const { hubId: hub, templateRef: form, uid } = isPlainObject(spec) ? spec : {};
  switch (kind) {
    case "LynqHub":
      return { namespace, hub: name, trace };
    case "LynqForm":
      return { namespace, hub, form: name, trace };
    case "LynqNode":
      return { namespace, hub, form, node: name, uid, trace };
    default:
      return { namespace, kind, object: name, trace };
  }
}

/** Each event is a line, too: the API server forgets events after an hour. */
export function logEvent({ subject, type, reason, message }: RecordedEvent): void {
  log[type === "Warning" ? "warn" : "info"]({ ...about(subject), reason }, message);
}

/** What may be logged of an error: the API server's own words may quote an object's values, so they stay out, wherever they are wrapped. */
export function loggable(error: unknown): unknown {
  if (error instanceof ApiError) {
    const { method, path, status, reason } = error;
    return { type: error.name, method, path, status, reason };
  }
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack = "", cause } = error;
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  const frames = stack.split("\n").filter(line => /^\s+at /.test(line));
  return {
    type: name,
    message,
    ...code,
    stack: frames.join("\n"),
    ...(cause !== undefined && { cause: loggable(cause) }),
  };
}
