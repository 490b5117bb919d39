import { type Blueprint, type CompiledResource } from "../../blueprint/compile";
import { contentHash } from "../../blueprint/content-hash";
import { RenderError } from "../../blueprint/errors";
import { type KubernetesObject } from "../../blueprint/object";
import { holdsSensitive, isIncluded, type KindFacts, type RenderContext, renderResource } from "../../blueprint/render";
import { type ApiResource, type Discovery, type SchemaStore } from "../../cluster";
import { objectKey } from "../../plan/inventory";
import { isNamespace } from "../../plan/prune";

/** What one resource of a form means for one record. */
export type PreparedResource =
  | { readonly kind: "excluded"; readonly compiled: CompiledResource }
  | { readonly kind: "failed"; readonly compiled: CompiledResource; readonly reason: string; readonly message: string }
  | {
      readonly kind: "wanted";
      readonly compiled: CompiledResource;
      readonly resource: ApiResource;
      readonly object: KubernetesObject;
      readonly key: string;
      readonly hash: string;
      /** Whether the API server has said what its fields are. */
      readonly schemaKnown: boolean;
      /** The object has sensitive values in it. */
      readonly secretive: boolean;
    };

/** Renders every resource of a blueprint with the cluster's own scopes and schemas. */
export class ResourcePreparer {
  constructor(
    private readonly discovery: Discovery,
    private readonly schemas: SchemaStore,
  ) {}

  /**
   * A resource that does not render, or whose kind is not served, fails alone.
   *
   * @param hashKey see {@link contentHash}
   * @throws ConnectionError, ApiError: the API server could not be asked
   */
  async prepare(
    blueprint: Blueprint,
    context: RenderContext,
    hashKey: string | undefined,
  ): Promise<PreparedResource[]> {
    const prepared = await Promise.all(
      blueprint.resources.map(compiled => this.prepareOne(compiled, context, hashKey)),
    );
    const keys = new Map<string, string>();
    return (await this.keepNamespaces(prepared, context, hashKey)).map(one => {
      if (one.kind !== "wanted") return one;
      const twin = keys.get(one.key);
      keys.set(one.key, twin ?? one.compiled.id);
      if (twin === undefined) return one;
      return failed(
        one.compiled,
        "DuplicateObject",
        `${one.compiled.path}: renders the same object as resource ${twin}`,
      );
    });
  }

  /** A namespace that holds an object to be retained is retained itself, whatever the form says: it would take the object along. */
  private async keepNamespaces(
    prepared: readonly PreparedResource[],
    context: RenderContext,
    hashKey: string | undefined,
  ): Promise<PreparedResource[]> {
    const kept = new Set(
      prepared.flatMap(one =>
        one.kind === "wanted" && one.compiled.deletionPolicy === "Retain" ? [one.object.metadata.namespace] : [],
      ),
    );
    return await Promise.all(
      prepared.map(async one =>
        one.kind === "wanted" && isNamespace(one.compiled.gvk) && kept.has(one.object.metadata.name)
          ? this.prepareOne({ ...one.compiled, deletionPolicy: "Retain" }, context, hashKey)
          : one,
      ),
    );
  }

  /** Scope and schema of a kind; undefined when the API server does not serve it. */
  async kindFacts(compiled: CompiledResource): Promise<(KindFacts & { resource: ApiResource }) | undefined> {
    const resource = await this.discovery.resolve(compiled.gvk);
    if (resource === undefined) return undefined;
    const schema = await this.schemas.schemaFor(compiled.gvk);
    return { resource, namespaced: resource.namespaced, ...(schema === undefined ? {} : { schema }) };
  }

  private async prepareOne(
    compiled: CompiledResource,
    context: RenderContext,
    hashKey: string | undefined,
  ): Promise<PreparedResource> {
    try {
      if (!isIncluded(compiled, context)) return { kind: "excluded", compiled };
      const facts = await this.kindFacts(compiled);
      if (facts === undefined) {
        const { group, version, kind } = compiled.gvk;
        return failed(
          compiled,
          "KindNotServed",
          `${compiled.path}.spec: this cluster does not serve ${kind} of ${group === "" ? version : `${group}/${version}`}; install its CustomResourceDefinition`,
        );
      }
      const object = renderResource(compiled, context, facts);
      const { namespace, name = "" } = object.metadata;
      return {
        kind: "wanted",
        compiled,
        resource: facts.resource,
        object,
        key: objectKey(compiled.gvk, namespace, name),
        // What renders to something else each time is as it should be until its inputs change.
        hash: contentHash(compiled.nonDeterministic ? inputsOf(compiled, context) : object, hashKey),
        schemaKnown: facts.schema !== undefined,
        secretive: holdsSensitive(compiled, context),
      };
    } catch (error) {
      if (error instanceof RenderError) {
        const { recordUid, form } = context.node;
        return failed(
          compiled,
          "TemplateRenderError",
          `${error.message} (row ${JSON.stringify(recordUid)}, form ${form})`,
        );
      }
      throw error;
    }
  }
}

function inputsOf({ sourceHash, deletionPolicy }: CompiledResource, { node, variables }: RenderContext): unknown {
  return [
    sourceHash,
    deletionPolicy,
    node,
    [...variables].map(([name, value]) => [name, typeof value === "string" ? value : typeof value]),
  ];
}

function failed(compiled: CompiledResource, reason: string, message: string): PreparedResource {
  return { kind: "failed", compiled, reason, message };
}
