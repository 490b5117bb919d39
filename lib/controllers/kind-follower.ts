import { type LynqNodeObject } from "../../crds";
import { entryGvk, gvkKey } from "../plan/inventory";
import { type Children } from "./node/children";
import { namedKinds } from "./node/node-context";

/** While another process works: follows all that our nodes have and want, so that this one need not list it when its turn comes. */
export class KindFollower {
  private readonly followed = new Set<string>();

  constructor(private readonly children: Pick<Children, "watch">) {}

  follow(node: LynqNodeObject): void {
    for (const gvk of [...namedKinds(node), ...(node.status?.inventory ?? []).map(entryGvk)]) {
      const key = gvkKey(gvk);
      if (this.followed.has(key)) continue;
      this.followed.add(key);
      // What cannot be followed now is told by the node's pass.
      this.children.watch(gvk).catch(() => this.followed.delete(key));
    }
  }
}
