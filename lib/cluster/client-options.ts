/** What callers of the API client may say, and what it tells them back. */

import { type KubernetesObject } from "../blueprint/object";
import { type Clock } from "./clock";
import { type Priority } from "./concurrency-limit";
import { type RetryPolicy } from "./retry";
import { type WritePermit } from "./write-permit";

/** As metrics name them; `patch` is a merge or JSON patch. */
export type Verb = "get" | "list" | "watch" | "create" | "apply" | "patch" | "update" | "delete";

/** One HTTP exchange, retries counted one by one. */
export interface RequestObservation {
  readonly verb: Verb;
  /** Plural of the resource; empty for discovery and the like. */
  readonly resource: string;
  /** HTTP status code, or the code of the ConnectionError. */
  readonly code: number | string;
  readonly durationMs: number;
}

export interface ApiClientOptions {
  /** Connections for everything but watches, and so requests at once. Default 64. */
  readonly maxSockets?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** Milliseconds for one try of one request. Default 30,000. */
  readonly timeoutMs?: number;
  readonly userAgent?: string;
  /** Who goes first where requests wait for a place. Default `urgent`. */
  readonly priority?: Priority;
  /** Asked before every write; without one, everything may be written. */
  readonly permit?: WritePermit;
  /** Called after every exchange; the place for counters. */
  readonly observe?: (observation: RequestObservation) => void;
  readonly clock?: Clock;
  readonly random?: () => number;
}

export type QueryValue = string | number | boolean | undefined;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

export interface RequestOptions extends CallOptions {
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  /** Whether a second try after a broken connection is harmless. Default: every method but POST. */
  readonly idempotent?: boolean;
  readonly verb?: Verb;
  /** Plural for the observation. */
  readonly resource?: string;
}

export interface WriteOptions extends CallOptions {
  readonly fieldManager?: string;
  readonly fieldValidation?: "Ignore" | "Warn" | "Strict";
  /** Nothing is stored; the answer is what would be. */
  readonly dryRun?: boolean;
  /** `status`, `scale`, ... */
  readonly subresource?: string;
}

export interface ApplyOptions extends WriteOptions {
  readonly fieldManager: string;
  /** Take fields over from other managers instead of failing with a conflict. */
  readonly force?: boolean;
}

export interface ApplyResult {
  readonly object: KubernetesObject;
  /** True when the object did not exist before (201). */
  readonly created: boolean;
}

export interface ListOptions extends CallOptions {
  /** All namespaces when absent. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Objects per page. Default 500. */
  readonly limit?: number;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: "Exact" | "NotOlderThan";
  /** Metadata only: no spec, no status. */
  readonly metadataOnly?: boolean;
}

export interface WatchOptions extends CallOptions {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly resourceVersion: string;
  /** Seconds after which the server closes the watch. */
  readonly timeoutSeconds: number;
  readonly metadataOnly?: boolean;
}

export interface DeleteOptions extends CallOptions {
  /** Delete only the object that has this uid, and this revision. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly propagationPolicy?: "Orphan" | "Background" | "Foreground";
  readonly gracePeriodSeconds?: number;
  readonly dryRun?: boolean;
}
