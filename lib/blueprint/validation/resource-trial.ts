import { type CompiledBody, fieldPath } from "../body";
import { type CompiledResource } from "../compile";
import { RenderError } from "../errors";
import { type JsonScalar } from "../leaf";
import { type KubernetesObject } from "../object";
import {
  isIncluded,
  type KindFacts,
  type RenderContext,
  type RenderFault,
  renderLeaf,
  renderResource,
} from "../render";
import { type SchemaNode } from "../schema";
import { type Template } from "../../template";
import { formatField, type SchemaProblem } from "./schema-problem";
import { type SchemaUnits } from "./schema-units";
import { type SchemaValidator } from "./schema-validator";
import { certaintyOf, type TrialRecord } from "./trial-record";

/** What is known of a kind. */
export interface TrialKind extends KindFacts {
  /** Undefined when the API server publishes no schema of it. */
  readonly validation?: { readonly schemas: SchemaUnits; readonly unit: string };
}

export interface TrialFault {
  /** Field in the form. */
  readonly path: string;
  readonly message: string;
  /**
   * `misfit`: the object does not fit its kind's schema. `template`: a template fails with a row that is known. `guess`: it fails with a made-up value, and a
   * real row may do better.
   */
  readonly kind: "misfit" | "template" | "guess";
  /** Only the API server knows; see {@link SchemaProblem}. */
  readonly lenient: boolean;
}

/** What came of one resource with one row. */
export interface Trial {
  readonly record: TrialRecord;
  /** Undefined when it could not be rendered, or a part of it only with something else in its place. */
  readonly object: KubernetesObject | undefined;
  /** A value that is only guessed shows in the object, so that what refuses it may let a real row pass. */
  readonly guessed: boolean;
  /** Whether the leaf at this path in the form is a guess: nothing that is said of its value is about real rows. */
  readonly isGuess: (path: string) => boolean;
  readonly faults: readonly TrialFault[];
}

/** Renders one resource with rows, and checks what comes of it against the kind's schema. Rows that leave it out give no trial. */
export class ResourceTrial {
  private readonly templates: ReadonlyMap<string, Template>;

  /** @param beforeTemplate called before each template that is rendered; what it throws ends the trial */
  constructor(
    private readonly resource: CompiledResource,
    private readonly kind: TrialKind,
    private readonly validator: SchemaValidator,
    private readonly beforeTemplate: () => void,
  ) {
    this.templates = bodyTemplates(resource);
  }

  /** @throws SchemaError, and what `beforeTemplate` throws */
  with(record: TrialRecord): Trial | undefined {
    const faults: TrialFault[] = [];
    const replaced = new Set<string>();
    const context: RenderContext = {
      ...record.context,
      observer: {
        beforeTemplate: this.beforeTemplate,
        onFault: fault => {
          const { value, told } = this.substitute(fault, record);
          if (told !== undefined) {
            faults.push(told);
            replaced.add(fault.path);
          }
          return value;
        },
      },
    };
    const isGuess = (path: string): boolean => {
      const template = this.templates.get(path);
      return template !== undefined && certaintyOf(template, record) === "guessed";
    };
    let object: KubernetesObject;
    try {
      const { includeWhen } = this.resource;
      // A condition on made-up values decides nothing: the object is tried all the same.
      const decides = includeWhen === undefined || certaintyOf(includeWhen, record) === "sure";
      if (decides && !isIncluded(this.resource, context)) return undefined;
      object = renderResource(this.resource, context, this.kind);
    } catch (error) {
      if (!(error instanceof RenderError)) throw error;
      faults.push(this.identityFault(error, record));
      return { record, object: undefined, guessed: false, isGuess, faults };
    }
    const problems = this.misfits(object, record, replaced);
    return {
      record,
      object: replaced.size > 0 ? undefined : object,
      guessed: this.showsGuess(record),
      isGuess,
      faults: [...faults, ...problems],
    };
  }

  /** What stands in for a leaf that does not render: what another guess gives, or something of the right type. */
  private substitute(
    { error, template, schema, path }: RenderFault,
    record: TrialRecord,
  ): { readonly value: JsonScalar; readonly told?: TrialFault } {
    const certainty = certaintyOf(template, record);
    for (const other of certainty === "guessed" ? record.alternatives : []) {
      try {
        return { value: renderLeaf(template, schema, path, other) };
      } catch (again) {
        if (!(again instanceof RenderError)) throw again;
      }
    }
    const kind = certainty === "sure" ? "template" : "guess";
    return { value: placeholder(schema), told: { path, message: error.reason, kind, lenient: false } };
  }

  /** Of the name, the namespace or the condition. */
  private identityFault({ path, reason }: RenderError, record: TrialRecord): TrialFault {
    const { name, namespace, includeWhen } = this.resource;
    const sure = [name, namespace, includeWhen].every(
      template => template === undefined || certaintyOf(template, record) === "sure",
    );
    return { path, message: reason, kind: sure ? "template" : "guess", lenient: false };
  }

  private misfits(object: KubernetesObject, record: TrialRecord, replaced: ReadonlySet<string>): TrialFault[] {
    const { validation } = this.kind;
    if (validation === undefined) return [];
    return this.validator.problems(validation.schemas, validation.unit, object).flatMap(problem => {
      const path = formatField(problem.field, `${this.resource.path}.spec`);
      const certainty = replaced.has(path) ? "guessed" : this.certaintyAt(path, problem, record);
      if (certainty === "guessed") return [];
      const { message, lenient } = problem;
      return [{ path, message, kind: certainty === "sure" ? "misfit" : "guess", lenient } satisfies TrialFault];
    });
  }

  /** A value's own fault is as sure as the value; a fault of an object or list as a whole as sure as everything in it. */
  private certaintyAt(path: string, { kind }: SchemaProblem, record: TrialRecord): "sure" | "typed" | "guessed" {
    const own = this.templates.get(path);
    if (own !== undefined) return certaintyOf(own, record);
    if (kind !== "value") return "sure";
    for (const [at, template] of this.templates) {
      if (!at.startsWith(path) || !/^[.[]/.test(at.slice(path.length))) continue;
      if (certaintyOf(template, record) !== "sure") return "guessed";
    }
    return "sure";
  }

  private showsGuess(record: TrialRecord): boolean {
    const { name, namespace, labels, annotations } = this.resource;
    const maps = [...labels, ...annotations].map(([, template]) => template);
    const all = [name, ...(namespace === undefined ? [] : [namespace]), ...maps, ...this.templates.values()];
    // A made-up uid is as good as any.
    const known = { real: true, guessed: record.guessed };
    return all.some(template => certaintyOf(template, known) !== "sure");
  }
}

/** Templates of the body by their path in the form. */
function bodyTemplates({ body, path }: CompiledResource): ReadonlyMap<string, Template> {
  const templates = new Map<string, Template>();
  const visit = (part: CompiledBody, at: string): void => {
    switch (part.kind) {
      case "literal":
        return;
      case "template":
        templates.set(at, part.template);
        return;
      case "list":
        part.items.forEach((item, index) => {
          visit(item, `${at}[${index}]`);
        });
        return;
      case "object":
        for (const [key, field] of part.fields) visit(field, fieldPath(at, key));
    }
  };
  for (const [key, part] of body) visit(part, fieldPath(`${path}.spec`, key));
  return templates;
}

function placeholder(schema: SchemaNode | undefined): JsonScalar {
  if (schema?.type === "boolean") return true;
  return schema?.type === "integer" || schema?.type === "number" ? 1 : "sample";
}
