import { describe, expect, it } from "@jest/globals";
import { isPossibleIdentifier, quoteIdentifier, tableCandidates } from "./mysql-identifier";

describe("quoteIdentifier", () => {
  it.each([
    ["plain", "`plain`"],
    ["with space", "`with space`"],
    ["we`ird", "`we``ird`"],
    ["`; DROP TABLE x; -- ", "```; DROP TABLE x; -- `"],
  ])("quotes %j as %s", (name, quoted) => {
    expect(quoteIdentifier(name)).toBe(quoted);
  });
});

describe("tableCandidates", () => {
  it.each([
    ["customers", ["`customers`"]],
    ["db.customers", ["`db.customers`", "`db`.`customers`"]],
    ["db.a.b", ["`db.a.b`", "`db`.`a.b`"]],
    [".a", ["`.a`"]],
    ["a.", ["`a.`"]],
    ["`my.db`.`my``table`", ["```my.db``.``my````table```", "`my.db`.`my``table`"]],
    ["`t`", ["```t```", "`t`"]],
    ["`a`b`", ["```a``b```"]],
    ["`a`.b", ["```a``.b`", "```a```.`b`"]],
    ["`x` WHERE 1", ["```x`` WHERE 1`"]],
  ])("reads %s as %j", (table, candidates) => {
    expect(tableCandidates(table)).toEqual(candidates);
  });
});

describe("isPossibleIdentifier", () => {
  it.each([
    ["Straße 公司", true],
    ["e😀", false],
    ["a\0b", false],
    ["", false],
  ])("says of %j: %j", (name, possible) => {
    expect(isPossibleIdentifier(name)).toBe(possible);
  });
});
