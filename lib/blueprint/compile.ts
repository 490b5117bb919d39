import {
  type FormResource,
  formResourceDefaults,
  type LynqFormSpec,
  resourceListNames,
  type ResourceListName,
} from "../../crds";
import { type Template, type TemplateCache, type TemplateDialect, TemplateSyntaxError } from "../template";
import { type CompiledBody, compileBody, fieldPath, type TemplateCompiler } from "./body";
import { contentHash } from "./content-hash";
import { BlueprintError } from "./errors";
import { buildGraph, type DependencyGraph } from "./graph";
import { type JsonPath, JsonPathError, parseJsonPath } from "./json-path";
import { type ReadyWhen, readyWhen } from "../readiness";
import { type GroupVersionKind, isPlainObject, parseGroupVersionKind } from "./object";

/** One resource of a form, ready to be rendered any number of times. */
export interface CompiledResource {
  readonly id: string;
  /** Where it stands in the form: `spec.deployments[0]`. */
  readonly path: string;
  readonly gvk: GroupVersionKind;
  readonly name: Template;
  readonly namePath: string;
  readonly namespace: Template | undefined;
  readonly namespacePath: string;
  readonly includeWhen: Template | undefined;
  readonly labels: readonly (readonly [string, Template])[];
  readonly annotations: readonly (readonly [string, Template])[];
  /** The object as written, without apiVersion, kind, metadata. */
  readonly body: readonly (readonly [string, CompiledBody])[];
  readonly ignoreFields: readonly JsonPath[];
  readonly dependIds: readonly string[];
  readonly skipOnDependencyFailure: boolean;
  readonly creationPolicy: "Once" | "WhenNeeded";
  readonly deletionPolicy: "Delete" | "Retain";
  readonly conflictPolicy: "Stuck" | "Force";
  readonly patchStrategy: "apply" | "merge" | "replace";
  readonly waitForReady: boolean;
  readonly timeoutSeconds: number;
  /** The form's own word on when the object is ready, instead of the rule for its kind. */
  readonly readyWhen: ReadyWhen | undefined;
  /** Renders to something else each time (`now`, `rand*`, …). */
  readonly nonDeterministic: boolean;
  /** Changes when the resource is written differently. */
  readonly sourceHash: string;
}

/** A form revision, compiled once and rendered for every row. */
export interface Blueprint {
  /** ServiceAccount, in the form's namespace, as which everything is written; undefined for the operator's own identity. */
  readonly serviceAccountName: string | undefined;
  readonly resources: readonly CompiledResource[];
  readonly graph: DependencyGraph;
}

/** The part of a form that a revision keeps: its resources, their language and who writes them, not how they are rolled out. */
export type RevisionContent = Pick<LynqFormSpec, ResourceListName | "serviceAccountName" | "templateEngine">;

/** A resource as a form lists it. */
export interface ListedResource {
  readonly list: ResourceListName;
  /** Where it stands in the form: `spec.deployments[0]`. */
  readonly path: string;
  readonly resource: FormResource;
  /** The language of its templates: its own, or else the form's. */
  readonly dialect: TemplateDialect;
}

/** A form's resources with the place of each, in the order of the 16 lists. */
export function listResources(content: RevisionContent): ListedResource[] {
  const { templateEngine = "gotemplate" } = content;
  return resourceListNames.flatMap(list =>
    (content[list] ?? []).map((resource, index) => ({
      list,
      path: `spec.${list}[${index}]`,
      resource,
      dialect: resource.templateEngine ?? templateEngine,
    })),
  );
}

/**
 * Compiles a form's resources.
 *
 * @throws BlueprintError for a body, template, path or graph that admission would have refused
 */
export function compileBlueprint(content: RevisionContent, templates: TemplateCache): Blueprint {
  const resources = listResources(content).map(listed => compileListed(listed, templates));
  const built = buildGraph(resources);
  const [problem] = built.problems;
  if (problem !== undefined) throw new BlueprintError(problem.path, problem.message);
  return { serviceAccountName: content.serviceAccountName, resources, graph: built.graph };
}

/** Compiles one resource of a form. @throws BlueprintError */
export function compileListed({ path, resource, dialect }: ListedResource, templates: TemplateCache): CompiledResource {
  const compilerOf =
    (language: TemplateDialect): TemplateCompiler =>
    (source, at) => {
      try {
        return templates.compile(source, language);
      } catch (error) {
        if (error instanceof TemplateSyntaxError) throw new BlueprintError(at, error.message);
        throw error;
      }
    };
  return compileResource(resource, path, compilerOf(dialect), compilerOf("gotemplate"));
}

