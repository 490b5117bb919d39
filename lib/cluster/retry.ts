/** Which failures are worth another try of the same request, and when. */

import { backoffDelay, type BackoffOptions } from "./backoff";
import { ApiError, ConnectionError } from "./errors";

export interface RetryPolicy extends BackoffOptions {
  /** Tries in all, the first one included. */
  readonly attempts: number;
  /** A longer Retry-After is left to the caller, who has better things to do than wait. */
  readonly maxRetryAfterMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 5, baseMs: 200, capMs: 5_000, maxRetryAfterMs: 30_000 };

/** Sentences of 500s that pass by themselves: storage without a leader, a webhook that restarts, "please try again". */
const PASSING =
  /try again|etcdserver|failed calling webhook|connection refused|connection reset|timed? ?out|leader changed|unexpected EOF/i;

/**
 * Milliseconds until the next try, or undefined when the failure is final.
 * @param attempt tries so far
 * @param idempotent whether doing it twice equals doing it once
 */
export function retryDelay(
  policy: RetryPolicy,
  error: unknown,
  attempt: number,
  idempotent: boolean,
  random: () => number = Math.random,
): number | undefined {
  if (attempt >= policy.attempts || !isTransient(error, idempotent)) return undefined;
  const backoff = backoffDelay(policy, attempt, random);
  if (!(error instanceof ApiError) || error.retryAfterSeconds === undefined) return backoff;
  const asked = error.retryAfterSeconds * 1_000;
  // The jitter comes on top: everybody was told the same number.
  return asked > policy.maxRetryAfterMs ? undefined : asked + backoff / 2;
}

function isTransient(error: unknown, idempotent: boolean): boolean {
  if (error instanceof ConnectionError) {
    if (error.code === "TIMEOUT" || error.code === "CLOSED" || isTrustFailure(error)) return false;
    return idempotent || !error.requestSent;
  }
  if (!(error instanceof ApiError)) return false;
  if (error.status === 429) return true;
  if (error.status < 500 || error.isInvalid()) return false;
  // A server that says when to come back has not acted: client-go retries these for every verb too.
  if (error.retryAfterSeconds !== undefined) return true;
  if (!idempotent) return false;
  return error.status === 500
    ? error.reason === "ServerTimeout" || PASSING.test(error.serverMessage)
    : error.status >= 502 && error.status <= 504;
}

/** A certificate that is not trusted now will not be trusted in a second. */
function isTrustFailure(error: ConnectionError): boolean {
  return /CERT|SIGNATURE|ALTNAME|_SSL_|TLS_/.test(error.code);
}
