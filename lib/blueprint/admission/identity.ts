import { type FormResource } from "../../../crds";
import { compileDialect, type Template, TemplateExecutionError, TemplateSyntaxError } from "../../template";
import { type ListedResource } from "../compile";
import { type GroupVersionKind, isPlainObject, parseGroupVersionKind } from "../object";
import { type RenderContext } from "../render";
import { isSharedOnPurpose } from "../shared-object";

/** What decides which object a resource is: its kind, and the templates of name and namespace. */
export interface Identity {
  readonly id: string;
  readonly gvk: GroupVersionKind;
  readonly name: Template;
  readonly namePath: string;
  /** Undefined for kinds of the cluster, and where the node's own namespace is meant. */
  readonly namespace: Template | undefined;
  readonly namespacePath: string;
  readonly isClusterScoped: boolean;
  /** Not every row gets the resource. */
  readonly isConditional: boolean;
  readonly isShared: boolean;
}

/** The cluster-scoped kinds of Kubernetes itself; of a custom kind nobody knows without a cluster. */
const clusterScoped: ReadonlySet<string> = new Set(
  [
    "Namespace",
    "Node",
    "PersistentVolume",
    "ClusterRole.rbac.authorization.k8s.io",
    "ClusterRoleBinding.rbac.authorization.k8s.io",
    "StorageClass.storage.k8s.io",
    "CSIDriver.storage.k8s.io",
    "VolumeAttachment.storage.k8s.io",
    "PriorityClass.scheduling.k8s.io",
    "IngressClass.networking.k8s.io",
    "RuntimeClass.node.k8s.io",
    "CustomResourceDefinition.apiextensions.k8s.io",
    "APIService.apiregistration.k8s.io",
    "MutatingWebhookConfiguration.admissionregistration.k8s.io",
    "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
    "ValidatingAdmissionPolicy.admissionregistration.k8s.io",
    "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io",
  ].map(kind => kind.toLowerCase()),
);

/** Undefined where another rule has already refused what the identity is made of. */
export function identityOf({ resource, path, dialect }: ListedResource): Identity | undefined {
  const { apiVersion, kind, metadata } = resource.spec;
  if (typeof apiVersion !== "string" || typeof kind !== "string") return undefined;
  const { name, namespace } = isPlainObject(metadata) ? metadata : {};
  const compile = (candidates: readonly (readonly [unknown, string])[]) => {
    for (const [source, at] of candidates) {
      if (typeof source === "string" && source !== "") return { template: compileQuietly(source, dialect), at };
    }
    return undefined;
  };
  const named = compile([
    [resource.nameTemplate, `${path}.nameTemplate`],
    [name, `${path}.spec.metadata.name`],
  ]);
  const placed = compile([
    [resource.targetNamespace, `${path}.targetNamespace`],
    [resource.namespaceTemplate, `${path}.namespaceTemplate`],
    [namespace, `${path}.spec.metadata.namespace`],
  ]);
  if (named?.template === undefined || (placed !== undefined && placed.template === undefined)) return undefined;
  if (named.template.analysis.nonDeterministic || placed?.template?.analysis.nonDeterministic === true)
    return undefined;
  const gvk = parseGroupVersionKind(apiVersion, kind);
  const isClusterScoped = clusterScoped.has(kindName(gvk).toLowerCase());
  return {
    id: resource.id,
    gvk,
    name: named.template,
    namePath: named.at,
    namespace: isClusterScoped ? undefined : placed?.template,
    namespacePath: placed?.at ?? path,
    isClusterScoped,
    isConditional: isConditional(resource),
    isShared: isSharedOnPurpose(resource),
  };
}

/** `Deployment.apps`, `ConfigMap`. */
export function kindName({ group, kind }: GroupVersionKind): string {
  return group === "" ? kind : `${kind}.${group}`;
}

function isConditional({ includeWhen = "" }: FormResource): boolean {
  return includeWhen.includes("{{");
}

/** A name has 253 characters at most, a label 63. What takes more work than this is not looked at before a row needs it: a form has hundreds, each tried with several samples. */
const NAME_LIMITS = { steps: 5000, outputCharacters: 4096 };

/** A template of a name or label; undefined where it is broken. */
export function compileQuietly(source: string, dialect: ListedResource["dialect"]): Template | undefined {
  try {
    return compileDialect(source, dialect, { limits: NAME_LIMITS });
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return undefined;
    throw error;
  }
}

/** Variables that a form gives, and no row. */
const formVariables: ReadonlySet<string> = new Set(["hubId", "templateRef"]);

/** The row's variables that a name or namespace reads; undefined when it may read any. */
export function rowVariablesOf(template: Template | undefined): ReadonlySet<string> | undefined {
  if (template === undefined) return new Set();
  if (template.analysis.readsWholeData) return undefined;
  return new Set(template.analysis.variables.map(({ name }) => name).filter(name => !formVariables.has(name)));
}

/** What a template makes of a sample; undefined where it fails, which may be the sample's fault. */
export function renderQuietly(template: Template, { variables }: RenderContext): string | undefined {
  try {
    return template.render(variables);
  } catch (error) {
    if (error instanceof TemplateExecutionError) return undefined;
    throw error;
  }
}
