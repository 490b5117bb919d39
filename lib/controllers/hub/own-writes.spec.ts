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
    expect(writes.latest("hub", [stored, node("b", 1)])).toEqual([written, node("b", 1)]);
    expect(writes.latest("hub", [stored])).toEqual([written]);
    expect(writes.latest("hub", [newer])).toEqual([newer]);
    // It is forgotten by then.
    expect(writes.latest("hub", [stored])).toEqual([stored]);
  });

  it("do not hide that a node goes, or that another has come", () => {
    const writes = new OwnWrites();
    writes.note("hub", node("a", 2));
    const going = node("a", 1, { deletionTimestamp: "2026-07-06T12:00:00Z" });
    expect(writes.latest("hub", [going])).toEqual([going]);
    const another = node("a", 1, { uid: "other" });
    expect(writes.latest("hub", [another])).toEqual([another]);
  });

  it("are of one hub, and go with it", () => {
    const writes = new OwnWrites();
    writes.note("hub", node("a", 2));
    expect(writes.latest("other", [node("a", 1)])).toEqual([node("a", 1)]);
    writes.forget("hub");
    expect(writes.latest("hub", [node("a", 1)])).toEqual([node("a", 1)]);
  });
});
