import { type LynqFormObject, type LynqNodeObject } from "../../../crds";
import { ApiError, type ApiClient } from "../../cluster";
import { ANNOTATION_RECONCILE_AT, FIELD_MANAGER } from "../../metadata";
import { atLeastAsNew } from "../../plan/child";
import { suspensionOf } from "../../plan/suspension";
import { inBatches } from "../in-batches";
import { keyOf } from "../keys";
import { NODES } from "../kinds";

const AT_ONCE = 16;

interface Asked {
  readonly request: string;
  /** Revision of the node that bears the request. */
  readonly resourceVersion: string;
}

/** {@link Reapplications} for nodes that other shards look after: each is asked by its own annotation, and answers in its status. */
export class RemoteReapplications {
  private readonly asked = new Map<string, Asked>();

  constructor(private readonly client: ApiClient) {}

  async ask(nodes: readonly LynqNodeObject[], request: string): Promise<void> {
    const open = nodes.filter(({ status }) => status?.lastHandledReconcileAt !== request);
    await inBatches(open, AT_ONCE, async node => {
      const { namespace, name = "", uid } = node.metadata;
      const patch = { metadata: { uid, annotations: { [ANNOTATION_RECONCILE_AT]: request } } };
      try {
        const { metadata } = await this.client.mergePatch(NODES, { namespace, name }, patch, {
          fieldManager: FIELD_MANAGER,
        });
        this.asked.set(keyOf(node), { request, resourceVersion: metadata.resourceVersion ?? "0" });
      } catch (error) {
        // It is gone, or another one has its name: nobody is left to be asked.
        if (!(error instanceof ApiError && (error.isNotFound() || error.isConflict()))) throw error;
      }
    });
  }

  /** Whether the node was asked and has not answered yet. One that is frozen, or was asked for something else since, owes no answer. */
  has(node: LynqNodeObject, form: LynqFormObject): boolean {
    const key = keyOf(node);
    const asked = this.asked.get(key);
    if (asked === undefined) return false;
    if (!atLeastAsNew(node.metadata.resourceVersion ?? "0", asked.resourceVersion)) return true;
    const owes =
      node.metadata.annotations?.[ANNOTATION_RECONCILE_AT] === asked.request &&
      node.status?.lastHandledReconcileAt !== asked.request &&
      suspensionOf(node, form) === undefined;
    if (!owes) this.asked.delete(key);
    return owes;
  }
}
