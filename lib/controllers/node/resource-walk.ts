import { type DependencyGraph } from "../../blueprint/graph";
import { JsonPathLimitError, matches } from "../../blueprint/json-path";
import { type NodeIdentity } from "../../blueprint/node-identity";
import { type KubernetesObject } from "../../blueprint/object";
import { FIELD_MANAGER } from "../../metadata";
import { type ChildFact, recognised } from "../../plan/child";
import { DriftHistory } from "../../plan/drift-history";
import { entryKey, type InventoryEntry } from "../../plan/inventory";
import { RetryHistory } from "../../plan/retry-history";
import { type SparseMap } from "../../plan/sparse-map";
import { decideWrite, mustLearnPolicy, type WriteDecision } from "../../plan/write-decision";
import { type ResourceOutcome } from "../../status";
import { metrics } from "../metrics";
import { type Children } from "./children";
import { hinderedBy } from "./hindrance";
import { type PreparedResource } from "./node-resources";
import { type ObjectWriter, type WriteRequest, type WriteResult } from "./object-writer";
import { type Identified, type ResourceReadiness } from "./resource-readiness";

type Wanted = Extract<PreparedResource, { kind: "wanted" }>;

/** What does not render, or a kind that is missing, is looked at again after so long, if nothing wakes the node before. */
const RECHECK_MS = 30_000;
/**
 * An object of somebody else's, or one that the API server refuses, is asked for again ever less often: what ends that nobody tells us, and 5,000 nodes
 * that all ask twice a minute would not help a webhook that is down (docs/policies.md).
 */
const REFUSED = { firstMs: 10_000, longestMs: 300_000 };

export function refusedWrites(): RetryHistory {
  return new RetryHistory(REFUSED);
}
/** A little more than what the schemas' store waits before it asks for an unknown kind again. */
const NEW_KIND_MS = 11_000;

export interface WalkContext {
  readonly node: NodeIdentity;
  /** Writes for this node, as whoever that is done. */
  readonly writer: ObjectWriter;
  readonly graph: DependencyGraph;
  /** What the node has written so far, by object; the walk keeps it up to date. */
  readonly inventory: Map<string, InventoryEntry>;
  /** Corrections so far, by object. */
  readonly drift: SparseMap<DriftHistory>;
  /** Objects that are somebody else's. */
  readonly conflicts: RetryHistory;
  /** Writes that the API server refuses. */
  readonly refusedWrites: RetryHistory;
  /** The other node that has an object, as the last look at it told: its namespace and label. */
  readonly ownerOf: (object: string) => string | undefined;
  /** Hides sensitive values in what the API server answers. */
  readonly redact: (message: string) => string;
  /** Nothing is written; what is there is looked at. */
  readonly frozen?: boolean;
  /** Everything is written again, whatever is known of it. */
  readonly anew?: boolean;
}

export interface WalkResult {
  readonly outcomes: readonly ResourceOutcome[];
  /** Look again after so long at the latest. */
  readonly requeueAfterMs: number | undefined;
  /** Why some resources could not be looked at; the pass is to be made again. */
  readonly failures: readonly unknown[];
  /** By object, the other node that has it. */
  readonly claims: ReadonlyMap<string, string>;
  /** Paths in ignoreFields that match nothing in what was written, for people. */
  readonly idlePaths: readonly string[];
}

/** What a walk collects beside the outcomes. */
interface Notes {
  readonly wake: (ms: number) => void;
  readonly claims: Map<string, string>;
  readonly idlePaths: string[];
}

/**
 * Brings every resource of a node to where it should be, in the order of its dependencies. What does not depend on each other goes at once; nothing
 * waits in here: what is not ready yet is reported, and the next look goes on from there.
 */
export class ResourceWalk {
  constructor(
    private readonly children: Children,
    private readonly readiness: ResourceReadiness,
    private readonly now: () => number,
  ) {}

