import { describe, expect, it } from "@jest/globals";
import { labelValue } from "./label-value";
import { nodeName } from "./node-name";

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Numbers that look random and are the same in every run (Lehmer). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

describe("nodeName", () => {
  it.each([
    ["acme-corp", "web-app", "acme-corp-web-app"],
    ["acme.example.com", "app", "acme.example.com-app"],
    ["42", "app", "42-app"],
    ["a".repeat(249), "app", `${"a".repeat(249)}-app`],
  ])("names the node of %j and %j as the Go operator does", (uid, form, expected) => {
    expect(nodeName(uid, form, ["other", form])).toBe(expected);
  });

  it.each([
    ["Acme", "app", /^acme-app-[0-9a-f]{10}$/],
    ["user@example.com", "app", /^user-example-com-app-[0-9a-f]{10}$/],
    ["-acme", "app", /^acme-app-[0-9a-f]{10}$/],
    ["acme.", "app", /^acme-app-[0-9a-f]{10}$/],
    ["a..b", "app", /^a-b-app-[0-9a-f]{10}$/],
    ["acme corp", "app", /^acme-corp-app-[0-9a-f]{10}$/],
    ["a".repeat(250), "app", /^a{52}-[0-9a-f]{10}$/],
    [`${"a".repeat(51)}${"é".repeat(200)}`, "app", /^a{51}-[0-9a-f]{10}$/],
    ["../../secrets/x", "app", /^secrets-x-app-[0-9a-f]{10}$/],
  ])("makes a legal name of %j and %j that still shows them", (uid, form, expected) => {
    expect(nodeName(uid, form, [form])).toMatch(expected);
  });

  it("calls neither of two pairs by a name that both would have", () => {
    const forms = ["c", "b-c"];
    const one = nodeName("a-b", "c", forms);
    const other = nodeName("a", "b-c", forms);
    expect([one, other]).toEqual([
      expect.stringMatching(/^a-b-c-[0-9a-f]{10}$/),
      expect.stringMatching(/^a-b-c-[0-9a-f]{10}$/),
    ]);
    expect(one).not.toBe(other);
    // The forms' other rows keep their plain names.
    expect(nodeName("x", "c", forms)).toBe("x-c");
  });

  it("hashes a plain name that could be taken for a hashed one", () => {
    const hashed = nodeName("A", "b", ["b"]);
    const [, tail = ""] = /^a-(b-[0-9a-f]{10})$/.exec(hashed) ?? [];
    expect(nodeName("a", tail, ["b"])).not.toBe(hashed);
  });

  it("gives each pair of uid and form a legal name of its own", () => {
    const pick = numbers(20240229);
    const letters = ["a", "b", "-", "-", ".", "A", "_", "é", "0"];
    const word = (characters: readonly string[], longest: number): string =>
      Array.from({ length: 1 + pick(longest) }, () => characters[pick(characters.length)] ?? "").join("");
    for (let round = 0; round < 40; round += 1) {
      const forms = [
        ...new Set(Array.from({ length: 6 }, () => word(["a", "b", "-"], 5)).filter(form => SUBDOMAIN.test(form))),
      ];
      const uids = [...new Set(Array.from({ length: 150 }, () => word(letters, 6)))];
      const names = uids.flatMap(uid => forms.map(form => nodeName(uid, form, forms)));
      expect(names.filter(name => name.length > 253 || !SUBDOMAIN.test(name))).toEqual([]);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("gives long names that are told apart by their labels too", () => {
    const names = Array.from({ length: 500 }, (_, index) => nodeName(`${"u".repeat(100)}-${index}`, "app", ["app"]));
    expect(new Set(names.map(labelValue)).size).toBe(500);
  });
});
