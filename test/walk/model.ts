import { type FormContent, objectName, type PartName, parts } from "./parts";

/** The guard of the walk's hub: small, so that a few rows run into it. */
export const guard = { minCount: 2, maxPercent: 50 };

export interface Row {
  active: boolean;
  size: number;
  /** A second row with the same uid: nobody can say which one counts. */
  twin: boolean;
  /** Its column freezes its nodes. */
  paused: boolean;
}

/** An object of a row's, as the contract (docs/safety.md) wants it. */
export interface ModelObject {
  readonly part: PartName;
  readonly far: boolean;
  readonly name: string;
  /** Left behind: nobody wants it, and nobody may delete it. */
  orphaned: boolean;
  size: number | string;
  /** Undefined until it has been seen. */
  uid: string | undefined;
}

export interface ModelNode {
  readonly row: string;
  readonly form: string;
  content: FormContent;
  size: number;
  uid: string | undefined;
  /** Keys of what was made once: it is not made again while the node lives. */
  readonly made: Set<string>;
  conflicted: boolean;
  /** By its own annotation. */
  suspended: boolean;
}

/** What docs/safety.md says must come of rows, forms, and what people do by hand. Knows nothing of how Lynq does it. */
export class Model {
  readonly rows = new Map<string, Row>();
  readonly forms = new Map<string, FormContent>();
  readonly nodes = new Map<string, ModelNode>();
  readonly objects = new Map<string, ModelObject & { readonly node: string }>();
  readonly suspendedForms = new Set<string>();
  /** Objects of somebody else, by key, with their UID. */
  readonly foreign = new Map<string, string>();
  /** Nodes whose deletion is held, and how many nodes there were when it began. */
  held: { readonly nodes: readonly string[]; readonly total: number } | undefined;
  /** How often an object was put right: too often, and Lynq takes the other side for a controller. */
  readonly corrections = new Map<string, number>();

  /** Everything that follows from rows and forms as they are now. */
  settle(): void {
    const living = this.nodes.size;
    const total = Math.min(living, this.held?.total ?? living);
    const unwanted = [...this.nodes].filter(
      ([, node]) => !this.isWanted(node) && !this.isFrozen(node.row) && !this.isSuspended(node),
    );
    for (const [row, { active, twin, size }] of this.rows) {
      if (!active || twin) continue;
      for (const [form, content] of this.forms) if (!this.suspendedForms.has(form)) this.want(row, form, content, size);
    }
    const tooMany = unwanted.length > guard.minCount && unwanted.length * 100 > total * guard.maxPercent;
    this.held = tooMany ? { nodes: unwanted.map(([name]) => name).sort(), total } : undefined;
    if (!tooMany) for (const [name] of unwanted) this.remove(name);
    for (const [name, node] of this.nodes) if (!this.isSuspended(node)) this.bring(name, node);
  }

  /** The held set goes. */
  approve(): void {
    for (const name of this.held?.nodes ?? []) this.remove(name);
    this.held = undefined;
    this.settle();
  }

  /** What a deleted node leaves: what is retained, and nothing else. */
  remove(name: string): void {
    this.nodes.delete(name);
    for (const [key, object] of this.objects) if (object.node === name) this.leave(key, object);
  }

  /** Live objects of a node that are not orphaned. */
  belongings(name: string): (readonly [string, ModelObject])[] {
    return [...this.objects].filter(([, object]) => object.node === name && !object.orphaned);
  }

  /** Nothing is written for it, and it outlives its row. */
  isSuspended({ row, form, suspended }: ModelNode): boolean {
    return suspended || this.rows.get(row)?.paused === true || this.suspendedForms.has(form);
  }

  /** Whether changes of its form reach it: its row is there once, and nobody has frozen it. */
  isFollowing(node: ModelNode): boolean {
    return this.isWanted(node) && !this.isSuspended(node);
  }

  private want(row: string, form: string, content: FormContent, size: number): void {
    const name = `${row}-${form}`;
    const node = this.nodes.get(name);
    if (node === undefined) {
      const fresh = { uid: undefined, made: new Set<string>(), conflicted: false, suspended: false };
      this.nodes.set(name, { row, form, content, size, ...fresh });
    } else if (!this.isSuspended(node)) {
      node.content = content;
      node.size = size;
    }
  }

  private isWanted({ row, form }: ModelNode): boolean {
    const known = this.rows.get(row);
    return known?.active === true && !known.twin && this.forms.has(form);
  }

  private isFrozen(row: string): boolean {
    const known = this.rows.get(row);
    return known?.active === true && known.twin;
  }

  private bring(node: string, { row, form, content, size, made, ...rest }: ModelNode): void {
    const wanted = new Set<string>();
    let conflicted = false;
    for (const part of content.parts) {
      const { far = false, once = false } = parts[part];
      const name = objectName(row, form, part, content);
      const key = objectKey(part, name);
      wanted.add(key);
      if (this.foreign.has(key)) {
        conflicted = true;
        continue;
      }
      const object = this.objects.get(key);
      if (object === undefined) {
        if (once && made.has(key)) continue;
        this.objects.set(key, { node, part, far, name, orphaned: false, size, uid: undefined });
      } else {
        object.orphaned = false;
        if (!once) object.size = size;
      }
      if (once) made.add(key);
    }
    const known = this.nodes.get(node);
    if (known !== undefined) Object.assign(known, { ...rest, conflicted });
    // Nothing is removed before everything wanted is there.
    if (conflicted) return;
    for (const key of made) if (!wanted.has(key)) made.delete(key);
    for (const [key, object] of this.belongings(node)) if (!wanted.has(key)) this.leave(key, object);
  }

  private leave(key: string, object: ModelObject): void {
    if (parts[object.part].retain === true) object.orphaned = true;
    else this.objects.delete(key);
  }
}

/** `Kind/name`; `far/Kind/name` in the other namespace. */
export function objectKey(part: PartName, name: string): string {
  const { kind, far = false } = parts[part];
  return `${far ? "far/" : ""}${kind}/${name}`;
}
