import { API_GROUP } from "../metadata";
import { type NamePattern } from "./name-pattern";
import { isNamespace } from "./prune";

/** What an administrator allows the operator to write for forms, whatever the forms say. */
export interface WriteSettings {
  /** Where the operator itself runs. */
  readonly operatorNamespace: string;
  /** Undefined: every namespace but the cluster's own and the operator's. */
  readonly allowedNamespaces: readonly NamePattern[] | undefined;
  /** Over `Kind.group`, and the bare kind for the core group. Undefined: every kind. */
  readonly allowedKinds: readonly NamePattern[] | undefined;
  /** Nothing is written for a form that names no ServiceAccount. */
  readonly requireServiceAccount: boolean;
}

/** Namespaces that the cluster lives on. */
const CLUSTER_NAMESPACES: readonly string[] = ["kube-system", "kube-public", "kube-node-lease"];

/** Which object is to be written. */
export interface WriteTarget {
  readonly group: string;
  readonly kind: string;
  /** Undefined for kinds of the cluster. */
  readonly namespace: string | undefined;
  /** Undefined while it is not known, as for the name that a row will give. */
  readonly name: string | undefined;
}

/** Why an object must not be written: which part of it is at fault, and what to do. */
export interface WriteRefusal {
  readonly about: "namespace" | "name" | "kind" | "serviceAccount";
  readonly message: string;
}

/** - `write`: made or changed; `remove`: deleted, or left behind */
export type WriteVerb = "write" | "remove";

/** Says what must not be written. Asked when a form is applied, as far as the form fixes it, and before every single write. */
export class WritePolicy {
  constructor(readonly settings: WriteSettings) {}

  /** @param actor the ServiceAccount that the operator acts as; undefined for its own identity */
  refusal(target: WriteTarget, actor: string | undefined, verb: WriteVerb): WriteRefusal | undefined {
    return (
      this.kind(target) ??
      this.namespace(target) ??
      // What was made before an account was demanded may go: jammed deletions would help nobody.
      (verb === "remove" ? undefined : (this.ownKind(target, actor) ?? this.serviceAccount(actor)))
    );
  }

  /** Why a form cannot do without a ServiceAccount. */
  serviceAccount(actor: string | undefined): WriteRefusal | undefined {
    if (!this.settings.requireServiceAccount || actor !== undefined) return undefined;
    return {
      about: "serviceAccount",
      message:
        "is required by LYNQ_REQUIRE_SERVICE_ACCOUNT=true; name a ServiceAccount of the form's namespace that the operator acts as",
    };
  }

  private kind({ group, kind }: WriteTarget): WriteRefusal | undefined {
    const { allowedKinds } = this.settings;
    const name = qualifiedKind({ group, kind });
    if (allowedKinds === undefined || allowedKinds.some(pattern => pattern.matches(name))) return undefined;
    return {
      about: "kind",
      message: `the kind ${name} is not among those that ${setting("LYNQ_ALLOWED_KINDS", allowedKinds)} allows`,
    };
  }

  private namespace(target: WriteTarget): WriteRefusal | undefined {
    const own = isNamespace(target);
    const namespace = own ? target.name : target.namespace;
    if (namespace === undefined) return undefined;
    const { operatorNamespace, allowedNamespaces } = this.settings;
    const about = own ? "name" : "namespace";
    if (CLUSTER_NAMESPACES.includes(namespace)) return { about, message: neverWritten(namespace, "the cluster's own") };
    if (namespace === operatorNamespace) return { about, message: neverWritten(namespace, "the operator's own") };
    if (allowedNamespaces === undefined || allowedNamespaces.some(pattern => pattern.matches(namespace)))
      return undefined;
    return {
      about,
      message: `the namespace "${namespace}" is not among those that ${setting("LYNQ_ALLOWED_NAMESPACES", allowedNamespaces)} allows`,
    };
  }

  /** The operator's own writes pass its webhooks as its own: a form that made forms would be above every check. */
  private ownKind({ group, kind }: WriteTarget, actor: string | undefined): WriteRefusal | undefined {
    if (group !== API_GROUP || actor !== undefined) return undefined;
    return {
      about: "kind",
      message: `the kind ${qualifiedKind({ group, kind })} is written only as a ServiceAccount, whose rights its own admission checks; set spec.serviceAccountName`,
    };
  }
}

/** `Deployment.apps`, and `ConfigMap` for the core group. */
export function qualifiedKind({ group, kind }: Pick<WriteTarget, "group" | "kind">): string {
  return group === "" ? kind : `${kind}.${group}`;
}

function neverWritten(namespace: string, whose: string): string {
  return `the namespace "${namespace}" is ${whose}; nothing is ever written or deleted there`;
}

function setting(name: string, patterns: readonly NamePattern[]): string {
  return `${name}=${patterns.map(({ source }) => source).join(",")}`;
}
