import { describe, expect, it } from "@jest/globals";
import { isTruthy } from "./truthy";

describe("isTruthy", () => {
  it.each(["1", "true", "TRUE", "True", "yes", "YES", "Yes"])("takes %j for active", text => {
    expect(isTruthy(text)).toBe(true);
  });

  it.each(["", "0", "2", "tRue", "false", "no", "on", "ON", "y", "Y", "t", "T", " 1", "1 ", "01", "enabled", "\u0001"])(
    "takes %j for inactive",
    text => {
      expect(isTruthy(text)).toBe(false);
    },
  );
});
