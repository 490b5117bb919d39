import { describe, expect, it } from "@jest/globals";
import { assessReadiness } from "./assess";

const custom = (conditions: unknown, observedGeneration?: number) =>
  assessReadiness({
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: { name: "tls", generation: 2 },
    status: { conditions, ...(observedGeneration !== undefined && { observedGeneration }) },
  });

describe("a kind without a rule of its own", () => {
  it.each([
    ["no conditions", undefined, "Ready", "exists"],
    ["no condition yet", [], "Ready", "exists"],
    ["conditions, but no Ready among them", [{ type: "Synced", status: "False" }], "Ready", "exists"],
    ["Ready True", [{ type: "Ready", status: "True", message: "valid until June" }], "Ready", "is ready"],
    ["Ready False", [{ type: "Ready", status: "False", message: "Issuing" }], "InProgress", "Issuing"],
    ["Ready Unknown", [{ type: "Ready", status: "Unknown" }], "InProgress", "is not ready"],
    ["a reason alone", [{ type: "Ready", status: "False", reason: "Pending" }], "InProgress", "is not ready (Pending)"],
  ])("%s", (_, conditions, state, message) => {
    expect(custom(conditions)).toEqual({ state, message });
  });

  it("does not believe a Ready condition of an older generation", () => {
    const stale = [{ type: "Ready", status: "True", observedGeneration: 1 }];
    expect(custom(stale).state).toBe("InProgress");
    expect(custom([{ ...stale[0], observedGeneration: 2 }]).state).toBe("Ready");
    expect(custom([{ type: "Ready", status: "True" }], 1).state).toBe("InProgress");
  });

  it("quotes a message as one bounded line of whole characters", () => {
    const message = `first\n  second ${"😀".repeat(500)}`;
    const { message: quoted } = custom([{ type: "Ready", status: "False", message }]);
    expect(quoted).toMatch(/^first second 😀+…$/u);
    expect(quoted.length).toBeLessThanOrEqual(200);
    expect(quoted.length).toBeGreaterThan(195);
  });
});
