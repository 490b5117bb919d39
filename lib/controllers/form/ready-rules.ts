import { type LynqNodeObject } from "../../../crds";
import { type Blueprint } from "../../blueprint/compile";
import { type KubernetesObject, parseGroupVersionKind } from "../../blueprint/object";
import { type Informer } from "../../cluster";
import { LABEL_NODE, LABEL_NODE_NAMESPACE } from "../../metadata";
import { entryKey, objectKey } from "../../plan/inventory";
import { type ReadyWhen } from "../../readiness";
import { type NodeIndex } from "../node-index";

/**
 * Finds a form's own word on when an object is ready, at the moment the object arrives: objects are not kept. Nothing has to be registered, since the
 * node itself says which of its resources the object is.
 */
export class ReadyRules {
  constructor(
    private readonly nodes: Informer<LynqNodeObject>,
    private readonly index: NodeIndex,
    /** A revision's content, if it is at hand. */
    private readonly known: (namespace: string, revision: string) => Blueprint | undefined,
  ) {}

  /** Undefined where there is none, and where it is not known yet; then the node's pass finds it out with one read. */
  of(object: KubernetesObject): ReadyWhen | undefined {
    const { labels = {}, namespace, name = "" } = object.metadata;
    const key = this.index.byChildLabel(labels[LABEL_NODE_NAMESPACE] ?? "", labels[LABEL_NODE] ?? "");
    const node = key === undefined ? undefined : this.nodes.get(key);
    if (node?.spec.formRevision === undefined) return undefined;
    const blueprint = this.known(node.metadata.namespace ?? "", node.spec.formRevision);
    if (blueprint?.resources.some(({ readyWhen }) => readyWhen !== undefined) !== true) return undefined;
    const place = objectKey(parseGroupVersionKind(object.apiVersion, object.kind), namespace, name);
    const resource = node.spec.resources?.find(
      one => one.name !== undefined && entryKey({ ...one, name: one.name }) === place,
    );
    return blueprint.resources.find(({ id }) => id === resource?.id)?.readyWhen;
  }
}
