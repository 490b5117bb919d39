import { type LynqNodeObject } from "../../crds";
import { type NodeIdentity } from "../blueprint/node-identity";
import { type RenderContext } from "../blueprint/render";
import { templateVariables } from "../blueprint/variables";
import { Redactor } from "../record/redactor";
import { type SensitiveValues } from "./node-values";

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