/** @param compileGo for what is Go's template language whatever the form's is */
function compileResource(
  written: FormResource,
  path: string,
  compileAny: TemplateCompiler,
  compileGo: TemplateCompiler,
): CompiledResource {
  const templates: Template[] = [];
  const compile: TemplateCompiler = (source, at) => {
    const template = compileAny(source, at);
    templates.push(template);
    return template;
  };
  /** What decides which object it is must be the same at every look. */
  const fixed = (template: Template, at: string): Template => {
    if (!template.analysis.nonDeterministic) return template;
    throw new BlueprintError(
      at,
      "uses a function that gives something else each time (now, rand…); the object would be another at every look",
    );
  };
  const compileFixed: TemplateCompiler = (source, at) => fixed(compileAny(source, at), at);
  const resource = { ...formResourceDefaults, ...written };
  const { apiVersion, kind, metadata, ...rest } = resource.spec;
  if (typeof apiVersion !== "string" || typeof kind !== "string") {
    throw new BlueprintError(`${path}.spec`, "apiVersion and kind are required and are text");
  }
  const meta = metadata === undefined ? {} : metadata;
  if (!isPlainObject(meta)) throw new BlueprintError(`${path}.spec.metadata`, "must be an object");

  const [nameSource, namePath] = pick(
    [resource.nameTemplate, `${path}.nameTemplate`],
    [meta["name"], `${path}.spec.metadata.name`],
  );
  if (nameSource === undefined) {
    throw new BlueprintError(path, "has no name: set nameTemplate or spec.metadata.name");
  }
  const [namespaceSource, namespacePath] = pick(
    [resource.targetNamespace, `${path}.targetNamespace`],
    [resource.namespaceTemplate, `${path}.namespaceTemplate`],
    [meta["namespace"], `${path}.spec.metadata.namespace`],
  );
  const compiled: Omit<CompiledResource, "nonDeterministic" | "sourceHash"> = {
    id: resource.id,
    path,
    gvk: parseGroupVersionKind(apiVersion, kind),
    name: compileFixed(nameSource, namePath),
    namePath,
    namespace: namespaceSource === undefined ? undefined : compileFixed(namespaceSource, namespacePath),
    namespacePath,
    includeWhen:
      resource.includeWhen === undefined || resource.includeWhen === ""
        ? undefined
        : compileFixed(resource.includeWhen, `${path}.includeWhen`),
    labels: compileMap(meta["labels"], resource.labelsTemplate, path, "labels", compile),
    annotations: compileMap(meta["annotations"], resource.annotationsTemplate, path, "annotations", compile),
    body: Object.entries(rest).map(([key, value]) => [
      key,
      compileBody(value, fieldPath(`${path}.spec`, key), compile),
    ]),
    ignoreFields: (resource.ignoreFields ?? []).map((text, index) =>
      ignoredField(text, `${path}.ignoreFields[${index}]`),
    ),
    dependIds: resource.dependIds ?? [],
    skipOnDependencyFailure: resource.skipOnDependencyFailure,
    creationPolicy: resource.creationPolicy,
    deletionPolicy: resource.deletionPolicy,
    conflictPolicy: resource.conflictPolicy,
    patchStrategy: resource.patchStrategy,
    waitForReady: resource.waitForReady,
    timeoutSeconds: resource.timeoutSeconds,
    readyWhen:
      resource.readyWhen === undefined
        ? undefined
        : readyWhen(fixed(compileGo(resource.readyWhen, `${path}.readyWhen`), `${path}.readyWhen`)),
  };
  const nonDeterministic = templates.some(({ analysis }) => analysis.nonDeterministic);
  return { ...compiled, nonDeterministic, sourceHash: contentHash(written) };
}

function pick(...candidates: [unknown, string][]): [string, string] | [undefined, string] {
  for (const [value, path] of candidates) {
    if (typeof value === "string" && value !== "") return [value, path];
  }
  return [undefined, ""];
}

/** Labels or annotations of the body, with those of the template map laid over them key by key. */
function compileMap(
  body: unknown,
  templates: Record<string, string> | undefined,
  path: string,
  field: "labels" | "annotations",
  compile: TemplateCompiler,
): (readonly [string, Template])[] {
  const merged = new Map<string, Template>();
  const add = (source: unknown, parent: string) => {
    if (source === undefined || source === null) return;
    if (!isPlainObject(source)) throw new BlueprintError(parent, "must be a map of text");
    for (const [key, value] of Object.entries(source)) {
      const at = fieldPath(parent, key);
      if (typeof value !== "string") throw new BlueprintError(at, "must be text; put it in quotes");
      merged.set(key, compile(value, at));
    }
  };
  add(body, `${path}.spec.metadata.${field}`);
  add(templates, `${path}.${field}Template`);
  return [...merged];
}

function ignoredField(text: string, path: string): JsonPath {
  try {
    return parseJsonPath(text);
  } catch (error) {
    if (error instanceof JsonPathError) throw new BlueprintError(path, error.message);
    throw error;
  }
}
