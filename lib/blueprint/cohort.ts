import { type RolloutStep } from "../../crds";
import { type TemplateCache, type TemplateDialect, TemplateExecutionError, TemplateSyntaxError } from "../template";
import { RenderError } from "./errors";
import { includeDecision } from "./leaf";
import { templateVariables } from "./variables";

/** Where a row comes from. */
export interface CohortOrigin {
  readonly hub: string;
  readonly form: string;
}

/** A row that no step could be asked about. */
export interface CohortFault {
  readonly uid: string;
  readonly message: string;
}

/**
 * Which rows a form's steps choose by their `when`. A row for which it cannot be decided belongs to no step and goes with all others; the first such
 * row is told.
 */
export class Cohorts {
  private first: CohortFault | undefined;

  /** @param sensitive variables that no step sees: which step a row belongs to is for everybody to read */
  constructor(
    private readonly steps: readonly RolloutStep[],
    private readonly dialect: TemplateDialect,
    private readonly origin: CohortOrigin,
    private readonly sensitive: ReadonlySet<string>,
    private readonly templates: TemplateCache,
  ) {}

  get fault(): CohortFault | undefined {
    return this.first;
  }

  /** Whether the row belongs to the step of that number, from 0. */
  belongs(step: number, uid: string, values: ReadonlyMap<string, string>): boolean {
    const when = this.steps[step]?.when;
    if (when === undefined) return false;
    const path = `spec.rollout.steps[${step}].when`;
    try {
      const shown = [...values].filter(([name]) => !this.sensitive.has(name));
      const text = this.templates.compile(when, this.dialect).render(templateVariables(shown, { uid, ...this.origin }));
      return includeDecision(text, path, word => JSON.stringify(word.slice(0, 60)));
    } catch (error) {
      if (error instanceof TemplateSyntaxError || error instanceof TemplateExecutionError) {
        this.first ??= { uid, message: `${path}: ${error.message}` };
      } else if (error instanceof RenderError) {
        this.first ??= { uid, message: error.message };
      } else throw error;
      return false;
    }
  }
}
