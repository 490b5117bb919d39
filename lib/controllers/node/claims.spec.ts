import { describe, expect, it } from "@jest/globals";
import { Claims } from "./claims";

function recorded(): { claims: Claims; told: () => string[] } {
  const told: string[] = [];
  const claims = new Claims(owner => told.push(owner));
  return { claims, told: () => told.splice(0) };
}

describe("what a node wants and another one has", () => {
  it("is told to the one that has it: when it begins, when it ends, and not in between", () => {
    const { claims, told } = recorded();
    claims.set("ns/second", new Map([["object", "ns/first"]]));
    expect([told(), claims.claimants("object")]).toEqual([["ns/first"], ["ns/second"]]);
    claims.set("ns/second", new Map([["object", "ns/first"]]));
    expect(told()).toEqual([]);
    claims.set("ns/third", new Map([["object", "ns/first"]]));
    expect([told(), claims.claimants("object")]).toEqual([["ns/first"], ["ns/second", "ns/third"]]);
    claims.set("ns/second", new Map());
    expect([told(), claims.claimants("object")]).toEqual([["ns/first"], ["ns/third"]]);
    claims.set("ns/third", new Map());
    expect([told(), claims.claimants("object")]).toEqual([["ns/first"], []]);
  });

  it("is told to both when the object gets into other hands", () => {
    const { claims, told } = recorded();
    claims.set("ns/third", new Map([["object", "ns/first"]]));
    told();
    claims.set("ns/third", new Map([["object", "ns/second"]]));
    expect([told(), claims.owner("object", "ns/third")]).toEqual([["ns/first", "ns/second"], "ns/second"]);
  });
});
