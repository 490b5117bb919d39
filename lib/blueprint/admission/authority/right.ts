import { type DataSource } from "../../../../crds";
import { type TemplateDialect } from "../../../template";
import { isPlainObject } from "../../object";
import { fixedText } from "../fixed-text";
import { type FormTarget } from "./target";

/** One thing that RBAC can allow. */
export interface Right {
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
  /** Undefined: in every namespace, or for a kind of the cluster. */
  readonly namespace: string | undefined;
  /** Undefined: for every name. */
  readonly name: string | undefined;
}

/** A right that a form's author needs, and where the form needs it. */
export interface NeededRight extends Right {
  readonly path: string;
  /** Each row says the namespace. */
  readonly anyNamespace: boolean;
}

const RBAC_GROUP = "rbac.authorization.k8s.io";

/**
 * What the operator will do for a resource, as rights: create, patch and delete, and update where it replaces objects. For kinds that give
 * rights themselves also those that the API server asks for beyond them, since it asks the operator and not the author:
 * escalate for roles, bind for bindings.
 */
export function rightsOf(target: FormTarget): NeededRight[] {
  const { gvk, served, path, namespace, resource } = target;
  const right = (verb: string, more: Partial<Right> = {}): NeededRight => ({
    path,
    verb,
    group: gvk.group,
    resource: served.plural,
    namespace: namespace?.text,
    name: undefined,
    anyNamespace: namespace !== undefined && namespace.text === undefined,
    ...more,
  });
  const verbs = ["create", "patch", ...(resource.patchStrategy === "replace" ? ["update"] : []), "delete"];
  return [...verbs.map(verb => right(verb)), ...escalations(target, right)];
}

function escalations(
  { gvk, resource, dialect, name }: FormTarget,
  right: (verb: string, more?: Partial<Right>) => NeededRight,
): NeededRight[] {
  if (gvk.group !== RBAC_GROUP) return [];
  switch (gvk.kind) {
    case "Role":
    case "ClusterRole":
      return [right("escalate", { name: name.text })];
    case "RoleBinding":
    case "ClusterRoleBinding":
      return boundRoles(resource.spec["roleRef"], dialect).map(role => right("bind", role));
    default:
      return [];
  }
}

/** Which roles a binding may bind; all that it could where a row decides. */
function boundRoles(roleRef: unknown, dialect: TemplateDialect): Pick<Right, "resource" | "name">[] {
  const fixed = (field: string) => {
    const source = isPlainObject(roleRef) ? roleRef[field] : undefined;
    return typeof source === "string" ? fixedText(source, dialect) : undefined;
  };
  const kind = fixed("kind");
  const name = fixed("name");
  if (kind === "Role") return [{ resource: "roles", name }];
  if (kind === "ClusterRole") return [{ resource: "clusterroles", name }];
  return ["roles", "clusterroles"].map(resource => ({ resource, name }));
}

/** What the author of a form needs who lets it act as a ServiceAccount: the account's rights become the author's own. */
export function impersonationRight(namespace: string, account: string): NeededRight {
  return {
    path: "spec.serviceAccountName",
    verb: "impersonate",
    group: "",
    resource: "serviceaccounts",
    namespace,
    name: account,
    anyNamespace: false,
  };
}

/** What the author of a hub needs for each Secret that it reads: what is in it goes to the server that the hub names. */
export function secretRights(namespace: string, source: DataSource): NeededRight[] {
  const { usernameRef, passwordRef, tls } = source.mysql ?? {};
  const { caRef, certRef, keyRef } = tls ?? {};
  const refs = { usernameRef, passwordRef, "tls.caRef": caRef, "tls.certRef": certRef, "tls.keyRef": keyRef };
  return Object.entries(refs).flatMap(([field, ref]) =>
    ref === undefined
      ? []
      : [
          {
            path: `spec.source.mysql.${field}`,
            verb: "get",
            group: "",
            resource: "secrets",
            namespace,
            name: ref.name,
            anyNamespace: false,
          },
        ],
  );
}

/** The same right, wherever it is needed. */
export function rightKey({ verb, group, resource, namespace, name }: Right): string {
  return JSON.stringify([verb, group, resource, namespace, name]);
}

/** The API server's own sentence for a missing right; several verbs are listed. */
export function missingRight(user: string, right: NeededRight, verbs: readonly string[]): string {
  const { group, resource, namespace, name, anyNamespace } = right;
  const object =
    name === undefined ? "" : `${group === "" ? resource : `${resource}.${group}`} "${name}" is forbidden: `;
  const scope = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const why = anyNamespace ? "; each row says the namespace, so the right is needed in all of them" : "";
  return `${object}User "${user}" cannot ${verbs.join(", ")} resource "${resource}" in API group "${group}" ${scope}${why}`;
}
