import { type LynqFormSpec } from "../../../crds";
import { type CompiledResource } from "../../blueprint/compile";
import { type KubernetesObject } from "../../blueprint/object";
import { type ServerVerdict } from "../../blueprint/validation/object-verdict";
import { type Trial } from "../../blueprint/validation/resource-trial";
import { certaintyOf } from "../../blueprint/validation/trial-record";
import { type ApiClient, type ApiResource } from "../../cluster";
import { serviceAccountUser } from "../node/object-access";
import { type DryRun, dryRun } from "./object-dry-run";

/** A resource that was rendered with sample records. */
export interface Tried {
  readonly compiled: CompiledResource;
  readonly served: ApiResource;
  readonly trials: readonly Trial[];
}

/** What is to be asked, for whom, and until when. */
export interface Question {
  readonly form: { readonly namespace: string; readonly spec: Pick<LynqFormSpec, "serviceAccountName"> };
  /** Which objects the API server is asked about: one of each resource, or only those that seem not to fit their schema. */
  readonly dryRun: "all" | "misfits";
  /** Aborts when the answer is due; what is not done by then is told. */
  readonly signal: AbortSignal;
}

/** What the API server answered about the object of one trial. */
export interface ServerAnswer extends Pick<ServerVerdict, "trial" | "renamed"> {
  readonly answer: DryRun;
}

/** Whether the API server would take an object of the resource; undefined when there is nothing to ask. @throws never */
export async function askServer(
  operator: ApiClient,
  { compiled, served, trials }: Tried,
  { form, dryRun: which, signal }: Question,
): Promise<ServerAnswer | undefined> {
  const whole = trials.filter(({ object }) => object !== undefined);
  const misfit = whole.find(({ faults }) => faults.some(({ kind }) => kind === "misfit"));
  const trial = misfit ?? (which === "all" ? (whole.find(({ guessed }) => !guessed) ?? whole[0]) : undefined);
  if (trial?.object === undefined) return undefined;
  const { serviceAccountName } = form.spec;
  const client =
    serviceAccountName === undefined
      ? operator
      : operator.as({ user: serviceAccountUser(form.namespace, serviceAccountName) });
  const once = compiled.creationPolicy === "Once";
  const answer = await dryRun(client, {
    resource: served,
    compiled,
    object: once ? renamed(trial.object) : trial.object,
    node: trial.record.context.node,
    signal,
  });
  return { trial, renamed: once, answer };
}

/** Whether the object's namespace depends on a row that does not exist. */
function isMadeUp(
  namespace: CompiledResource["namespace"],
  { trial: { record } }: Pick<ServerVerdict, "trial">,
): boolean {
  return namespace !== undefined && certaintyOf(namespace, record) !== "sure";
}

/**
 * What an answer says of its resource; undefined when there is nothing to learn from it.
 *
 * @param own namespaces that the form makes itself
 */
export function serverVerdict(
  { path, namespace }: CompiledResource,
  answered: ServerAnswer | undefined,
  own: ReadonlySet<string>,
): ServerVerdict | undefined {
  if (answered === undefined) return undefined;
  const { answer, ...asked } = answered;
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
export function namespacesOf(tried: readonly Tried[]): ReadonlySet<string> {
  const namespaces = tried.filter(({ served: { group, kind } }) => group === "" && kind === "Namespace");
  return new Set(namespaces.flatMap(({ trials }) => trials.flatMap(({ object }) => object?.metadata.name ?? [])));
}
