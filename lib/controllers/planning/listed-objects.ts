import { type GroupVersionKind, type KubernetesObject } from "../../blueprint/object";
import { ApiError, type ApiClient, type ApiResource, type Discovery } from "../../cluster";
import { childFact, type ChildFact } from "../../plan/child";
import { gvkKey, objectKey } from "../../plan/inventory";
import { type LiveObjects } from "./plan-node";

interface Listed {
  readonly fact: ChildFact;
  readonly object: KubernetesObject;
}

/** Objects of nodes as they were at one moment, by one list for each kind. */
export class ListedObjects implements LiveObjects {
  private readonly objects = new Map<string, Listed>();
  private readonly byNode = new Map<string, ChildFact[]>();
  /** Kinds that may not be listed, with the API server's words. */
  readonly unreadable = new Map<string, string>();

  constructor(
    private readonly client: ApiClient,
    private readonly discovery: Discovery,
  ) {}

  /** Reads every object of these kinds that the selector finds, in all namespaces. */
  async read(kinds: Iterable<GroupVersionKind>, labelSelector: string): Promise<void> {
    const distinct = new Map([...kinds].map(gvk => [gvkKey(gvk), gvk]));
    await Promise.all([...distinct.values()].map(gvk => this.readKind(gvk, labelSelector)));
  }

  private async readKind(gvk: GroupVersionKind, labelSelector: string): Promise<void> {
    const resource = await this.discovery.resolve(gvk);
    if (resource === undefined) return;
    try {
      for await (const page of this.client.pages(resource, { labelSelector })) {
        for (const object of page.items) this.add(object);
      }
    } catch (error) {
      if (!(error instanceof ApiError && error.isForbidden())) throw error;
      this.unreadable.set(resource.plural, error.serverMessage);
    }
  }

  private add(object: KubernetesObject): void {
    const fact = childFact(object);
    // The bulk of what is kept, and nobody asks for it again.
    const metadata = { ...object.metadata };
    delete metadata.managedFields;
    this.objects.set(objectKey(fact.gvk, fact.namespace, fact.name), { fact, object: { ...object, metadata } });
    if (fact.nodeNamespace === undefined || fact.nodeLabel === undefined) return;
    const node = `${fact.nodeNamespace}/${fact.nodeLabel}`;
    const others = this.byNode.get(node);
    if (others === undefined) this.byNode.set(node, [fact]);
    else others.push(fact);
  }

  fact(gvk: GroupVersionKind, namespace: string | undefined, name: string): ChildFact | undefined {
    return this.objects.get(objectKey(gvk, namespace, name))?.fact;
  }

  ofNode(namespace: string, label: string): ChildFact[] {
    return this.byNode.get(`${namespace}/${label}`) ?? [];
  }

  object(resource: ApiResource, namespace: string | undefined, name: string): Promise<KubernetesObject | undefined> {
    return Promise.resolve(this.objects.get(objectKey(resource, namespace, name))?.object);
  }
}