  async run(prepared: readonly PreparedResource[], context: WalkContext): Promise<WalkResult> {
    const byId = new Map(prepared.map(one => [one.compiled.id, one]));
    const started = new Map<string, Promise<ResourceOutcome>>();
    const failures: unknown[] = [];
    let requeueAfterMs: number | undefined;
    const notes: Notes = {
      wake: ms => {
        requeueAfterMs = Math.min(requeueAfterMs ?? ms, ms);
      },
      claims: new Map(),
      idlePaths: [],
    };
    const visit = (one: PreparedResource): Promise<ResourceOutcome> => {
      const { id } = one.compiled;
      const known = started.get(id);
      if (known !== undefined) return known;
      const dependencies = context.graph.dependencies(id).flatMap(dependency => {
        const found = byId.get(dependency);
        return found === undefined ? [] : [visit(found)];
      });
      const outcome = Promise.all(dependencies)
        .then(done => this.settle(one, done, context, notes))
        .catch((error: unknown): ResourceOutcome => {
          // What the others have done must be told all the same: it is the inventory.
          const { kind } = one.compiled.gvk;
          if (error instanceof JsonPathLimitError) {
            const wave = context.graph.wave(id);
            return {
              id,
              kind,
              wave,
              state: "Failed",
              reason: "ApplyFailed",
              message: `ignoreFields: ${error.message}`,
            };
          }
          failures.push(error);
          const message = "the API server gave no answer; it is asked again";
          return { id, kind, wave: context.graph.wave(id), state: "Blocked", reason: "Retrying", message };
        });
      started.set(id, outcome);
      return outcome;
    };
    const outcomes = await Promise.all(prepared.map(visit));
    return { outcomes, requeueAfterMs, failures, claims: notes.claims, idlePaths: notes.idlePaths };
  }

  private async settle(
    one: PreparedResource,
    dependencies: readonly ResourceOutcome[],
    context: WalkContext,
    notes: Notes,
  ): Promise<ResourceOutcome> {
    const { wake } = notes;
    const { compiled } = one;
    const base = { id: compiled.id, kind: compiled.gvk.kind, wave: context.graph.wave(compiled.id) };
    if (one.kind === "excluded") {
      return { ...base, state: "Excluded", reason: "IncludeWhenFalse", message: "left out by includeWhen" };
    }
    if (one.kind === "failed") {
      wake(RECHECK_MS);
      return { ...base, state: "Failed", reason: one.reason, message: context.redact(one.message) };
    }
    const { namespace, name } = one.object.metadata;
    const identified = {
      ...base,
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
    };
    const entry = context.inventory.get(one.key);
    const found = this.children.get(compiled.gvk, namespace, name ?? "");
    const child = recognised(found, entry, context.node);
    const decision = decideWrite({
      creationPolicy: compiled.creationPolicy,
      desiredHash: one.hash,
      entry,
      child,
      anew: context.anew === true,
    });
    if (context.frozen === true && decision.action !== "wait") {
      if (child !== undefined || decision.action === "skip") {
        return await this.readiness.assess(one, identified, child, context, wake);
      }
      const message = "is not there; it is made when the node is resumed";
      return { ...identified, state: "Blocked", reason: "Suspended", message };
    }

    const hindrance = hinderedBy(compiled.skipOnDependencyFailure, decision, entry, one.hash, dependencies);
    if (hindrance !== undefined && hindrance !== "proceed") return { ...identified, ...hindrance };

    switch (decision.action) {
      case "skip":
        if (entry !== undefined && child !== undefined && mustLearnPolicy(one.compiled, entry)) {
          const kept = await this.followPolicy(one, identified, entry, child, context, wake);
          if (kept !== undefined) return kept;
        }
        this.note(one, entry, child, context);
        metrics.writes.skipped();
        return await this.readiness.assess(one, identified, child, context, wake);
      case "wait":
        return {
          ...identified,
          state: "Deleting",
          reason: "Terminating",
          message: "an object of this name is being deleted; it is made again when that is done",
        };
      case "apply":
      case "create": {
        const outcome = await this.write(one, identified, decision, entry, child, context, notes);
        return hindrance === "proceed" && outcome.state !== "Failed" && outcome.state !== "Conflicted"
          ? { ...outcome, reason: "DependencyFailedButProceeding" }
          : outcome;
      }
    }
  }

