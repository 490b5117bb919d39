import { describe, expect, it } from "@jest/globals";
import { type ApiError, apiErrorFrom, apiErrorFromWatch, fieldManagerConflicts } from "./errors";

const request = { method: "PATCH", path: "/apis/apps/v1/namespaces/shop/deployments/web" };

function status(code: number, fields: object): ApiError {
  return apiErrorFrom(request, code, JSON.stringify({ kind: "Status", apiVersion: "v1", code, ...fields }));
}

describe("apiErrorFrom", () => {
  it("keeps the server's words, reason and causes, and says what was refused", () => {
    const error = status(422, {
      reason: "Invalid",
      message: "spec.replicas: must be positive",
      details: { causes: [{ field: "spec.replicas", message: "must be positive", reason: "FieldValueInvalid" }] },
    });
    expect(error.message).toBe(
      "The API server refused PATCH /apis/apps/v1/namespaces/shop/deployments/web (422 Invalid): spec.replicas: must be positive",
    );
    expect(error.causes).toEqual([
      { field: "spec.replicas", message: "must be positive", reason: "FieldValueInvalid" },
    ]);
    expect(error.isInvalid()).toBe(true);
  });

  it("understands answers that are no Status", () => {
    const html = apiErrorFrom(request, 502, "<html>Bad Gateway</html>\n");
    expect([html.reason, html.serverMessage, html.causes]).toEqual(["", "<html>Bad Gateway</html>", []]);
    expect(apiErrorFrom(request, 503, "").serverMessage).toBe("no message");
    expect(apiErrorFrom(request, 500, '{"kind":"Other"}').serverMessage).toBe('{"kind":"Other"}');
  });

  it("tells apart the two meanings of 409", () => {
    const exists = status(409, { reason: "AlreadyExists" });
    const conflict = status(409, { reason: "Conflict" });
    expect([exists.isAlreadyExists(), exists.isConflict()]).toEqual([true, false]);
    expect([conflict.isAlreadyExists(), conflict.isConflict()]).toEqual([false, true]);
  });

  it.each([
    [404, "isNotFound"],
    [410, "isGone"],
    [403, "isForbidden"],
    [400, "isInvalid"],
  ] as const)("answers %i to %s", (code, predicate) => {
    expect(status(code, {})[predicate]()).toBe(true);
    expect(status(500, {})[predicate]()).toBe(false);
  });

  it("counts a field that the kind does not have as invalid, though the server answers 500", () => {
    const message =
      "failed to create typed patch object (shop/web; apps/v1, Kind=Deployment): .nope: field not declared in schema";
    expect(status(500, { message }).isInvalid()).toBe(true);
  });

  it("takes Retry-After from the header before the body", () => {
    const body = JSON.stringify({ kind: "Status", details: { retryAfterSeconds: 7 } });
    expect(apiErrorFrom(request, 429, body).retryAfterSeconds).toBe(7);
    expect(apiErrorFrom(request, 429, body, "3").retryAfterSeconds).toBe(3);
    expect(apiErrorFrom(request, 429, "", "Fri, 31 Dec 1999 23:59:59 GMT").retryAfterSeconds).toBeUndefined();
  });
});

describe("apiErrorFromWatch", () => {
  it("reads the code inside the event", () => {
    const error = apiErrorFromWatch("pods", { kind: "Status", code: 410, reason: "Expired", message: "too old" });
    expect([error.isGone(), error.reason, error.serverMessage]).toEqual([true, "Expired", "too old"]);
    expect(apiErrorFromWatch("pods", null).status).toBe(500);
  });
});

describe("fieldManagerConflicts", () => {
  it("names manager and field of each conflict, whatever follows the manager", () => {
    const error = status(409, {
      reason: "Conflict",
      details: {
        causes: [
          { reason: "FieldManagerConflict", message: 'conflict with "helm" using apps/v1', field: ".spec.replicas" },
          {
            reason: "FieldManagerConflict",
            message: 'conflict with "kubectl edit" with subresource "scale" using apps/v1 at 2026-01-01T00:00:00Z',
            field: ".spec.paused",
          },
          { reason: "FieldManagerConflict", message: 'conflict with "a \\"b\\""', field: ".data" },
          { reason: "SomethingElse", message: 'conflict with "x"', field: ".x" },
        ],
      },
    });
    expect(fieldManagerConflicts(error).map(({ manager, field }) => [manager, field])).toEqual([
      ["helm", ".spec.replicas"],
      ["kubectl edit", ".spec.paused"],
      ['a "b"', ".data"],
    ]);
  });

  it("is empty for a 409 without causes and for other errors", () => {
    expect(fieldManagerConflicts(status(409, { reason: "Conflict", message: "the object has been modified" }))).toEqual(
      [],
    );
    expect(fieldManagerConflicts(new Error("no"))).toEqual([]);
  });

  it("keeps the message of a sentence that it does not understand", () => {
    const error = status(409, {
      details: { causes: [{ reason: "FieldManagerConflict", message: "new words", field: ".a" }] },
    });
    expect(fieldManagerConflicts(error)).toEqual([{ manager: "", field: ".a", message: "new words" }]);
  });
});
