import { describe, expect, it } from "@jest/globals";
import { type LynqNodeObject } from "../../../crds";
import { OwnWrites } from "./own-writes";

const node = (name: string, generation: number, more: Partial<LynqNodeObject["metadata"]> = {}): LynqNodeObject => ({
  apiVersion: "operator.lynq.sh/v1",
  kind: "LynqNode",
  metadata: { name, uid: `u-${name}`, generation, ...more },
  spec: { uid: name, templateRef: "web" },
});

describe("our own writes", () => {
  it("count until the store shows them, or something newer", () => {
    const writes = new OwnWrites();
    const [stored, written, newer] = [node("a", 1), node("a", 2), node("a", 3)];
    writes.note("hub", written);
    expect(writes.latest("hub", [stored, node("b", 1)], "0")).toEqual([written, node("b", 1)]);
    expect(writes.latest("hub", [stored], "0")).toEqual([written]);
    expect(writes.latest("hub", [newer], "0")).toEqual([newer]);
    // It is forgotten by then.
    expect(writes.latest("hub", [stored], "0")).toEqual([stored]);
  });

  it("do not hide that a node goes, or that another has come", () => {
    const writes = new OwnWrites();
    writes.note("hub", node("a", 2));
    const going = node("a", 1, { deletionTimestamp: "2026-07-06T12:00:00Z" });
    expect(writes.latest("hub", [going], "0")).toEqual([going]);
    const another = node("a", 1, { uid: "other" });
    expect(writes.latest("hub", [another], "0")).toEqual([another]);
  });

  it("are of one hub, and go with it", () => {
    const writes = new OwnWrites();
    writes.note("hub", node("a", 2));
    expect(writes.latest("other", [node("a", 1)], "0")).toEqual([node("a", 1)]);
    writes.forget("hub");
    expect(writes.latest("hub", [node("a", 1)], "0")).toEqual([node("a", 1)]);
  });

  it("count a node that was made until the store shows it, or is further than that and does not", () => {
    const writes = new OwnWrites();
    const made = node("a", 1, { resourceVersion: "7" });
    writes.note("hub", made);
    expect(writes.latest("hub", [], "6")).toEqual([made]);
    expect(writes.latest("hub", [made], "7")).toEqual([made]);
    writes.note("hub", made);
    expect(writes.latest("hub", [], "7")).toEqual([]);
    expect(writes.latest("hub", [], "6")).toEqual([]);
  });

  it("say of a node that was deleted that it goes, until the store does", () => {
    const writes = new OwnWrites();
    const at = "2026-07-06T12:00:00Z";
    const going = node("a", 1, { deletionTimestamp: at });
    writes.noteDeletion("hub", "u-a", at);
    expect(writes.latest("hub", [node("a", 1)], "1")).toEqual([going]);
    expect(writes.latest("hub", [node("a", 1)], "1")).toEqual([going]);
    expect(writes.latest("hub", [], "1")).toEqual([]);
    const another = node("a", 1, { uid: "other" });
    expect(writes.latest("hub", [another], "1")).toEqual([another]);
  });

  it("are forgotten of a node that the store has seen go", () => {
    const writes = new OwnWrites();
    for (const name of ["a", "b"]) writes.note("hub", node(name, 1, { resourceVersion: "7" }));
    writes.gone("hub", node("a", 1));
    expect(writes.latest("hub", [], "6")).toEqual([node("b", 1, { resourceVersion: "7" })]);
  });

  it("are kept of other rows when some are looked at", () => {
    const writes = new OwnWrites();
    for (const name of ["a", "b", "c"]) writes.note("hub", node(name, 2, { resourceVersion: "7" }));
    expect(writes.latest("hub", [node("a", 2)], "6", ["a"])).toEqual([node("a", 2)]);
    expect(writes.latest("hub", [node("b", 1)], "6", ["b"])).toEqual([node("b", 2, { resourceVersion: "7" })]);
    expect(writes.latest("hub", [], "6", ["c"])).toEqual([node("c", 2, { resourceVersion: "7" })]);
    expect(writes.latest("hub", [], "6", ["a"])).toEqual([]);
  });
});
