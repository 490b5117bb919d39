import { type LynqFormObject, type LynqFormSpec, type LynqNodeObject } from "../../../crds";
import { nodeLabels } from "../../../lib/blueprint/tracking-labels";
import { formatApiVersion, type KubernetesObject } from "../../../lib/blueprint/object";
import { ApiClient, type ApiResource, Discovery, loadConnection, SchemaStore } from "../../../lib/cluster";
import { Revisions } from "../../../lib/controllers/form/revisions";
import { inBatches } from "../../../lib/controllers/in-batches";
import { NODES, toForm } from "../../../lib/controllers/kinds";
import { nodeIdentity, renderContext } from "../../../lib/controllers/node/node-context";
import { ResourcePreparer } from "../../../lib/controllers/node/node-resources";
import { FIELD_MANAGER } from "../../../lib/metadata";
import { TemplateCache } from "../../../lib/template";
import { formManifest, formName, hubName } from "./form";
import { type TenantRow } from "./rows";

/** What deletes ask for beside the name. */
const background = { propagationPolicy: "Background" } as const;

/** Requests of one row, rendered beforehand. */
export interface FloorStack {
  readonly node: LynqNodeObject;
  readonly children: readonly { readonly resource: ApiResource; readonly object: KubernetesObject }[];
}

/** The bare loop: the same pooled client, the same objects, and nothing else: no watch, no status, no event, no order. */
export class Floor {
  /** @param kubeconfigPath of the operator's own user, so that both stand in the same queue of the API server. */
  constructor(private readonly kubeconfigPath: string) {}

  /** Renders the stacks of rows in a namespace with the operator's own renderer. */
  async render(namespace: string, spec: LynqFormSpec, rows: readonly TenantRow[]): Promise<FloorStack[]> {
    return await this.with(1, async client => {
      const form: LynqFormObject = toForm(formManifest(namespace, spec));
      const { name: revision, blueprint } = new Revisions(client, new TemplateCache(1_000)).planned(form);
      const preparer = new ResourcePreparer(new Discovery(client), new SchemaStore(client));
      const stacks: FloorStack[] = [];
      for (const row of rows) {
        const node = nodeOf(namespace, revision, row);
        // A UID to be replaced by the real one, once there is one.
        const context = renderContext(
          nodeIdentity({ ...node, metadata: { ...node.metadata, uid: "unknown" } }),
          Object.entries(node.spec.values ?? {}),
          undefined,
        );
        const prepared = await preparer.prepare(blueprint, context, undefined);
        const children = prepared.map(one => {
          if (one.kind !== "wanted")
            throw new Error(`the floor cannot render ${one.compiled.id}: ${JSON.stringify(one)}`);
          return { resource: one.resource, object: one.object };
        });
        const resources = children.map(({ resource, object }) => ({
          id: object.metadata.name ?? "",
          apiVersion: formatApiVersion(resource),
          kind: resource.kind,
          namespace,
          name: object.metadata.name ?? "",
        }));
        stacks.push({ node: { ...node, spec: { ...node.spec, resources } }, children });
      }
      return stacks;
    });
  }

  /** Creates every LynqNode, and applies its objects once it is there. Resolves when all is written. */
  async fill(stacks: readonly FloorStack[], concurrency: number): Promise<void> {
    await this.with(concurrency, client =>
      inBatches(stacks, concurrency, async ({ node, children }) => {
        const { metadata } = await client.create(NODES, node, { fieldManager: FIELD_MANAGER });
        await Promise.all(children.map(child => applyChild(client, child, metadata.uid ?? "")));
      }),
    );
  }

  /**
   * Moves every LynqNode to the other revision, and applies the objects that differ.
   *
   * @param before what is there, in the same order.
   */
  async change(before: readonly FloorStack[], after: readonly FloorStack[], concurrency: number): Promise<void> {
    const changes = after.map(({ node, children }, index) => {
      const known = new Set(before[index]?.children.map(({ object }) => JSON.stringify(object)));
      return { node, children: children.filter(({ object }) => !known.has(JSON.stringify(object))) };
    });
    await this.with(concurrency, client =>
      inBatches(changes, concurrency, async ({ node, children }) => {
        const { namespace, name } = node.metadata;
        const patch = { spec: { formRevision: node.spec.formRevision } };
        const { metadata } = await client.mergePatch(NODES, { namespace, name: name ?? "" }, patch, {
          fieldManager: FIELD_MANAGER,
        });
        await Promise.all(children.map(child => applyChild(client, child, metadata.uid ?? "")));
      }),
    );
  }

  /** Deletes every object, and then its LynqNode. Resolves when all is accepted. */
  async remove(stacks: readonly FloorStack[], concurrency: number): Promise<void> {
    await this.with(concurrency, client =>
      inBatches(stacks, concurrency, async ({ node, children }) => {
        const { namespace, name } = node.metadata;
        await Promise.all(
          children.map(({ resource, object }) =>
            client.delete(resource, { namespace, name: object.metadata.name ?? "" }, background),
          ),
        );
        await client.delete(NODES, { namespace, name: name ?? "" }, background);
      }),
    );
  }

  private async with<T>(maxSockets: number, work: (client: ApiClient) => Promise<T>): Promise<T> {
    const connection = loadConnection({ kubeconfig: this.kubeconfigPath });
    const client = new ApiClient(connection, { userAgent: "lynq-floor", maxSockets });
    try {
      return await work(client);
    } finally {
      client.close();
    }
  }
}

async function applyChild(
  client: ApiClient,
  { resource, object }: FloorStack["children"][number],
  ownerUid: string,
): Promise<void> {
  const ownerReferences = (object.metadata.ownerReferences ?? []).map(owner => ({ ...owner, uid: ownerUid }));
  const owned = { ...object, metadata: { ...object.metadata, ownerReferences } };
  await client.apply(resource, owned, { fieldManager: FIELD_MANAGER });
}

/** A LynqNode as the hub's pass writes it, without a finalizer that nobody would take off, and without a hub that is not there. */
function nodeOf(namespace: string, formRevision: string, { id, plan, replicas, token }: TenantRow): LynqNodeObject {
  const spec = {
    uid: id,
    templateRef: formName,
    hubId: hubName,
    formRevision,
    values: { activate: "1", plan, replicas: String(replicas), token },
  };
  return {
    apiVersion: formatApiVersion(NODES),
    kind: NODES.kind,
    metadata: { namespace, name: `${id}-${formName}`, labels: nodeLabels({ spec }) },
    spec,
  };
}
