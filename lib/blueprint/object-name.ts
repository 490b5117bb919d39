import { RenderError } from "./errors";
import { type GroupVersionKind } from "./object";

/** RFC 1123 subdomain, the rule of most kinds (apimachinery NameIsDNSSubdomain). */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** RFC 1123 label (apimachinery NameIsDNSLabel). */
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** RFC 1035 label, the rule of Services (apimachinery NameIsDNS1035Label). */
const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

const LABEL_KINDS: ReadonlySet<string> = new Set(["Namespace"]);
/** RBAC names may hold any path segment, `system:node` for one. */
const PATH_SEGMENT_GROUP = "rbac.authorization.k8s.io";

/** @throws RenderError when the name is not legal for its kind; a row can never steer a request to another path */
export function checkName(name: string, gvk: GroupVersionKind, path: string): void {
  if (name === "") throw new RenderError(path, "renders an empty name");
  if (gvk.group === PATH_SEGMENT_GROUP) {
    if (name === "." || name === ".." || /[/%]/.test(name) || name.length > 253)
      refuse(name, path, "a path segment without / or %");
    return;
  }
  if (gvk.group === "" && gvk.kind === "Service") {
    if (name.length > 63 || !LABEL_1035.test(name))
      refuse(name, path, "a Service name: at most 63 of a-z, 0-9 and -, a letter first");
    return;
  }
  if (gvk.group === "" && LABEL_KINDS.has(gvk.kind)) {
    if (name.length > 63 || !LABEL.test(name)) refuse(name, path, "a DNS label: at most 63 of a-z, 0-9 and -");
    return;
  }
  if (name.length > 253 || !SUBDOMAIN.test(name))
    refuse(name, path, "a DNS subdomain: at most 253 of a-z, 0-9, - and .");
}

/** @throws RenderError when the text is not a legal namespace */
export function checkNamespace(namespace: string, path: string): void {
  if (namespace === "") throw new RenderError(path, "renders an empty namespace");
  if (namespace.length > 63 || !LABEL.test(namespace)) {
    refuse(namespace, path, "a namespace: at most 63 of a-z, 0-9 and -");
  }
}

function refuse(name: string, path: string, rule: string): never {
  const shown = name.length > 60 ? `${name.slice(0, 60)}… (${name.length} characters)` : name;
  throw new RenderError(
    path,
    `renders ${JSON.stringify(shown)}, which is not ${rule}; lower, trunc 63 or trimSuffix "-" may help`,
  );
}
