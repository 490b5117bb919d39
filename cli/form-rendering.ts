import { type LynqFormObject, type LynqHubObject } from "../crds";
import { type Blueprint, compileBlueprint, type CompiledResource } from "../lib/blueprint/compile";
import { BlueprintError, RenderError } from "../lib/blueprint/errors";
import { formatApiVersion, type KubernetesObject, type ObjectMeta } from "../lib/blueprint/object";
import { isIncluded, type KindFacts, type RenderContext, renderResource } from "../lib/blueprint/render";
import { templateVariables } from "../lib/blueprint/variables";
import { objectKey } from "../lib/plan/inventory";
import { nodeName } from "../lib/record/node-name";
import { type HubRecord } from "../lib/record/record";
import { TemplateCache } from "../lib/template";
import { type Finding } from "./finding";
import { type KindLookup } from "./kinds/kind-lookup";
import { type Linted, placeIn } from "./lint";
import { maskContext, maskResource, showMasks } from "./mask";

export interface FormRenderingSettings {
  readonly kinds: KindLookup;
  /** Namespace of the node; wins over the form's own. */
  readonly namespace?: string;
  readonly showSensitive: boolean;
}

/** A form without faults in its shape. */
export interface CheckedForm extends Linted<LynqFormObject> {
  readonly object: LynqFormObject;
}

/** One object that would be applied. */
export interface RenderedObject {
  readonly form: string;
  readonly id: string;
  /** Place in the order of dependencies, from 0. */
  readonly wave: number;
  readonly object: KubernetesObject;
}

/** Enough for every text of a form: it is compiled once. */
const cachedTemplates = 10_000;

/** A resource that renders for the record. */
interface Rendered {
  readonly resource: CompiledResource;
  readonly facts: KindFacts;
  readonly metadata: ObjectMeta;
}

/** A namespace with an object that is retained is retained, whatever the form says, as in the operator. */
function keepNamespace(found: Rendered, all: Iterable<Rendered>): Rendered {
  const { gvk } = found.resource;
  if (gvk.group !== "" || gvk.kind !== "Namespace") return found;
  const { name } = found.metadata;
  const kept = [...all].some(
    ({ resource, metadata }) => resource.deletionPolicy === "Retain" && metadata.namespace === name,
  );
  return kept ? { ...found, resource: { ...found.resource, deletionPolicy: "Retain" } } : found;
}

/** Renders one form for one record. */
export class FormRendering {
  readonly findings: Finding[] = [];
  readonly notes: string[] = [];
  private readonly context: RenderContext;
  private readonly sensitive: ReadonlySet<string>;
  /** Resources that nothing comes of, by id. */
  private readonly broken = new Map<string, "failed" | "skipped">();
  /** Ids by object: no two resources may be one object. */
  private readonly ids = new Map<string, string>();

  constructor(
    private readonly form: CheckedForm,
    record: HubRecord,
    hub: LynqHubObject | undefined,
    formNames: readonly string[],
    private readonly settings: FormRenderingSettings,
  ) {
    const { name } = form.manifest;
    const { hubId } = form.object.spec;
    this.sensitive = new Set(hub?.spec.sensitiveValues);
    this.context = {
      node: {
        namespace: settings.namespace ?? form.manifest.namespace ?? hub?.metadata.namespace ?? "default",
        name: nodeName(record.uid, name, formNames),
        hub: hubId,
        form: name,
        recordUid: record.uid,
      },
      variables: templateVariables(record.values, { uid: record.uid, hub: hubId, form: name }),
      sensitive: this.sensitive,
    };
  }

