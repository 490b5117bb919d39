import { describe, expect, it } from "@jest/globals";
import { TemplateCache, TemplateSyntaxError } from "./index";

describe("TemplateCache", () => {
  it("compiles a source once", () => {
    const cache = new TemplateCache(2);
    expect(cache.compile("{{ 1 }}")).toBe(cache.compile("{{ 1 }}"));
    expect(cache.size).toBe(1);
  });

  it("drops what was not used for longest", () => {
    const cache = new TemplateCache(2);
    const first = cache.compile("1");
    const second = cache.compile("2");
    cache.compile("1");
    cache.compile("3");
    expect(cache.size).toBe(2);
    expect(cache.compile("1")).toBe(first);
    expect(cache.compile("2")).not.toBe(second);
  });

  it("keeps no template that does not compile", () => {
    const cache = new TemplateCache(2);
    expect(() => cache.compile("{{")).toThrow(TemplateSyntaxError);
    expect(cache.size).toBe(0);
  });

  it("compiles with its options", () => {
    const cache = new TemplateCache(1, { missingKey: "default" });
    expect(cache.compile("{{ .nope }}").render(new Map())).toBe("<no value>");
  });

  it.each([0, -1, 1.5])("refuses the limit %d", limit => {
    expect(() => new TemplateCache(limit)).toThrow("a template cache keeps at least 1 template");
  });
});
