import { type LynqNodeObject } from "../../../crds";
import { type NodeIdentity } from "../../blueprint/node-identity";
import { type GroupVersionKind } from "../../blueprint/object";
import { type RenderContext } from "../../blueprint/render";
import { templateVariables } from "../../blueprint/variables";
import { entryGvk } from "../../plan/inventory";
import { Redactor } from "../../record/redactor";
import { type SensitiveValues } from "../node-values";

export function nodeIdentity(node: LynqNodeObject): NodeIdentity {
  const { namespace = "", name = "", uid } = node.metadata;
  return {
    namespace,
    name,
    ...(uid === undefined ? {} : { uid }),
    hub: node.spec.hubId ?? "",
    form: node.spec.templateRef,
    recordUid: node.spec.uid,
  };
}

/** Kinds that the node's revision names, and those that earlier ones named while it was not at rest: it may have written any of them. */
export function namedKinds({ spec }: LynqNodeObject): GroupVersionKind[] {
  return [...(spec.resources ?? []), ...(spec.formerKinds ?? [])].map(entryGvk);
}

/** What a node's templates see, and which of it must not be shown. */
export function renderContext(
  node: NodeIdentity,
  values: Iterable<readonly [string, string]>,
  sensitive: SensitiveValues | undefined,
): RenderContext {
  return {
    node,
    variables: templateVariables([...values, ...(sensitive?.values ?? [])], {
      uid: node.recordUid,
      hub: node.hub,
      form: node.form,
    }),
    sensitive: new Set(sensitive?.values.keys()),
  };
}

/** Hides sensitive values in texts that come from elsewhere, such as the API server's refusals. */
export function redactor(sensitive: SensitiveValues | undefined): (message: string) => string {
  return sensitive === undefined ? message => message : new Redactor(sensitive.values.values()).redact;
}
