import { ANNOTATION_CREATED_ONCE, ANNOTATION_DELETION_POLICY, API_GROUP, API_VERSION } from "../metadata";
import { type GoValue, MissingValue } from "../template/value";
import { type Template, TemplateExecutionError } from "../template";
import { type CompiledBody, fieldPath } from "./body";
import { type CompiledResource } from "./compile";
import { RenderError } from "./errors";
import { includeDecision, type JsonScalar, typedLeaf } from "./leaf";
import { type NodeIdentity } from "./node-identity";
import { checkName, checkNamespace } from "./object-name";
import { formatApiVersion, type GroupVersionKind, type KubernetesObject, type OwnerReference } from "./object";
import { type SchemaNode } from "./schema";
import { foldStringData, isSecret } from "./secret-data";
import { inferSelector } from "./selector";
import { trackingLabels } from "./tracking-labels";

export interface RenderContext {
  readonly node: NodeIdentity;
  readonly variables: ReadonlyMap<string, GoValue>;
  /** Names of the variables whose values never reach a message. */
  readonly sensitive: ReadonlySet<string>;
  /** Looks on while a form is tried; a plain rendering has none, and ends with the first fault. */
  readonly observer?: RenderObserver;
}

export interface RenderObserver {
  /** Called before each template; what it throws ends the rendering. */
  beforeTemplate(): void;
  /** A leaf, label or annotation that does not render; what this returns stands in its place. */
  onFault(fault: RenderFault): JsonScalar;
}

export interface RenderFault {
  readonly error: RenderError;
  readonly template: Template;
  readonly schema: SchemaNode | undefined;
  readonly path: string;
}

/** What the API server says of a kind. */
export interface KindFacts {
  readonly namespaced: boolean;
  readonly schema?: SchemaNode;
}

/** Which object a resource is for this record, without its content. */
export interface ObjectIdentity {
  readonly id: string;
  readonly gvk: GroupVersionKind;
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string;
  readonly name: string;
}

/** @throws RenderError when includeWhen cannot be decided */
export function isIncluded(resource: CompiledResource, context: RenderContext): boolean {
  if (resource.includeWhen === undefined) return true;
  const path = `${resource.path}.includeWhen`;
  const text = renderText(resource.includeWhen, path, context);
  return includeDecision(text, path, quoting(resource.includeWhen, context));
}

/** @throws RenderError when the name or namespace does not render, or is not legal */
export function resolveIdentity(resource: CompiledResource, context: RenderContext, facts: KindFacts): ObjectIdentity {
  const name = renderPublicText(resource.name, resource.namePath, context);
  checkName(name, resource.gvk, resource.namePath);
  const identity = { id: resource.id, gvk: resource.gvk, name };
  if (!facts.namespaced) return identity;
  if (resource.namespace === undefined) return { ...identity, namespace: context.node.namespace };
  const namespace = renderPublicText(resource.namespace, resource.namespacePath, context);
  checkNamespace(namespace, resource.namespacePath);
  return { ...identity, namespace };
}

/**
 * The whole object as it is applied: body, name, labels and annotations of the form, with tracking labels, deletion policy and,
 * where garbage collection is legal (same namespace, policy Delete), the owner reference.
 *
 * @throws RenderError naming the field in the form
 */
export function renderResource(resource: CompiledResource, context: RenderContext, facts: KindFacts): KubernetesObject {
  const identity = resolveIdentity(resource, context, facts);
  const labels = {
    ...renderMap(resource.labels, context, `${resource.path}.labelsTemplate`),
    ...trackingLabels(context.node),
  };
  const annotations = {
    ...renderMap(resource.annotations, context, `${resource.path}.annotationsTemplate`),
    [ANNOTATION_DELETION_POLICY]: resource.deletionPolicy,
    ...(resource.creationPolicy === "Once" ? { [ANNOTATION_CREATED_ONCE]: "true" } : {}),
  };
  const owner = ownerReference(resource, context.node, identity);
  const body = Object.fromEntries(
    resource.body.map(([key, value]) => [
      key,
      renderBody(value, facts.schema?.properties?.get(key), fieldPath(`${resource.path}.spec`, key), context),
    ]),
  );
  return inferSelector({
    apiVersion: formatApiVersion(resource.gvk),
    kind: resource.gvk.kind,
    ...(isSecret(resource.gvk) ? foldStringData(body) : body),
    metadata: {
      name: identity.name,
      ...(identity.namespace === undefined ? {} : { namespace: identity.namespace }),
      labels,
      annotations,
      ...(owner === undefined ? {} : { ownerReferences: [owner] }),
    },
  });
}

