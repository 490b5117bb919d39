/** What the API server, or the way to it, answers when it does not do what was asked. */

import { isPlainObject } from "../blueprint/object";

export interface StatusCause {
  readonly field: string;
  readonly message: string;
  readonly reason: string;
}

export interface ApiErrorFields {
  readonly method: string;
  /** Path of the request without its query. */
  readonly path: string;
  /** HTTP status code. */
  readonly status: number;
  /** Machine-readable reason of the Status object, such as `NotFound`; empty when the server gave none. */
  readonly reason: string;
  /** The server's own words. */
  readonly serverMessage: string;
  readonly causes: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

const UNTYPED = /^failed to create typed patch object/;

/** A response that is not a success. Its message carries the server's own words, which may quote values of the object. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly reason: string;
  readonly serverMessage: string;
  readonly causes: readonly StatusCause[];
  readonly retryAfterSeconds?: number;

  constructor(fields: ApiErrorFields) {
    const reason = fields.reason === "" ? "" : ` ${fields.reason}`;
    super(
      `The API server refused ${fields.method} ${fields.path} (${fields.status}${reason}): ${fields.serverMessage}`,
    );
    this.method = fields.method;
    this.path = fields.path;
    this.status = fields.status;
    this.reason = fields.reason;
    this.serverMessage = fields.serverMessage;
    this.causes = fields.causes;
    if (fields.retryAfterSeconds !== undefined) this.retryAfterSeconds = fields.retryAfterSeconds;
  }

  isNotFound(): boolean {
    return this.status === 404;
  }

  /** A resourceVersion or precondition that no longer holds, or fields that another manager owns. */
  isConflict(): boolean {
    return this.status === 409 && this.reason !== "AlreadyExists";
  }

  isAlreadyExists(): boolean {
    return this.status === 409 && this.reason === "AlreadyExists";
  }

  /** The resourceVersion or continue token is older than what the server keeps. */
  isGone(): boolean {
    return this.status === 410;
  }

  isForbidden(): boolean {
    return this.status === 403;
  }

  /** The object, not the moment, is wrong: trying again without a change cannot succeed. */
  isInvalid(): boolean {
    // A server-side apply whose fields do not fit the kind is answered with 500 and no reason (kubernetes#84530).
    return this.status === 422 || this.status === 400 || (this.status === 500 && UNTYPED.test(this.serverMessage));
  }
}

/** No usable response came: unreachable server, TLS failure, reset, timeout. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  /** Node's or our code, such as `ECONNREFUSED`, `ECONNRESET`, `TIMEOUT`. */
  readonly code: string;
  /** True when the server may have received the request, and so may have acted on it. */
  readonly requestSent: boolean;

  constructor(message: string, fields: { code: string; requestSent: boolean; cause?: unknown }) {
    super(message, { cause: fields.cause });
    this.code = fields.code;
    this.requestSent = fields.requestSent;
  }
}

/** A success whose body is not what the API promises, for instance from a proxy in between. */
export class UnexpectedResponseError extends Error {
  override readonly name = "UnexpectedResponseError";
}

export interface FieldManagerConflict {
  /** The other field manager; empty when the server's sentence is not understood. */
  readonly manager: string;
  /** Path of the field as the server prints it, such as `.spec.replicas`. */
  readonly field: string;
  readonly message: string;
}

/** Who owns what, from the 409 of a server-side apply. Empty for any other error. */
export function fieldManagerConflicts(error: unknown): FieldManagerConflict[] {
  if (!(error instanceof ApiError) || error.status !== 409) return [];
  return error.causes
    .filter(cause => cause.reason === "FieldManagerConflict")
    .map(({ field, message }) => ({ manager: conflictingManager(message), field, message }));
}

/** `conflict with "helm" using apps/v1`, `conflict with "x" with subresource "status" using v1 at 2024-...`; the name is Go-quoted. */
function conflictingManager(message: string): string {
  const quoted = /^conflict with ("(?:[^"\\]|\\.)*")/.exec(message)?.[1];
  if (quoted === undefined) return "";
  try {
    const name: unknown = JSON.parse(quoted);
    return typeof name === "string" ? name : "";
  } catch {
    return quoted.slice(1, -1);
  }
}

/** Reads a response that is not a success: a Status object, or whatever a proxy answered. */
export function apiErrorFrom(
  request: { method: string; path: string },
  status: number,
  body: string,
  retryAfterHeader?: string,
): ApiError {
  const parsed = parseStatus(body);
  const headerSeconds = parseRetryAfter(retryAfterHeader);
  const retryAfterSeconds = headerSeconds ?? parsed?.retryAfterSeconds;
  return new ApiError({
    method: request.method,
    path: request.path,
    status,
    reason: parsed?.reason ?? "",
    serverMessage: parsed?.message ?? (body.trim() === "" ? "no message" : body.trim().slice(0, 500)),
    causes: parsed?.causes ?? [],
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

interface ParsedStatus {
  reason: string;
  message: string | undefined;
  causes: StatusCause[];
  retryAfterSeconds: number | undefined;
}

function parseStatus(body: string): ParsedStatus | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  return isPlainObject(value) && value.kind === "Status" ? readStatus(value) : undefined;
}

function readStatus(status: Record<string, unknown>): ParsedStatus {
  const details = isPlainObject(status.details) ? status.details : {};
  const causes = Array.isArray(details.causes) ? details.causes.filter(isPlainObject) : [];
  const seconds = details.retryAfterSeconds;
  return {
    reason: text(status.reason),
    message: typeof status.message === "string" && status.message !== "" ? status.message : undefined,
    causes: causes.map(cause => ({
      field: text(cause.field),
      message: text(cause.message),
      reason: text(cause.reason),
    })),
    retryAfterSeconds: typeof seconds === "number" && seconds > 0 ? seconds : undefined,
  };
}

/** An ERROR event of a watch carries a Status with its HTTP code inside. */
export function apiErrorFromWatch(path: string, object: unknown): ApiError {
  const status = isPlainObject(object) ? object : {};
  const parsed = readStatus(status);
  return new ApiError({
    method: "WATCH",
    path,
    status: typeof status.code === "number" ? status.code : 500,
    reason: parsed.reason,
    serverMessage: parsed.message ?? "no message",
    causes: parsed.causes,
    ...(parsed.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: parsed.retryAfterSeconds }),
  });
}

/** Seconds of a Retry-After header; the API server sends whole seconds, dates are not used. */
function parseRetryAfter(header: string | undefined): number | undefined {
  return header !== undefined && /^\d+$/.test(header.trim()) ? Number(header.trim()) : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
