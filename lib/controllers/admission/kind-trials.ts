import { type Findings } from "../../blueprint/admission/findings";
import { objectRules } from "../../blueprint/admission/rules";
import { type CompiledResource } from "../../blueprint/compile";
import { ResourceTrial, type Trial, type TrialKind } from "../../blueprint/validation/resource-trial";
import { SchemaError, SchemaValidator } from "../../blueprint/validation/schema-validator";
import { type TrialRecord } from "../../blueprint/validation/trial-record";
import { type ApiResource, type Discovery, type KindSchema, type SchemaStore, within } from "../../cluster";
import { type Turns } from "./turns";

/** Rows that a resource is tried with whose result is random anyway. */
const FEW = 2;

/** Time for rendering is up. */
class RenderTimeError extends Error {
  override readonly name = "RenderTimeError";
}

/** What the cluster says of a kind. */
export interface Served {
  readonly resource: ApiResource;
  /** Undefined where the cluster publishes none. */
  readonly schema: KindSchema | undefined;
}

/** What a resource is tried with. */
interface TrialRun {
  readonly records: readonly TrialRecord[];
  readonly turns: Turns;
  readonly findings: Findings;
  readonly signal: AbortSignal;
}

/** Renders resources with sample records, and checks the objects against the schemas of their kinds. */
export class KindTrials {
  readonly validator = new SchemaValidator();

  constructor(
    private readonly discovery: Discovery,
    private readonly schemas: SchemaStore,
  ) {}

  /** Undefined when the cluster does not serve the kind. @throws ApiError, ConnectionError */
  async look({ gvk }: CompiledResource): Promise<Served | undefined> {
    const [resource, schema] = await Promise.all([this.discovery.resolve(gvk), this.schemas.kindSchema(gvk)]);
    return resource === undefined ? undefined : { resource, schema };
  }

  /** A check that cannot be made in full is told among the findings. */
  async try(
    resource: CompiledResource,
    served: Served,
    { records, turns, findings, signal }: TrialRun,
  ): Promise<Trial[]> {
    const run = async ({ resource: { namespaced }, schema }: Served): Promise<{ trials: Trial[]; why?: string }> => {
      const kind: TrialKind = {
        namespaced,
        ...(schema === undefined ? {} : { schema: schema.node, validation: schema.validation }),
      };
      const trials: Trial[] = [];
      const trial = new ResourceTrial(resource, kind, this.validator, () => {
        if (turns.isOver()) throw new RenderTimeError();
      });
      try {
        // Keys and certificates take their time, and are no other with another row.
        for (const record of resource.nonDeterministic ? records.slice(0, FEW) : records) {
          await turns.next();
          const result = trial.with(record);
          if (result !== undefined) trials.push(result);
        }
        return schema === undefined ? { trials, why: "the cluster publishes no schema of its kind" } : { trials };
      } catch (error) {
        if (error instanceof SchemaError) return { trials, why: error.message };
        if (!(error instanceof RenderTimeError)) throw error;
        const rows = trials.length === 0 ? "no row" : `${trials.length} of ${records.length} rows`;
        return { trials, why: `rendering takes so long that ${rows} could be tried in time` };
      }
    };
    let { trials, why } = await run(served);
    // Before anything is refused, the schema must be the newest: a definition may have been changed a moment ago.
    if (trials.some(({ faults }) => faults.some(({ kind }) => kind === "misfit"))) {
      this.schemas.refresh(1);
      try {
        const newest = await within(this.look(resource), signal);
        if (newest !== undefined && newest.schema?.validation.schemas !== served.schema?.validation.schemas) {
          ({ trials, why } = await run(newest));
        }
      } catch {
        // The one that is known will have to do.
      }
    }
    if (why !== undefined) findings.report(objectRules.unchecked, resource.path, { why });
    return trials;
  }
}
