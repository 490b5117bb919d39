import { type LynqHubObject, type LynqNodeObject, type NodeResource } from "../../../crds";
import { type Blueprint } from "../../blueprint/compile";
import { RenderError } from "../../blueprint/errors";
import { formatApiVersion, type KubernetesObject } from "../../blueprint/object";
import { isIncluded, resolveIdentity } from "../../blueprint/render";
import { nodeLabels } from "../../blueprint/tracking-labels";
import { ApiError, type ApiClient, type Priority } from "../../cluster";
import { API_GROUP, API_VERSION, FIELD_MANAGER, FINALIZER_NODE, LEGACY_NODE_ANNOTATIONS } from "../../metadata";
import { formerKinds } from "../../plan/former-kinds";
import { type WantedRecord } from "../../plan/sync-plan";
import { nodeHealth } from "../../status";
import { NODES, toNode } from "../kinds";
import { nodeIdentity, renderContext } from "../node/node-context";
import { type ResourcePreparer } from "../node/node-resources";
import { type NodeValues } from "../node-values";
import { ownedSecretName } from "../owned-secret";

/** What a node should say. */
export interface NodeContent {
  readonly hub: LynqHubObject;
  readonly form: string;
  readonly revision: string;
  readonly blueprint: Blueprint;
  readonly record: WantedRecord;
  /** When a rollout moved the node to the revision; undefined for a node that is made with it. */
  readonly rolledOutAt?: string | undefined;
}

/** Another object of that name stands where a node should be. */
export class NodeNameTakenError extends Error {
  override readonly name = "NodeNameTakenError";
}

/** Writes LynqNodes: slim, with the names of their resources resolved, and sensitive values apart. */
export class NodeWriter {
  constructor(
    private readonly client: ApiClient,
    private readonly preparer: ResourcePreparer,
    private readonly values: NodeValues,
  ) {}

  /** The same, with requests of another urgency. */
  of(priority: Priority): NodeWriter {
    return new NodeWriter(this.client.of(priority), this.preparer, this.values);
  }

  /**
   * @returns the node; undefined when it was there already
   * @throws NodeNameTakenError when the name belongs to a node of another row or form
   */
  async create(name: string, content: NodeContent): Promise<LynqNodeObject | undefined> {
    const node = await this.render(name, content);
    try {
      // No object has revision 1: this creates, or fails.
      const creation = { ...node, metadata: { ...node.metadata, resourceVersion: "1" } };
      const { object } = await this.client.apply(NODES, creation, { fieldManager: FIELD_MANAGER });
      await this.complete(object, content);
      return toNode(object);
    } catch (error) {
      if (!(error instanceof ApiError && error.isConflict())) throw error;
      const live = toNode(await this.client.get(NODES, { namespace: node.metadata.namespace, name }));
      const { uid, templateRef, hubId } = live.spec;
      if (uid === content.record.uid && templateRef === content.form && hubId === content.hub.metadata.name)
        return undefined;
      throw new NodeNameTakenError(
        `LynqNode ${name} already belongs to row ${JSON.stringify(uid)} of form ${templateRef}; the row ${JSON.stringify(content.record.uid)} gets no node`,
      );
    }
  }

  /** Writes what changed of a node that exists, and answers how it is now. Its UID goes along, so that another node of that name stays untouched. */
  async update(existing: LynqNodeObject, content: NodeContent): Promise<LynqNodeObject> {
    const node = await this.render(existing.metadata.name ?? "", content);
    const former = formerKinds(existing, node.spec.resources ?? [], isAtRest(existing));
    const update = {
      ...node,
      metadata: { ...node.metadata, uid: existing.metadata.uid },
      spec: { ...node.spec, ...(former.length === 0 ? {} : { formerKinds: former }) },
    };
    const { object } = await this.client.apply(NODES, update, { fieldManager: FIELD_MANAGER, force: true });
    await this.complete(object, content);
    await this.clearLegacy(existing);
    return toNode(object);
  }