function ownerReference(
  resource: CompiledResource,
  node: NodeIdentity,
  identity: ObjectIdentity,
): OwnerReference | undefined {
  if (node.uid === undefined || resource.deletionPolicy === "Retain" || identity.namespace !== node.namespace)
    return undefined;
  return {
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: "LynqNode",
    name: node.name,
    uid: node.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

function renderBody(body: CompiledBody, schema: SchemaNode | undefined, path: string, context: RenderContext): unknown {
  switch (body.kind) {
    case "literal":
      return body.value;
    case "list":
      return body.items.map((item, index) => renderBody(item, schema?.items, `${path}[${index}]`, context));
    case "object":
      return Object.fromEntries(
        body.fields.map(([key, field]) => [
          key,
          renderBody(
            field,
            schema?.properties?.get(key) ?? schema?.additionalProperties,
            fieldPath(path, key),
            context,
          ),
        ]),
      );
    case "template":
      return observed(body.template, schema, path, context, () => renderLeaf(body.template, schema, path, context));
  }
}

/** One leaf of a body, of the type that its schema asks for. @throws RenderError */
export function renderLeaf(
  template: Template,
  schema: SchemaNode | undefined,
  path: string,
  context: RenderContext,
): JsonScalar {
  return typedLeaf(evaluate(template, path, context), schema, path, quoting(template, context));
}

function observed(
  template: Template,
  schema: SchemaNode | undefined,
  path: string,
  { observer }: RenderContext,
  render: () => JsonScalar,
): JsonScalar {
  if (observer === undefined) return render();
  try {
    return render();
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    return observer.onFault({ error, template, schema, path });
  }
}

function renderMap(
  entries: readonly (readonly [string, Template])[],
  context: RenderContext,
  path: string,
): Record<string, string> {
  return Object.fromEntries(
    entries.map(([key, template]) => {
      const at = fieldPath(path, key);
      return [key, String(observed(template, undefined, at, context, () => renderPublicText(template, at, context)))];
    }),
  );
}

/** Names, namespaces, labels and annotations stand in specs, status and events for everybody to read: a sensitive value must not get there. */
function renderPublicText(template: Template, path: string, context: RenderContext): string {
  if (readsSensitive(template, context)) {
    throw new RenderError(
      path,
      "shows a sensitive value; names, namespaces, labels and annotations are for everybody to read",
    );
  }
  return renderText(template, path, context);
}

/** Whether the rendered object has a sensitive value in it. */
export function holdsSensitive(resource: CompiledResource, context: RenderContext): boolean {
  return resource.body.some(([, body]) => bodyReadsSensitive(body, context));
}

function bodyReadsSensitive(body: CompiledBody, context: RenderContext): boolean {
  switch (body.kind) {
    case "literal":
      return false;
    case "list":
      return body.items.some(item => bodyReadsSensitive(item, context));
    case "object":
      return body.fields.some(([, field]) => bodyReadsSensitive(field, context));
    case "template":
      return readsSensitive(body.template, context);
  }
}

function renderText(template: Template, path: string, context: RenderContext): string {
  return attempt(template, path, context, () => template.render(context.variables));
}

function evaluate(template: Template, path: string, context: RenderContext): GoValue {
  const value = attempt(template, path, context, () => template.evaluate(context.variables));
  if (value instanceof MissingValue) throw new RenderError(path, `${value.path} is not a variable of this record`);
  return value;
}

function attempt<T>(template: Template, path: string, context: RenderContext, run: () => T): T {
  context.observer?.beforeTemplate();
  try {
    return run();
  } catch (error) {
    if (!(error instanceof TemplateExecutionError)) throw error;
    // `fail`, and many a function, says what it was given.
    if (error.variable === undefined && readsSensitive(template, context))
      throw new RenderError(path, withoutWords(error));
    throw new RenderError(path, error.message);
  }
}

function withoutWords({ line, column, functionName }: TemplateExecutionError): string {
  const what = functionName === undefined ? "it fails" : `${functionName} fails`;
  return `line ${line}, column ${column}: ${what}; why is not shown, since it may quote a sensitive value`;
}

/** How an error may show what a template rendered: in full, or not at all when a sensitive value took part. */
function quoting(template: Template, context: RenderContext): (text: string) => string {
  const secret = readsSensitive(template, context);
  return text => (secret ? "a sensitive value" : JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text));
}

/** Whether a template may show a sensitive value, or something made of it. */
export function readsSensitive({ analysis }: Template, { sensitive }: RenderContext): boolean {
  if (sensitive.size === 0) return false;
  return analysis.readsWholeData || analysis.variables.some(variable => sensitive.has(variable.name));
}