  private async write(
    one: Wanted,
    identified: Identified,
    decision: Extract<WriteDecision, { action: "apply" | "create" }>,
    entry: InventoryEntry | undefined,
    child: ChildFact | undefined,
    context: WalkContext,
    notes: Notes,
  ): Promise<ResourceOutcome> {
    const { wake } = notes;
    const drift = context.drift.get(one.key);
    const request = requestOf(one, entry, child, context);
    if (drift !== undefined && (decision.because === "drifted" || decision.because === "deleted")) {
      const pause = drift.pauseLeft(this.now());
      if (pause > 0) {
        wake(pause);
        drift.opponent ??= { message: child === undefined ? undefined : await context.writer.opponent(request) };
        const message = context.redact(fightMessage(one, drift.opponent.message));
        return { ...identified, state: "Conflicted", reason: "ResourceConflict", message };
      }
    }
    const content = `${one.hash}/${one.compiled.conflictPolicy}`;
    const conflict = context.conflicts.message(one.key);
    const wait = context.conflicts.waitLeft(one.key, this.now(), content);
    if (decision.action === "create" && conflict !== undefined && wait > 0) {
      wake(wait);
      const owner = context.ownerOf(one.key);
      if (owner !== undefined) notes.claims.set(one.key, owner);
      return { ...identified, state: "Conflicted", reason: "ResourceConflict", message: conflict };
    }
    const situation = `${content}/${written(context.inventory)}`;
    const refused = this.refusedBefore(one, identified, situation, context, wake);
    if (refused !== undefined) return refused;
    const result: WriteResult =
      decision.action === "create" ? await context.writer.create(request) : await context.writer.apply(request);
    count(one, result, context);
    switch (result.state) {
      case "written":
      case "kept": {
        if (decision.because === "drifted" || decision.because === "deleted") {
          const history = drift ?? new DriftHistory();
          context.drift.set(one.key, history);
          history.corrected(this.now());
        }
        context.conflicts.succeeded(one.key);
        context.refusedWrites.succeeded(one.key);
        if (decision.because !== "drifted") notes.idlePaths.push(...idlePaths(one, result.object));
        const fact = this.children.wrote(result.object);
        context.inventory.set(one.key, this.entryOf(one, fact, entry, context));
        return await this.readiness.assess(one, identified, fact, context, wake);
      }
      case "terminating":
        wake(RECHECK_MS);
        return {
          ...identified,
          state: "Deleting",
          reason: "Terminating",
          message: "an object of this name is being deleted",
        };
      case "conflict": {
        const message = context.redact(result.message);
        context.conflicts.failed(one.key, message, this.now(), content);
        wake(context.conflicts.waitLeft(one.key, this.now(), content));
        if (result.owner !== undefined) notes.claims.set(one.key, result.owner);
        return { ...identified, state: "Conflicted", reason: "ResourceConflict", message };
      }
      case "refused": {
        // A kind is served a moment before its schema is, by which leaves get their types.
        if (result.misfit && !one.schemaKnown) {
          wake(NEW_KIND_MS);
          const message = context.redact(result.message);
          return { ...identified, state: "Failed", reason: "ApplyFailed", message, retrying: true };
        }
        return this.refuse(one, identified, { ...result, situation }, context, wake);
      }
    }
  }

  /** What the API server said to the same write a moment ago; undefined when it may be asked. */
  private refusedBefore(
    { key }: Wanted,
    identified: Identified,
    situation: string,
    { refusedWrites }: WalkContext,
    wake: (ms: number) => void,
  ): ResourceOutcome | undefined {
    const message = refusedWrites.message(key);
    const wait = refusedWrites.waitLeft(key, this.now(), situation);
    if (message === undefined || wait === 0) return undefined;
    wake(wait);
    const retrying = refusedWrites.isPassing(key);
    return { ...identified, state: "Failed", reason: "ApplyFailed", message, retrying };
  }

  private refuse(
    { key }: Wanted,
    identified: Identified,
    refusal: { readonly message: string; readonly passing: boolean; readonly situation: string },
    { refusedWrites, redact }: WalkContext,
    wake: (ms: number) => void,
  ): ResourceOutcome {
    const { passing, situation } = refusal;
    const message = redact(refusal.message);
    refusedWrites.failed(key, message, this.now(), situation, passing);
    wake(refusedWrites.waitLeft(key, this.now(), situation));
    return { ...identified, state: "Failed", reason: "ApplyFailed", message, retrying: passing };
  }

  /** An object that is never written again still follows its deletion policy. Undefined when it has; else what hinders it. */
  private async followPolicy(
    one: Wanted,
    identified: Identified,
    entry: InventoryEntry,
    child: ChildFact,
    context: WalkContext,
    wake: (ms: number) => void,
  ): Promise<ResourceOutcome | undefined> {
    const refused = this.refusedBefore(one, identified, one.compiled.deletionPolicy, context, wake);
    if (refused !== undefined) return refused;
    const result = await context.writer.followPolicy(requestOf(one, entry, child, context));
    if (result.state === "refused") {
      const message = `its deletion policy could not be written: ${result.message}`;
      const refusal = { ...result, message, situation: one.compiled.deletionPolicy };
      return this.refuse(one, identified, refusal, context, wake);
    }
    context.refusedWrites.succeeded(one.key);
    if (result.state === "kept") {
      const { ownedHash } = this.children.wrote(result.object);
      context.inventory.set(one.key, { ...entry, ownedHash });
    }
    return undefined;
  }

