import { describe, expect, it } from "@jest/globals";
import { apiErrorFrom } from "../cluster";
import { about, loggable } from "./log";

const metadata = { namespace: "apps", name: "acme-web", uid: "7f0c" };

describe("what a line is about", () => {
  it("is told by the same fields everywhere, and never by content", () => {
    const spec = { hubId: "customers", templateRef: "web", uid: "acme", values: { token: "hunter2" } };
    const place = { namespace: "apps", trace: "7f0c" };
    expect(about({ kind: "LynqNode", metadata, spec })).toEqual({
      ...place,
      hub: "customers",
      form: "web",
      node: "acme-web",
      uid: "acme",
    });
    expect(about({ kind: "LynqForm", metadata, spec: { hubId: "customers" } })).toEqual({
      ...place,
      hub: "customers",
      form: "acme-web",
    });
    expect(about({ kind: "LynqHub", metadata, spec })).toEqual({ ...place, hub: "acme-web" });
    expect(about({ kind: "ConfigMap", metadata })).toEqual({ ...place, kind: "ConfigMap", object: "acme-web" });
  });
});

describe("an error in the log", () => {
  const path = "/api/v1/namespaces/apps/services/acme";
  const body = JSON.stringify({ kind: "Status", reason: "Invalid", message: 'Invalid value: "hunter2"' });
  const refused = apiErrorFrom({ method: "PATCH", path }, 422, body);

  it("has none of the API server's words, which quote values, be it wrapped or not", () => {
    const told = { type: "ApiError", method: "PATCH", path, status: 422, reason: "Invalid" };
    expect(loggable(refused)).toEqual(told);
    const wrapped = loggable(new Error("the write failed", { cause: refused }));
    expect(wrapped).toMatchObject({ type: "Error", message: "the write failed", cause: told });
    expect(JSON.stringify(wrapped)).not.toContain("hunter2");
  });

  it("has its message, its code, and where it came from", () => {
    const error = Object.assign(new TypeError("no"), { code: "ECONNRESET" });
    expect(loggable(error)).toMatchObject({ type: "TypeError", message: "no", code: "ECONNRESET" });
    expect(loggable("a text")).toEqual({ type: "string" });
  });
});
