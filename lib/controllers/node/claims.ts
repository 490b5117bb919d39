import { type InventoryEntry } from "../../plan/inventory";
import { firstFew } from "../../status";

/**
 * Which nodes want an object that another node has. The node that has it is told, so that both say so, and whoever is refused it need not ask again
 * until it is free. Kept in memory only: a node that is refused an object says so again after a restart.
 */
export class Claims {
  /** Object → the node that is refused it → the node that has it. */
  private readonly byObject = new Map<string, Map<string, string>>();
  private readonly byClaimant = new Map<string, ReadonlySet<string>>();

  /** @param onChange something about the objects of a node has changed; it is named as in {@link set} */
  constructor(private readonly onChange: (owner: string) => void) {}

  /**
   * All that a node is refused now.
   *
   * @param claimant key of the node that is refused
   * @param wanted by object, the node that has it: its namespace and the value of its label
   */
  set(claimant: string, wanted: ReadonlyMap<string, string>): void {
    for (const object of this.byClaimant.get(claimant) ?? []) {
      if (wanted.has(object)) continue;
      const claims = this.byObject.get(object);
      const owner = claims?.get(claimant);
      claims?.delete(claimant);
      if (claims?.size === 0) this.byObject.delete(object);
      if (owner !== undefined) this.onChange(owner);
    }
    for (const [object, owner] of wanted) {
      const claims = this.byObject.get(object) ?? new Map<string, string>();
      const before = claims.get(claimant);
      claims.set(claimant, owner);
      this.byObject.set(object, claims);
      if (before === owner) continue;
      if (before !== undefined) this.onChange(before);
      this.onChange(owner);
    }
    if (wanted.size === 0) this.byClaimant.delete(claimant);
    else this.byClaimant.set(claimant, new Set(wanted.keys()));
  }

  /** Keys of the nodes that are refused the object, sorted. */
  claimants(object: string): string[] {
    return [...(this.byObject.get(object)?.keys() ?? [])].sort();
  }

  /** The node that has the object, as it was told to the one that is refused it. */
  owner(object: string, claimant: string): string | undefined {
    return this.byObject.get(object)?.get(claimant);
  }

  /**
   * Sentences on the objects of a node that others are refused, for people.
   *
   * @param inventory the node's objects, by key
   */
  contested(node: string, inventory: ReadonlyMap<string, InventoryEntry>): string[] {
    return [...inventory].flatMap(([object, { kind, namespace, name }]) => {
      const others = this.claimants(object).filter(other => other !== node);
      if (others.length === 0) return [];
      const named = `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
      const nodes = `${others.length === 1 ? "LynqNode" : "LynqNodes"} ${firstFew(others)}`;
      return [`${named} is also rendered by ${nodes}, refused there: two nodes cannot write one object`];
    });
  }
}