  /** The Go operator keeps the whole row in annotations, for everybody to read. */
  private async clearLegacy({
    metadata: { namespace, name = "", uid, annotations = {} },
  }: LynqNodeObject): Promise<void> {
    const left = LEGACY_NODE_ANNOTATIONS.filter(key => annotations[key] !== undefined);
    if (left.length === 0) return;
    const patch = { metadata: { uid, annotations: Object.fromEntries(left.map(key => [key, null])) } };
    await this.client.mergePatch(NODES, { namespace, name }, patch, { fieldManager: FIELD_MANAGER });
  }

  /** The Secret comes after the node, since the node owns it; the node waits for it. */
  private async complete(object: KubernetesObject, { hub, record }: NodeContent): Promise<void> {
    const sensitive = new Set(hub.spec.sensitiveValues);
    if (sensitive.size === 0) return;
    await this.values.write(
      this.client,
      toNode(object),
      new Map([...record.values].filter(([name]) => sensitive.has(name))),
    );
  }

  private async render(name: string, content: NodeContent): Promise<LynqNodeObject> {
    const { hub, form, revision, blueprint, record, rolledOutAt } = content;
    const sensitive = new Set(hub.spec.sensitiveValues);
    const { namespace = "", name: hubName = "", uid: hubUid = "" } = hub.metadata;
    const spec = {
      uid: record.uid,
      templateRef: form,
      hubId: hubName,
      formRevision: revision,
      ...(rolledOutAt === undefined ? {} : { rolledOutAt }),
      ...(blueprint.serviceAccountName === undefined ? {} : { serviceAccountName: blueprint.serviceAccountName }),
      ...(record.suspended === undefined ? {} : { suspended: record.suspended }),
      values: Object.fromEntries([...record.values].filter(([key]) => key !== "uid" && !sensitive.has(key))),
      ...(sensitive.size === 0 ? {} : { sensitiveValuesRef: { name: ownedSecretName(name, "values") } }),
    };
    const node: LynqNodeObject = {
      apiVersion: `${API_GROUP}/${API_VERSION}`,
      kind: "LynqNode",
      metadata: {
        name,
        namespace,
        labels: nodeLabels({ spec }),
        finalizers: [FINALIZER_NODE],
        ownerReferences: [
          {
            apiVersion: `${API_GROUP}/${API_VERSION}`,
            kind: "LynqHub",
            name: hubName,
            uid: hubUid,
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      spec,
    };
    return { ...node, spec: { ...spec, resources: await this.resources(node, content) } };
  }

  /** Which objects the row gets. What cannot be named now stays without a name; the node's own status tells why. */
  private async resources(node: LynqNodeObject, { blueprint, hub, record }: NodeContent): Promise<NodeResource[]> {
    const sensitive = new Set(hub.spec.sensitiveValues);
    const context = renderContext(nodeIdentity(node), record.values, {
      values: new Map([...record.values].filter(([key]) => sensitive.has(key))),
      hashKey: "",
    });
    return await Promise.all(
      blueprint.resources.map(async compiled => {
        const base = { id: compiled.id, apiVersion: formatApiVersion(compiled.gvk), kind: compiled.gvk.kind };
        try {
          if (!isIncluded(compiled, context)) return { ...base, excluded: true };
          const facts = await this.preparer.kindFacts(compiled);
          if (facts === undefined) return base;
          const { namespace, name } = resolveIdentity(compiled, context, facts);
          return { ...base, ...(namespace === undefined ? {} : { namespace }), name };
        } catch (error) {
          if (error instanceof RenderError) return base;
          throw error;
        }
      }),
    );
  }
}

/** Whether the status records everything that the node wants. */
function isAtRest({ metadata: { generation }, spec, status }: LynqNodeObject): boolean {
  return nodeHealth(generation, status) === "Ready" && status?.formRevision === spec.formRevision;
}
