import { type LynqNodeObject } from "../../crds";
import { labelValue } from "../record/label-value";
import { NodeTally } from "./node-tally";

/** Nodes by key. */
type Members = Map<string, LynqNodeObject>;

/** Finds and counts nodes by what they belong to, without walking through all of them. */
export class NodeIndex {
  /** Hub → uid of a row → its nodes, mostly one for each form. */
  private readonly byRow = new Map<string, Map<string, LynqNodeObject[]>>();
  private readonly byForm = new Map<string, Members>();
  private readonly byLabel = new Map<string, string>();
  private readonly bySecret = new Map<string, string>();
  /** Hub → form → counts, and the same the other way round. */
  private readonly hubTallies = new Map<string, Map<string, NodeTally>>();
  private readonly formTallies = new Map<string, Map<string, NodeTally>>();

  update(key: string, node: LynqNodeObject | undefined, previous: LynqNodeObject | undefined): void {
    if (previous !== undefined) {
      this.tally(previous).remove(previous);
      this.leaveRow(previous);
      const form = formKey(previous);
      const members = this.byForm.get(form);
      members?.delete(key);
      if (members?.size === 0) this.byForm.delete(form);
      this.byLabel.delete(labelKey(previous));
      this.bySecret.delete(secretKey(previous));
    }
    if (node !== undefined) {
      this.tally(node).add(node);
      this.joinRow(node);
      within(this.byForm, formKey(node), () => new Map()).set(key, node);
      this.byLabel.set(labelKey(node), key);
      if (node.spec.sensitiveValuesRef !== undefined) this.bySecret.set(secretKey(node), key);
    }
    if (previous !== undefined) this.forgetEmpty(previous);
  }

  /** Nodes of a hub. */
  *ofHub(namespace: string, hub: string): Generator<LynqNodeObject, void, undefined> {
    for (const nodes of this.byRow.get(`${namespace}/${hub}`)?.values() ?? []) yield* nodes;
  }

  /** Nodes that a hub has for a row: those of forms that are gone, too. */
  ofRow(namespace: string, hub: string, uid: string): readonly LynqNodeObject[] {
    return this.byRow.get(`${namespace}/${hub}`)?.get(uid) ?? [];
  }

  /** Nodes of a form. */
  ofForm(namespace: string, form: string): IterableIterator<LynqNodeObject> {
    return (this.byForm.get(`${namespace}/${form}`) ?? new Map<string, LynqNodeObject>()).values();
  }

  /** Counts of a hub's nodes, by form; forms that are gone included. */
  talliesOfHub(namespace: string, hub: string): ReadonlyMap<string, NodeTally> {
    return this.hubTallies.get(`${namespace}/${hub}`) ?? new Map<string, NodeTally>();
  }

  /** Counts of a form's nodes, by hub: mostly one. */
  talliesOfForm(namespace: string, form: string): ReadonlyMap<string, NodeTally> {
    return this.formTallies.get(`${namespace}/${form}`) ?? new Map<string, NodeTally>();
  }

  /** Key of the node that a child's labels name. */
  byChildLabel(namespace: string, label: string): string | undefined {
    return this.byLabel.get(`${namespace}/${label}`);
  }

  /** Key of the node whose sensitive values a Secret holds. */
  byValuesSecret(secret: string): string | undefined {
    return this.bySecret.get(secret);
  }

  private joinRow(node: LynqNodeObject): void {
    const rows = within(this.byRow, hubKey(node), () => new Map<string, LynqNodeObject[]>());
    within(rows, node.spec.uid, () => []).push(node);
  }

  private leaveRow(node: LynqNodeObject): void {
    const rows = this.byRow.get(hubKey(node));
    const left = rows?.get(node.spec.uid)?.filter(one => one !== node) ?? [];
    if (left.length > 0) rows?.set(node.spec.uid, left);
    else rows?.delete(node.spec.uid);
    if (rows?.size === 0) this.byRow.delete(hubKey(node));
  }

  private tally(node: LynqNodeObject): NodeTally {
    const hub = node.spec.hubId ?? "";
    const tally = within(
      within(this.hubTallies, hubKey(node), newTallies),
      node.spec.templateRef,
      () => new NodeTally(),
    );
    within(this.formTallies, formKey(node), newTallies).set(hub, tally);
    return tally;
  }

  private forgetEmpty(node: LynqNodeObject): void {
    if (this.tally(node).total > 0) return;
    for (const [tallies, owner, other] of [
      [this.hubTallies, hubKey(node), node.spec.templateRef],
      [this.formTallies, formKey(node), node.spec.hubId ?? ""],
    ] as const) {
      const own = tallies.get(owner);
      own?.delete(other);
      if (own?.size === 0) tallies.delete(owner);
    }
  }
}

function newTallies(): Map<string, NodeTally> {
  return new Map();
}

/** The value of a key, made if it is missing. */
function within<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function hubKey({ metadata, spec }: LynqNodeObject): string {
  return `${metadata.namespace ?? ""}/${spec.hubId ?? ""}`;
}

function formKey({ metadata, spec }: LynqNodeObject): string {
  return `${metadata.namespace ?? ""}/${spec.templateRef}`;
}

function labelKey(node: LynqNodeObject): string {
  return `${node.metadata.namespace ?? ""}/${labelValue(node.metadata.name ?? "")}`;
}

function secretKey(node: LynqNodeObject): string {
  return `${node.metadata.namespace ?? ""}/${node.spec.sensitiveValuesRef?.name ?? ""}`;
}