  /** An object that needs no write may still have to be noted: made before a crash, or under another id. */
  private note(
    one: Wanted,
    entry: InventoryEntry | undefined,
    child: ChildFact | undefined,
    context: WalkContext,
  ): void {
    const { compiled } = one;
    const wave = context.graph.wave(compiled.id);
    if (entry === undefined) {
      if (child !== undefined) context.inventory.set(one.key, this.entryOf(one, child, undefined, context));
      return;
    }
    if (entry.id !== compiled.id || entry.wave !== wave || entry.deletionPolicy !== compiled.deletionPolicy) {
      const noted = context.inventory.get(one.key) ?? entry;
      context.inventory.set(one.key, { ...noted, id: compiled.id, wave, deletionPolicy: compiled.deletionPolicy });
    }
  }

  private entryOf(
    one: Wanted,
    fact: ChildFact,
    previous: InventoryEntry | undefined,
    context: WalkContext,
  ): InventoryEntry {
    const { compiled, object } = one;
    const unchanged = previous?.uid === fact.uid && previous.hash === one.hash;
    const appliedAt = unchanged ? previous.appliedAt : new Date(this.now()).toISOString().replace(/\.\d{3}Z$/, "Z");
    return {
      id: compiled.id,
      apiVersion: object.apiVersion,
      kind: object.kind,
      ...(fact.namespace === undefined ? {} : { namespace: fact.namespace }),
      name: fact.name,
      uid: fact.uid,
      deletionPolicy: compiled.deletionPolicy,
      ...(compiled.creationPolicy === "Once" ? { createdOnce: true } : {}),
      wave: context.graph.wave(compiled.id),
      hash: one.hash,
      ownedHash: fact.ownedHash,
      ...(appliedAt === undefined ? {} : { appliedAt }),
      ...(unchanged && previous.readyOnce === true ? { readyOnce: true } : {}),
    };
  }
}

function requestOf(
  one: Wanted,
  entry: InventoryEntry | undefined,
  child: ChildFact | undefined,
  { node }: WalkContext,
): WriteRequest {
  const { resource, compiled, object, secretive } = one;
  return { resource, compiled, desired: object, node, entry, secretive, uid: child?.uid };
}

/** What the node has: a namespace or a kind that has come with it may be what was missing. */
function written(inventory: ReadonlyMap<string, InventoryEntry>): string {
  return [...inventory.values()]
    .map(({ uid, hash, readyOnce }) => `${uid}${hash}${String(readyOnce)}`)
    .sort()
    .join();
}

/** What an object has only once it runs is in the API server's answer, defaults included. */
function idlePaths({ compiled, object }: Wanted, live: KubernetesObject): string[] {
  return compiled.ignoreFields
    .filter(path => matches(object, path).length === 0 && matches(live, path).length === 0)
    .map(
      ({ text }) =>
        `ignoreFields ${JSON.stringify(text)} of resource ${compiled.id} matches nothing in ${live.kind} ${live.metadata.name ?? ""}: ` +
        "neither the form nor the cluster has such a field; check its spelling",
    );
}

/** @param opponent who holds which of our fields, in the API server's words */
function fightMessage(one: Wanted, opponent: string | undefined): string {
  const { namespace, name = "" } = one.object.metadata;
  return (
    `${one.object.kind} ${namespace === undefined ? name : `${namespace}/${name}`} is changed back again and again by something else than ` +
    `${FIELD_MANAGER}; it is left alone for a while, longer each time. Name the fields in ignoreFields, or stop the other side` +
    (opponent === undefined ? "" : `. Error: ${opponent}`)
  );
}

/** The recorded inventory by object. */
export function inventoryOf(entries: readonly InventoryEntry[]): Map<string, InventoryEntry> {
  return new Map(entries.map(entry => [entryKey(entry), entry]));
}

/** What is not written because the object stays as it is, or is on its way out, was no try. */
function count({ compiled }: Wanted, { state }: WriteResult, { node }: WalkContext): void {
  const write = { kind: compiled.gvk.kind, conflictPolicy: compiled.conflictPolicy };
  if (state === "kept" || state === "terminating") return;
  metrics.writes.attempted(write, state === "written" ? "success" : "error");
  if (state === "conflict") metrics.writes.conflicted(node, write);
}
