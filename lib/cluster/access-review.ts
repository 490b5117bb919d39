/** Asks the API server what somebody may do. */

import { isPlainObject } from "../blueprint/object";
import { type ApiClient } from "./client";
import { systemClock, type Clock } from "./clock";
import { UnexpectedResponseError } from "./errors";

/** Who asks, as an AdmissionReview has it. */
export interface RequestingUser {
  readonly username: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export interface ResourceAttributes {
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
  /** Undefined: every namespace, or a kind of the cluster. */
  readonly namespace: string | undefined;
  /** Undefined: every name. */
  readonly name: string | undefined;
}

export interface AccessReviewsOptions {
  /** An allowed request is not asked for again for so long, in milliseconds; a refused one always is. Default 10,000. */
  readonly keepMs?: number;
  readonly clock?: Clock;
}

const PATH = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
/** Answers kept at most. */
const KEPT = 2_000;

/** SubjectAccessReviews: whatever authorizes the cluster's requests answers, not RBAC alone. */
export class AccessReviews {
  /** When each of the requests was allowed, the oldest first. */
  private readonly allowed = new Map<string, number>();
  private readonly keepMs: number;
  private readonly clock: Clock;

  constructor(
    private readonly client: Pick<ApiClient, "request">,
    options: AccessReviewsOptions = {},
  ) {
    this.keepMs = options.keepMs ?? 10_000;
    this.clock = options.clock ?? systemClock;
  }

  /** @throws ApiError, ConnectionError, UnexpectedResponseError when it is not known; the signal's reason when it is aborted */
  async isAllowed(user: RequestingUser, attributes: ResourceAttributes, signal: AbortSignal): Promise<boolean> {
    const spec = {
      user: user.username,
      ...(user.uid === undefined || user.uid === "" ? {} : { uid: user.uid }),
      groups: user.groups ?? [],
      extra: user.extra ?? {},
      resourceAttributes: attributes,
    };
    const key = JSON.stringify(spec);
    const since = this.allowed.get(key);
    if (since !== undefined && this.clock.now() - since < this.keepMs) return true;
    this.allowed.delete(key);
    const answer = await this.client.request("POST", PATH, {
      body: { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", spec },
      // Nothing is made: it may be asked again.
      idempotent: true,
      resource: "subjectaccessreviews",
      signal,
    });
    const status = isPlainObject(answer) ? answer["status"] : undefined;
    if (!isPlainObject(status) || typeof status["allowed"] !== "boolean") {
      throw new UnexpectedResponseError("the SubjectAccessReview was answered without status.allowed");
    }
    if (status["allowed"]) this.keep(key);
    return status["allowed"];
  }

  private keep(key: string): void {
    this.allowed.set(key, this.clock.now());
    const [oldest] = this.allowed.keys();
    if (this.allowed.size > KEPT && oldest !== undefined) this.allowed.delete(oldest);
  }
}
