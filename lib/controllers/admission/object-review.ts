import { setMaxListeners } from "node:events";
import { type LynqFormSpec, type LynqHubSpec } from "../../../crds";
import { byResource } from "../../blueprint/admission/by-resource";
import { type CheckResult, Findings } from "../../blueprint/admission/findings";
import { bodyRules, objectRules } from "../../blueprint/admission/rules";
import { compileListed, type CompiledResource, listResources } from "../../blueprint/compile";
import { contentHash } from "../../blueprint/content-hash";
import { BlueprintError } from "../../blueprint/errors";
import { formatApiVersion } from "../../blueprint/object";
import { mendedResource } from "../../blueprint/validation/mended-resource";
import { verdictOn } from "../../blueprint/validation/object-verdict";
import { variablesOf } from "../../blueprint/compiled-variables";
import { type KnownRow, trialRecords } from "../../blueprint/validation/trial-record";
import { type ApiClient, type Discovery, type SchemaStore, within } from "../../cluster";
import { TemplateCache } from "../../template";
import { wordsOf } from "./failure-words";
import { KindTrials, type Served } from "./kind-trials";
import {
  askServer,
  namespacesOf,
  type Question,
  type ServerAnswer,
  serverVerdict,
  type Tried,
} from "./server-question";
import { Turns } from "./turns";

export interface ObjectReviewOptions {
  readonly client: ApiClient;
  readonly discovery: Discovery;
  readonly schemas: SchemaStore;
}

export interface ObjectReviewRequest extends Question {
  readonly form: { readonly namespace: string; readonly name: string; readonly spec: LynqFormSpec };
  /** Undefined while there is none. */
  readonly hub: LynqHubSpec | undefined;
  readonly rows: readonly KnownRow[];
  /** The form as it is stored: a resource that does not change is not refused for what it has been all along. */
  readonly previous?: LynqFormSpec | undefined;
  /** What was found without the cluster; it is not told again. */
  readonly found: CheckResult;
  /** Templates of the form that are compiled already, and room for the others. */
  readonly templates?: TemplateCache | undefined;
  /** Milliseconds that rendering may take, beside what others do meanwhile. */
  readonly renderMs: number;
}

/** The index of schemas may be this old, in milliseconds, while nothing is refused. */
const INDEX_MS = 2000;
/** Enough for the texts of some large forms. */
const TEMPLATES = 4000;
/** Of so many resources of a form the API server is asked at once; the others leave room for other forms. */
const PROMPT = 50;

/** Tries what a form would make: renders each resource with sample rows, and asks the schema of its kind and the API server whether they would take it. */
export class ObjectReview {
  readonly kinds: KindTrials;
  private readonly templates = new TemplateCache(TEMPLATES);

  constructor(private readonly options: ObjectReviewOptions) {
    this.kinds = new KindTrials(options.discovery, options.schemas);
  }

  /** @throws never: a check that cannot be made is a warning that says so */
  async review(request: ObjectReviewRequest): Promise<CheckResult> {
    const findings = new Findings();
    // As many wait for it as there are kinds and objects; Node warns of more than ten.
    setMaxListeners(0, request.signal);
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
    const pauses = new Turns(Infinity);
    const unchanged = await unchangedResources(form.spec, request.previous, pauses);
    const mended = new Set<string>();
    const compiled = await this.compile(request, mended, pauses);
    if (compiled.length === 0) return;

    // 2. What does the cluster say of the kinds?
    this.options.schemas.refresh(INDEX_MS);
    const known = new Map<string, Promise<Served | undefined>>();
    const lookUp = (resource: CompiledResource): Promise<Served | undefined> => {
      const key = `${formatApiVersion(resource.gvk)}/${resource.gvk.kind}`;
      const answer = known.get(key) ?? within(this.kinds.look(resource), signal);
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
    const turns = new Turns(request.renderMs, { signal });
    const tried: Tried[] = [];
    // The API server is asked about a resource while the next one is tried.
    const asked: Promise<ServerAnswer | undefined>[] = [];
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
      const trials = await this.kinds.try(resource, answer.value, { records, turns, findings, signal });
      const one: Tried = { compiled: resource, served: answer.value.resource, trials };
      tried.push(one);
      // Under a name that is not its own, the API server would judge something else.
      const isAsked = !unchanged.has(resource.path) && !mended.has(resource.path);
      const client = asked.length < PROMPT ? this.options.client : this.options.client.of("bulk");
      asked.push(isAsked ? askServer(client, one, request) : Promise.resolve(undefined));
    }

    // 4. What does the API server say of one object of each resource?
    const own = namespacesOf(tried);
    const answers = await Promise.all(asked);

    // 5. Tell what is new.
    const told = new Set(request.found.errors.map(({ path }) => path));
    for (const [index, { compiled: resource, trials }] of tried.entries()) {
      await pauses.next();
      const judged = verdictOn({
        path: resource.path,
        trials,
        server: serverVerdict(resource, answers[index], own),
        unchanged: unchanged.has(resource.path),
      });
      for (const { severity, finding } of judged) if (!told.has(finding.path)) findings.add(severity, finding);
    }
  }

  /**
   * Resources that compile, and whose bodies end; other checks tell why others do not.
   *
   * @param mended gets the paths of those that are tried without what other checks refuse
   */
  private async compile(
    { form, found, templates = this.templates }: ObjectReviewRequest,
    mended: Set<string>,
    pauses: Turns,
  ): Promise<CompiledResource[]> {
    const errors = byResource(found.errors);
    const compiled: CompiledResource[] = [];
    for (const listed of listResources(form.spec)) {
      await pauses.next();
      const own = errors.get(listed.path) ?? [];
      if (own.some(({ rule }) => rule === bodyRules.tooDeep.id)) continue;
      const resource = mendedResource(
        listed,
        own.map(({ path }) => path),
      );
      if (resource !== listed) mended.add(listed.path);
      try {
        compiled.push(compileListed(resource, templates));
      } catch (error) {
        if (!(error instanceof BlueprintError)) throw error;
      }
    }
    return compiled;
  }
}

/** Paths of resources that are stored already just as they are. */
async function unchangedResources(
  spec: LynqFormSpec,
  previous: LynqFormSpec | undefined,
  pauses: Turns,
): Promise<ReadonlySet<string>> {
  // With another hub everything is new.
  if (previous?.hubId !== spec.hubId) return new Set();
  const hashesOf = async (content: LynqFormSpec): Promise<[path: string, hash: string][]> => {
    const hashes: [string, string][] = [];
    for (const { path, resource, dialect } of listResources(content)) {
      await pauses.next();
      hashes.push([path, contentHash({ resource, dialect })]);
    }
    return hashes;
  };
  const stored = new Set((await hashesOf(previous)).map(([, hash]) => hash));
  return new Set((await hashesOf(spec)).flatMap(([path, hash]) => (stored.has(hash) ? [path] : [])));
}
