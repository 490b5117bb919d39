import { type LynqNodeObject } from "../../crds";
import { labelValue } from "../record/label-value";

/** Finds nodes by what they belong to, without walking through all of them. */
export class NodeIndex {
  private readonly byHub = new Map<string, Map<string, LynqNodeObject>>();
  private readonly byForm = new Map<string, Map<string, LynqNodeObject>>();
  private readonly byLabel = new Map<string, string>();
  private readonly bySecret = new Map<string, string>();

  update(key: string, node: LynqNodeObject | undefined, previous: LynqNodeObject | undefined): void {
    if (previous !== undefined) {
      for (const [index, owner] of this.owners(previous)) {
        const members = index.get(owner);
        members?.delete(key);
        if (members?.size === 0) index.delete(owner);
      }
      this.byLabel.delete(labelKey(previous));
      this.bySecret.delete(secretKey(previous));
    }
    if (node !== undefined) {
      for (const [index, owner] of this.owners(node)) {
        const members = index.get(owner) ?? new Map<string, LynqNodeObject>();
        members.set(key, node);
        index.set(owner, members);
      }
      this.byLabel.set(labelKey(node), key);
      if (node.spec.sensitiveValuesRef !== undefined) this.bySecret.set(secretKey(node), key);
    }
  }

  /** Nodes of a hub. */
  ofHub(namespace: string, hub: string): LynqNodeObject[] {
    return [...(this.byHub.get(`${namespace}/${hub}`)?.values() ?? [])];
  }

  /** Nodes of a form. */
  ofForm(namespace: string, form: string): LynqNodeObject[] {
    return [...(this.byForm.get(`${namespace}/${form}`)?.values() ?? [])];
  }

  /** Key of the node that a child's labels name. */
  byChildLabel(namespace: string, label: string): string | undefined {
    return this.byLabel.get(`${namespace}/${label}`);
  }

  /** Key of the node whose sensitive values a Secret holds. */
  byValuesSecret(secret: string): string | undefined {
    return this.bySecret.get(secret);
  }

  private owners(node: LynqNodeObject): [Map<string, Map<string, LynqNodeObject>>, string][] {
    const namespace = node.metadata.namespace ?? "";
    return [
      [this.byHub, `${namespace}/${node.spec.hubId ?? ""}`],
      [this.byForm, `${namespace}/${node.spec.templateRef}`],
    ];
  }
}

function labelKey(node: LynqNodeObject): string {
  return `${node.metadata.namespace ?? ""}/${labelValue(node.metadata.name ?? "")}`;
}

function secretKey(node: LynqNodeObject): string {
  return `${node.metadata.namespace ?? ""}/${node.spec.sensitiveValuesRef?.name ?? ""}`;
}
