import { describe, expect, it } from "@jest/globals";
import { type LynqFormObject, type LynqNodeObject } from "../../crds";
import { labelValue } from "../record/label-value";
import { Shard } from "./shard";

const shards = [0, 1, 2].map(index => new Shard({ index, count: 3 }));
const owners = (mine: (shard: Shard) => boolean) => shards.filter(mine).length;
const long = "a-row-whose-name-is-longer-than-a-label-may-be".repeat(3);

describe("of three shards, exactly one", () => {
  it.each(["acme-web", "bolt-web", long])("looks after node %s, and after objects with its label", name => {
    expect(owners(shard => shard.hasNode(`shop/${name}`))).toBe(1);
    for (const shard of shards) {
      expect(shard.hasChildOf("shop", labelValue(name))).toBe(shard.hasNode(`shop/${name}`));
    }
  });

  it.each(["customers", "orders", long])("leads hub %s with its forms, and finds its Secrets by their label", name => {
    expect(owners(shard => shard.leadsHub(`shop/${name}`))).toBe(1);
    const form: LynqFormObject = {
      ...{ apiVersion: "operator.lynq.sh/v1", kind: "LynqForm" },
      ...{ metadata: { namespace: "shop", name: "web" }, spec: { hubId: name } },
    };
    for (const shard of shards) {
      expect(shard.leadsForm(form)).toBe(shard.leadsHub(`shop/${name}`));
      expect(shard.leadsHub(`shop/${labelValue(name)}`)).toBe(shard.leadsHub(`shop/${name}`));
    }
  });

  it("needs a node in full, or two do: the one with its stack and the one with its hub", () => {
    for (let row = 0; row < 100; row++) {
      const node: LynqNodeObject = {
        apiVersion: "operator.lynq.sh/v1",
        kind: "LynqNode",
        metadata: { namespace: "shop", name: `row-${row}-web` },
        spec: { uid: `row-${row}`, templateRef: "web", hubId: "customers" },
      };
      const stack = shards.findIndex(shard => shard.hasNode(`shop/row-${row}-web`));
      const hub = shards.findIndex(shard => shard.leadsHub("shop/customers"));
      expect(shards.flatMap((shard, index) => (shard.needs(node) ? [index] : []))).toEqual(
        [...new Set([stack, hub])].sort(),
      );
    }
  });
});

describe("the only shard", () => {
  it("does everything", () => {
    const alone = new Shard({ index: 0, count: 1 });
    expect([
      alone.hasNode("a/b"),
      alone.hasChildOf("a", "b"),
      alone.leadsHub("a/b"),
      alone.cleansUpForm("a/b"),
    ]).toEqual([true, true, true, true]);
  });
});
