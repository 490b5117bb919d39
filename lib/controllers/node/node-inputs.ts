import { type LynqNodeObject } from "../../../crds";
import { type Blueprint } from "../../blueprint/compile";
import { BlueprintError } from "../../blueprint/errors";
import { type NodeFailureReason } from "../../status";
import { nodeIdentity, redactor, renderContext } from "./node-context";
import { type NodeValues } from "../node-values";
import { RevisionMissingError, type Revisions } from "../form/revisions";

/** What the objects of a node are rendered from. */
export interface NodeInputs {
  readonly blueprint: Blueprint;
  readonly context: ReturnType<typeof renderContext>;
  /** The key under which hashes are kept, where the node has sensitive values. */
  readonly hashKey: string | undefined;
  /** Hides sensitive values in a message. */
  readonly redact: (message: string) => string;
}

/** The content of the node's revision, and its record; or what is missing of them, for people. */
export async function readInputs(
  node: LynqNodeObject,
  revisions: Revisions,
  nodeValues: NodeValues,
): Promise<NodeInputs | { failure: { reason: NodeFailureReason; message: string } }> {
  const { namespace = "" } = node.metadata;
  const { formRevision, sensitiveValuesRef } = node.spec;
  if (formRevision === undefined) {
    return fail("FormNotFound", "the node names no revision of its form yet; its hub writes it with the next sync");
  }
  try {
    const blueprint = await revisions.blueprint(namespace, formRevision);
    const sensitive = sensitiveValuesRef === undefined ? undefined : nodeValues.of(namespace, sensitiveValuesRef.name);
    if (sensitiveValuesRef !== undefined && sensitive === undefined) {
      return fail(
        "VariablesBuildError",
        `Secret ${namespace}/${sensitiveValuesRef.name} with the sensitive values does not exist yet`,
      );
    }
    return {
      blueprint,
      context: renderContext(nodeIdentity(node), Object.entries(node.spec.values ?? {}), sensitive),
      hashKey: sensitive?.hashKey,
      redact: redactor(sensitive),
    };
  } catch (error) {
    if (error instanceof RevisionMissingError) return fail("FormNotFound", error.message);
    if (error instanceof BlueprintError) return fail("DependencyError", error.message);
    throw error;
  }
}

function fail(reason: NodeFailureReason, message: string): { failure: { reason: NodeFailureReason; message: string } } {
  return { failure: { reason, message } };
}
