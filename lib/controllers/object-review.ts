import { setImmediate } from "node:timers/promises";
import { type LynqFormSpec, type LynqHubSpec } from "../../crds";
import { type CheckResult, Findings } from "../blueprint/admission/findings";
import { bodyRules, objectRules } from "../blueprint/admission/rules";
import { compileListed, type CompiledResource, listResources } from "../blueprint/compile";
import { contentHash } from "../blueprint/content-hash";
import { BlueprintError } from "../blueprint/errors";
import { formatApiVersion, type KubernetesObject } from "../blueprint/object";
import { type ServerVerdict, verdictOn } from "../blueprint/validation/object-verdict";
import { ResourceTrial, type Trial, type TrialKind } from "../blueprint/validation/resource-trial";
import { SchemaError, SchemaValidator } from "../blueprint/validation/schema-validator";
import { certaintyOf, type KnownRow, type TrialRecord, trialRecords } from "../blueprint/validation/trial-record";
import {
  type ApiClient,
  type ApiResource,
  type Discovery,
  type KindSchema,
  type SchemaStore,
  within,
} from "../cluster";
import { TemplateCache } from "../template";
import { serviceAccountUser } from "./object-access";
import { type DryRun, dryRun } from "./object-dry-run";

export interface ObjectReviewOptions {
  readonly client: ApiClient;
  readonly discovery: Discovery;
  readonly schemas: SchemaStore;
}

export interface ObjectReviewRequest {
  readonly form: { readonly namespace: string; readonly name: string; readonly spec: LynqFormSpec };
  /** Undefined while there is none. */
  readonly hub: LynqHubSpec | undefined;
  readonly rows: readonly KnownRow[];
  /** The form as it is stored: a resource that does not change is not refused for what it has been all along. */
  readonly previous?: LynqFormSpec | undefined;
  /** What was found without the cluster; it is not told again. */
  readonly found: CheckResult;
  /** Which objects the API server is asked about: one of each resource, or only those that seem not to fit their schema. */
  readonly dryRun: "all" | "misfits";
  /** Aborts when the answer is due; what is not done by then is told. */
  readonly signal: AbortSignal;
  /** Milliseconds that rendering may take; it cannot be interrupted otherwise. */
  readonly renderMs: number;
}

/** The index of schemas may be this old, in milliseconds, while nothing is refused. */
const INDEX_MS = 2000;
/** Enough for the texts of some large forms. */
const TEMPLATES = 4000;

/** Rows that a resource is tried with whose result is random anyway. */
const FEW = 2;

/** Time for rendering is up. */
class RenderTimeError extends Error {
  override readonly name = "RenderTimeError";
}

interface Tried {
  readonly compiled: CompiledResource;
  readonly served: ApiResource;
  readonly trials: readonly Trial[];
}

interface Served {
  readonly resource: ApiResource;
  readonly schema: KindSchema | undefined;
}

/** Tries what a form would make: renders each resource with sample rows, and asks the schema of its kind and the API server whether they would take it. */
export class ObjectReview {
  readonly validator = new SchemaValidator();
  private readonly templates = new TemplateCache(TEMPLATES);

  constructor(private readonly options: ObjectReviewOptions) {}

  /** @throws never: a check that cannot be made is a warning that says so */
  async review(request: ObjectReviewRequest): Promise<CheckResult> {
    const findings = new Findings();
    try {
      await this.tryAll(request, findings);
    } catch (error) {
      findings.report(objectRules.unchecked, "spec", { why: wordsOf(error) });
    }
    return findings;
  }

