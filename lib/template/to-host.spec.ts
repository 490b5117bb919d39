import { describe, expect, it } from "@jest/globals";
import { toHost } from "./to-host";

// Expected values: net/url of Go 1.26 in the Go operator's function.
describe("toHost", () => {
  it.each([
    ["https://a.b:8080/p", "a.b"],
    ["a.b:8080/p", "a.b"],
    ["a.b/p", "a.b/p"],
    ["::1", ""],
    ["//x/y", "x"],
    ["", ""],
    ["*", "*"],
    ["plain", "plain"],
    ["HTTPS://Example.COM", "Example.COM"],
    ["http://[::1]:80/x", "::1"],
    ["http://[fe80::1%25en0]/", "fe80::1%en0"],
    ["http://[::1", "http"],
    ["http://a[b", "http"],
    ["mailto:x@y", "mailto"],
    ["https://u:p@h:1/", "h"],
    ["https://u r@h/", "https"],
    ["https://h?x", "h"],
    ["https://h#f", "h"],
    ["https://h#%zz", "https"],
    ["https://h/%zz", "https"],
    ["https://h:port/", "https"],
    ["https://a b/", "https"],
    ["https://%c3%a4.de/", "ä.de"],
    ["https://%41.de/", "https"],
    ["http:///x", "http"],
    ["///x", "///x"],
    ["1a://x", "1a"],
    ["//x\u0001", "//x\u0001"],
    ["https://ä.de:1/", "ä.de"],
  ])("reads %j as %j", (text, host) => {
    expect(toHost(text)).toBe(host);
  });
});
