import { type LynqFormObject, type LynqNodeObject } from "../../crds";
import { shardOf, type ShardSlot } from "../plan/shard";
import { labelValue } from "../record/label-value";
import { hubKeyOf } from "./keys";

/**
 * What of the work is this process's: the stacks of some nodes, and the sync of some hubs with everything that belongs to their forms
 * (docs/scaling.md).
 */
export class Shard {
  constructor(readonly slot: ShardSlot) {}

  /** Whether there is no other one. */
  get isAlone(): boolean {
    return this.slot.count === 1;
  }

  /** Whether it looks after the node's stack. @param key `namespace/name` */
  hasNode(key: string): boolean {
    return this.isAlone || this.isMine(labelKey(key));
  }

  /** The same by what an object says of its node: its namespace and the value of its label. */
  hasChildOf(namespace: string, label: string): boolean {
    return this.isAlone || this.isMine(`${namespace}/${label}`);
  }

  /** Whether it reads the hub's table and writes its nodes. @param key `namespace/name` */
  leadsHub(key: string): boolean {
    return this.isAlone || this.isMine(labelKey(key));
  }

  /** A form goes with its hub: what one finds, the other tells. */
  leadsForm(form: LynqFormObject): boolean {
    return this.leadsHub(hubKeyOf(form));
  }

  /** For what is left of a form whose hub nobody knows any more. */
  cleansUpForm(key: string): boolean {
    return this.isAlone || this.isMine(key);
  }

  /** Whether all of the node is needed here, and not only what counts. */
  needs(node: LynqNodeObject): boolean {
    const { namespace = "", name = "" } = node.metadata;
    return this.hasNode(`${namespace}/${name}`) || this.leadsHub(hubKeyOf(node));
  }

  private isMine(key: string): boolean {
    return shardOf(key, this.slot.count) === this.slot.index;
  }
}

/** By what labels say: an object of a node shows no more of its name, nor a node's Secret of its hub's. */
function labelKey(key: string): string {
  const slash = key.indexOf("/");
  return `${key.slice(0, slash)}/${labelValue(key.slice(slash + 1))}`;
}