  private async tryAll(request: ObjectReviewRequest, findings: Findings): Promise<void> {
    const { form, signal } = request;
    // 1. What can be tried?
    const unchanged = unchangedResources(form.spec, request.previous);
    const compiled = this.compile(request);
    if (compiled.length === 0) return;

    // 2. What does the cluster say of the kinds?
    this.options.schemas.refresh(INDEX_MS);
    const known = new Map<string, Promise<Served | undefined>>();
    const lookUp = (resource: CompiledResource): Promise<Served | undefined> => {
      const key = `${formatApiVersion(resource.gvk)}/${resource.gvk.kind}`;
      const answer = known.get(key) ?? within(this.look(resource), signal);
      known.set(key, answer);
      return answer;
    };
    const served = await Promise.allSettled(compiled.map(lookUp));

    // 3. Render with every row, and check against the schemas.
    const { hubId } = form.spec;
    const variables = new Set(compiled.flatMap(variablesOf));
    const records = trialRecords(
      request.hub,
      request.rows,
      { namespace: form.namespace, form: form.name, hub: hubId },
      variables,
    );
    const end = performance.now() + request.renderMs;
    const tried: Tried[] = [];
    for (const [index, resource] of compiled.entries()) {
      const answer = served[index];
      if (answer?.status !== "fulfilled") {
        findings.report(objectRules.unchecked, resource.path, {
          why: `its kind could not be looked up: ${wordsOf(answer?.reason)}`,
        });
        continue;
      }
      if (answer.value === undefined) {
        const { kind } = resource.gvk;
        findings.report(objectRules.unserved, `${resource.path}.spec.kind`, {
          kind,
          apiVersion: formatApiVersion(resource.gvk),
        });
        continue;
      }
      const trials = await this.try(resource, answer.value, records, end, findings, signal);
      tried.push({ compiled: resource, served: answer.value.resource, trials });
    }

    // 4. Ask the API server about one object of each resource.
    const own = namespacesOf(tried);
    const verdicts = await Promise.all(
      tried.map(async one => (unchanged.has(one.compiled.path) ? undefined : await this.ask(one, request, own))),
    );

    // 5. Tell what is new.
    const told = new Set(request.found.errors.map(({ path }) => path));
    for (const [index, { compiled: resource, trials }] of tried.entries()) {
      const judged = verdictOn({
        path: resource.path,
        trials,
        server: verdicts[index],
        unchanged: unchanged.has(resource.path),
      });
      for (const { severity, finding } of judged) if (!told.has(finding.path)) findings.add(severity, finding);
    }
  }

  /** Resources that compile, and whose bodies end; other checks tell why others do not. */
  private compile({ form, found }: ObjectReviewRequest): CompiledResource[] {
    const tooDeep = found.errors.flatMap(({ rule, path }) => (rule === bodyRules.tooDeep.id ? [path] : []));
    return listResources(form.spec).flatMap(listed => {
      if (tooDeep.some(path => path.startsWith(`${listed.path}.`))) return [];
      try {
        return [compileListed(listed, this.templates)];
      } catch (error) {
        if (error instanceof BlueprintError) return [];
        throw error;
      }
    });
  }

  private async look({ gvk }: CompiledResource): Promise<Served | undefined> {
    const { discovery, schemas } = this.options;
    const [resource, schema] = await Promise.all([discovery.resolve(gvk), schemas.kindSchema(gvk)]);
    return resource === undefined ? undefined : { resource, schema };
  }

