import { describe, expect, it } from "@jest/globals";
import { backoffDelay } from "./backoff";
import { apiErrorFrom, ConnectionError } from "./errors";
import { DEFAULT_RETRY, retryDelay } from "./retry";

const full = (): number => 1;
const request = { method: "PATCH", path: "/x" };

function refusal(code: number, message = "", retryAfter?: string) {
  return apiErrorFrom(request, code, JSON.stringify({ kind: "Status", message }), retryAfter);
}

function broken(code: string, requestSent: boolean): ConnectionError {
  return new ConnectionError(code, { code, requestSent });
}

function retries(error: unknown, idempotent: boolean): boolean {
  return retryDelay(DEFAULT_RETRY, error, 1, idempotent) !== undefined;
}

describe("backoffDelay", () => {
  it("doubles up to the cap, and lies between half and all of the bound", () => {
    const options = { baseMs: 100, capMs: 1_000 };
    expect([1, 2, 3, 4, 5, 5_000].map(attempt => backoffDelay(options, attempt, full))).toEqual([
      100, 200, 400, 800, 1_000, 1_000,
    ]);
    expect(backoffDelay(options, 3, () => 0)).toBe(200);
  });
});

describe("retryDelay", () => {
  it.each([
    ["429", refusal(429), true, true],
    ["500 that says when to come back", refusal(500, "", "1"), true, true],
    ["503", refusal(503), true, false],
    ["504", refusal(504), true, false],
    ["500 of a storage without a leader", refusal(500, "etcdserver: leader changed"), true, false],
    ["500 of a webhook that restarts", refusal(500, 'failed calling webhook "x": connection refused'), true, false],
    ["500 for other reasons", refusal(500, "nil pointer"), false, false],
    [
      "500 about fields, whatever their names",
      refusal(500, "failed to create typed patch object: .timeout: field not declared"),
      false,
      false,
    ],
    ["501", refusal(501), false, false],
    ["404", refusal(404), false, false],
    ["409", refusal(409), false, false],
    ["422 that mentions a timeout", refusal(422, "timeout"), false, false],
    ["connection refused", broken("ECONNREFUSED", false), true, true],
    ["connection reset after sending", broken("ECONNRESET", true), true, false],
    ["no answer in time", broken("TIMEOUT", true), false, false],
    ["no trust", broken("SELF_SIGNED_CERT_IN_CHAIN", false), false, false],
    ["name mismatch", broken("ERR_TLS_CERT_ALTNAME_INVALID", false), false, false],
    ["a bug of ours", new TypeError("x"), false, false],
  ])("%s: idempotent %s, otherwise %s", (_name, error, idempotent, otherwise) => {
    expect([retries(error, true), retries(error, false)]).toEqual([idempotent, otherwise]);
  });

  it("stops after the last attempt", () => {
    expect(retryDelay(DEFAULT_RETRY, refusal(429), DEFAULT_RETRY.attempts - 1, true)).toBeDefined();
    expect(retryDelay(DEFAULT_RETRY, refusal(429), DEFAULT_RETRY.attempts, true)).toBeUndefined();
  });

  it("waits at least as long as the server asks, and leaves long waits to the caller", () => {
    expect(retryDelay(DEFAULT_RETRY, refusal(429, "", "2"), 1, true, () => 0)).toBeGreaterThanOrEqual(2_000);
    expect(retryDelay(DEFAULT_RETRY, refusal(429, "", "31"), 1, true)).toBeUndefined();
  });
});
