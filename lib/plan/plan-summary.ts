import { isChange, type NodePlan, type ObjectAction } from "./object-plan";

/** How far a plan reaches. */
export interface PlanSummary {
  /** Rows, and so stacks, that were looked at, and those of them for which anything would happen. */
  readonly rows: number;
  readonly rowsAffected: number;
  readonly nodes: {
    readonly create: number;
    readonly update: number;
    readonly delete: number;
    readonly unchanged: number;
  };
  /** Nodes whose deletion the guard would hold back. */
  readonly heldByGuard: number;
  readonly objects: Readonly<Record<ObjectAction, number>>;
  /** Kinds and namespaces of the objects to which anything would happen. */
  readonly kinds: readonly string[];
  readonly namespaces: readonly string[];
  readonly podsRestarted: number;
}

/** Counts node by node, so that a plan of any size is never held as a whole. */
export class PlanCounter {
  private readonly rows = new Set<string>();
  private readonly affected = new Set<string>();
  private readonly nodes = { create: 0, update: 0, delete: 0, unchanged: 0 };
  private readonly objects: Record<ObjectAction, number> = {
    create: 0,
    change: 0,
    recreate: 0,
    delete: 0,
    retain: 0,
    conflict: 0,
    fail: 0,
    wait: 0,
    unchanged: 0,
  };
  private readonly kinds = new Set<string>();
  private readonly namespaces = new Set<string>();
  private heldByGuard = 0;
  private podsRestarted = 0;

  add({ action, row, objects, heldByGuard }: NodePlan): void {
    this.rows.add(row);
    this.nodes[action]++;
    if (heldByGuard === true) this.heldByGuard++;
    if (action === "create" || action === "delete" || objects.some(isChange)) this.affected.add(row);
    for (const object of objects) {
      this.objects[object.action]++;
      this.podsRestarted += object.podsRestarted ?? 0;
      if (!isChange(object)) continue;
      this.kinds.add(object.kind);
      if (object.namespace !== undefined) this.namespaces.add(object.namespace);
    }
  }

  summary(): PlanSummary {
    return {
      rows: this.rows.size,
      rowsAffected: this.affected.size,
      nodes: { ...this.nodes },
      heldByGuard: this.heldByGuard,
      objects: { ...this.objects },
      kinds: [...this.kinds].sort(),
      namespaces: [...this.namespaces].sort(),
      podsRestarted: this.podsRestarted,
    };
  }
}

/** Whether anything would be done, or would have to be. */
export function changesAnything({ nodes, objects }: PlanSummary): boolean {
  const still = objects.wait + objects.unchanged;
  return nodes.create + nodes.delete > 0 || Object.values(objects).reduce((sum, count) => sum + count, 0) > still;
}