  private async try(
    resource: CompiledResource,
    served: Served,
    records: readonly TrialRecord[],
    end: number,
    findings: Findings,
    signal: AbortSignal,
  ): Promise<Trial[]> {
    const run = async ({ resource: { namespaced }, schema }: Served): Promise<{ trials: Trial[]; why?: string }> => {
      const kind: TrialKind = {
        namespaced,
        ...(schema === undefined ? {} : { schema: schema.node, validation: schema.validation }),
      };
      const trials: Trial[] = [];
      const trial = new ResourceTrial(resource, kind, this.validator, () => {
        if (performance.now() > end) throw new RenderTimeError();
      });
      try {
        // Keys and certificates take their time, and are no other with another row.
        for (const record of resource.nonDeterministic ? records.slice(0, FEW) : records) {
          // Others get their turn: a connection that is kept waiting is closed.
          await setImmediate();
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
      this.options.schemas.refresh(1);
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

  private async ask(
    { compiled, served, trials }: Tried,
    { form, dryRun: which, signal }: ObjectReviewRequest,
    own: ReadonlySet<string>,
  ): Promise<ServerVerdict | undefined> {
    const whole = trials.filter(({ object }) => object !== undefined);
    const misfit = whole.find(({ faults }) => faults.some(({ kind }) => kind === "misfit"));
    const trial = misfit ?? (which === "all" ? (whole.find(({ guessed }) => !guessed) ?? whole[0]) : undefined);
    if (trial?.object === undefined) return undefined;
    const { namespace, serviceAccountName } = {
      namespace: form.namespace,
      serviceAccountName: form.spec.serviceAccountName,
    };
    const client =
      serviceAccountName === undefined
        ? this.options.client
        : this.options.client.as({ user: serviceAccountUser(namespace, serviceAccountName) });
    const once = compiled.creationPolicy === "Once";
    const answer = await dryRun(client, {
      resource: served,
      compiled,
      object: once ? renamed(trial.object) : trial.object,
      node: trial.record.context.node,
      signal,
    });
    return serverVerdict(compiled, { trial, renamed: once }, answer, own);
  }
}

/** Whether the object's namespace depends on a row that does not exist. */
function isMadeUp(
  namespace: CompiledResource["namespace"],
  { trial: { record } }: Pick<ServerVerdict, "trial">,
): boolean {
  return namespace !== undefined && certaintyOf(namespace, record) !== "sure";
}

function serverVerdict(
  { path, namespace }: CompiledResource,
  asked: Pick<ServerVerdict, "trial" | "renamed">,
  answer: DryRun,
  own: ReadonlySet<string>,
): ServerVerdict | undefined {
  switch (answer.state) {
    case "accepted":
      return { ...asked, accepted: true, reasons: [] };
    case "refused": {
      const reasons = answer.reasons.map(({ field, words, quota }) => ({
        path: field === undefined ? undefined : `${path}.spec.${field}`,
        words,
        quota,
      }));
      return { ...asked, accepted: false, reasons };
    }
    case "open":
      // The form itself will make the namespace, or it is made up.
      if (answer.missingNamespace !== undefined && (own.has(answer.missingNamespace) || isMadeUp(namespace, asked))) {
        return undefined;
      }
      return { ...asked, accepted: false, reasons: [], untried: answer.why };
  }
}

/** What was made once is never written again: the object is tried as a new one, under a name that nobody has. */
function renamed(object: KubernetesObject): KubernetesObject {
  const { name = "" } = object.metadata;
  return { ...object, metadata: { ...object.metadata, name: `${name.slice(0, 52).replace(/[-.]+$/, "")}-dry-run` } };
}

/** Namespaces that the form makes itself. */
function namespacesOf(tried: readonly Tried[]): ReadonlySet<string> {
  const namespaces = tried.filter(({ served: { group, kind } }) => group === "" && kind === "Namespace");
  return new Set(namespaces.flatMap(({ trials }) => trials.flatMap(({ object }) => object?.metadata.name ?? [])));
}

/** Paths of resources that are stored already just as they are. */
function unchangedResources(spec: LynqFormSpec, previous: LynqFormSpec | undefined): ReadonlySet<string> {
  if (previous === undefined) return new Set();
  const hashOf = ({ resource, dialect }: ReturnType<typeof listResources>[number]) =>
    contentHash({ resource, dialect });
  const stored = new Set(listResources(previous).map(hashOf));
  const paths = listResources(spec).flatMap(listed => (stored.has(hashOf(listed)) ? [listed.path] : []));
  return new Set(previous.hubId === spec.hubId ? paths : []);
}

function variablesOf({ name, namespace, includeWhen, labels, annotations, body }: CompiledResource): string[] {
  const names: string[] = [];
  const add = (template: CompiledResource["name"] | undefined) => {
    for (const read of template?.analysis.variables ?? []) names.push(read.name);
  };
  for (const template of [name, namespace, includeWhen]) add(template);
  for (const [, template] of [...labels, ...annotations]) add(template);
  const open = body.map(([, part]) => part);
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (part.kind === "template") add(part.template);
    else if (part.kind === "list") open.push(...part.items);
    else if (part.kind === "object") open.push(...part.fields.map(([, field]) => field));
  }
  return names;
}

function wordsOf(error: unknown): string {
  if (error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError"))
    return "there was no time left";
  return error instanceof Error ? error.message : String(error);
}