  /** The objects in the order in which they would be applied. @throws what the cluster throws */
  async run(): Promise<RenderedObject[]> {
    const blueprint = this.compile();
    if (blueprint === undefined) return [];
    const { resources, graph } = blueprint;
    const rendered = new Map<string, Rendered>();
    for (const resource of resources) {
      const found = await this.resource(resource);
      if (found !== undefined) rendered.set(resource.id, found);
    }
    const objects: RenderedObject[] = [];
    for (const [wave, ids] of graph.waves.entries()) {
      for (const id of ids) {
        const found = rendered.get(id);
        if (found === undefined || this.isSkipped(found.resource)) continue;
        const object = this.shown(keepNamespace(found, rendered.values()));
        objects.push({ form: this.form.manifest.name, id, wave, object });
      }
    }
    return objects;
  }

  private compile(): Blueprint | undefined {
    try {
      return compileBlueprint(this.form.object.spec, new TemplateCache(cachedTemplates));
    } catch (error) {
      if (!(error instanceof BlueprintError)) throw error;
      this.report(error.path, error.reason);
      return undefined;
    }
  }

  private async resource(resource: CompiledResource): Promise<Rendered | undefined> {
    const { id } = resource;
    try {
      if (!isIncluded(resource, this.context)) {
        this.notes.push(`${id} is left out: its includeWhen is false for this row`);
        return undefined;
      }
      const facts = await this.facts(resource);
      if (facts === undefined) return undefined;
      const { metadata } = renderResource(resource, this.context, facts);
      return this.isTwin(resource, metadata) ? undefined : { resource, facts, metadata };
    } catch (error) {
      if (!(error instanceof RenderError)) throw error;
      this.fail(id, error.path, error.reason);
      return undefined;
    }
  }

  private async facts({ id, gvk, path }: CompiledResource): Promise<KindFacts | undefined> {
    const { kinds } = this.settings;
    const facts = await kinds.facts(gvk);
    if (facts?.schema !== undefined) return facts;
    const kind = `${gvk.kind} of ${formatApiVersion(gvk)}`;
    if (facts === undefined && kinds.unknownKinds === "refuse") {
      this.fail(id, `${path}.spec.kind`, `this cluster does not serve ${kind}`);
      return undefined;
    }
    if (kinds.unknownKinds === "guess") {
      const scope = facts === undefined ? "taken as namespaced (see --cluster-scoped), and " : "";
      this.notes.push(`${kind} is no built-in kind: ${scope}what its templates render stays text (see --with-cluster)`);
    }
    return facts ?? { namespaced: true };
  }

  private isTwin({ id, gvk, path }: CompiledResource, metadata: ObjectMeta): boolean {
    const key = objectKey(gvk, metadata.namespace, metadata.name ?? "");
    const twin = this.ids.get(key);
    if (twin === undefined) this.ids.set(key, id);
    else this.fail(id, path, `renders the same object as resource ${twin}`);
    return twin !== undefined;
  }

  private isSkipped({ id, dependIds, skipOnDependencyFailure }: CompiledResource): boolean {
    const culprit = dependIds.find(dependency => this.broken.has(dependency));
    if (culprit === undefined || !skipOnDependencyFailure) return false;
    this.broken.set(id, "skipped");
    this.notes.push(
      `${id} is skipped: it depends on ${culprit}, which ${this.broken.get(culprit) === "failed" ? "failed" : "is skipped"}`,
    );
    return true;
  }

  /** The object as it is printed. That it renders is known. */
  private shown({ resource, facts }: Rendered): KubernetesObject {
    if (this.settings.showSensitive) return renderResource(resource, this.context, facts);
    const masked = maskResource(resource, this.sensitive);
    if (masked.count === 0) return renderResource(resource, this.context, facts);
    this.notes.push("fields with sensitive values are shown as ***; --show-sensitive shows them");
    return showMasks(renderResource(masked.resource, maskContext(this.context), facts), resource);
  }

  private fail(id: string, path: string, message: string): void {
    this.broken.set(id, "failed");
    this.report(path, message);
  }

  private report(path: string, message: string): void {
    const { manifest } = this.form;
    const place = manifest.locate(path, placeIn(message));
    this.findings.push({ severity: "error", file: manifest.source.name, ...place, path, message });
  }
}
