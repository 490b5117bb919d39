import { isPlainObject } from "../../blueprint/object";
import { type ApiClient } from "../../cluster";
import { LOOKUP_MS, messageOf } from "./review";

const SELF_REVIEWS = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
/** After a failure, so that a broken API server is not asked again by every write of a node. */
const RETRY_MS = 30_000;

/**
 * As whom the operator writes: the users of LYNQ_OPERATOR_USERS, or whoever the API server takes this process for, since webhooks and
 * operator run as one ServiceAccount. Asked once.
 */
export class OperatorUsers {
  private asked: Promise<ReadonlySet<string>> | undefined;
  private failed: { readonly at: number; readonly error: Error } | undefined;

  constructor(
    private readonly client: Pick<ApiClient, "request">,
    private readonly given: readonly string[] | undefined,
  ) {}

  /** @throws Error when nobody can tell */
  async includes(username: string): Promise<boolean> {
    return (await this.known()).has(username);
  }

  private known(): Promise<ReadonlySet<string>> {
    if (this.given !== undefined) return Promise.resolve(new Set(this.given));
    if (this.failed !== undefined && Date.now() - this.failed.at < RETRY_MS) return Promise.reject(this.failed.error);
    this.asked ??= this.ask().catch((error: unknown) => {
      this.asked = undefined;
      this.failed = { at: Date.now(), error: new Error(messageOf(error)) };
      throw this.failed.error;
    });
    return this.asked;
  }

  private async ask(): Promise<ReadonlySet<string>> {
    const body = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
    const answer = await this.client.request("POST", SELF_REVIEWS, {
      body,
      idempotent: true,
      signal: AbortSignal.timeout(LOOKUP_MS),
    });
    const status = isPlainObject(answer) ? answer["status"] : undefined;
    const user = isPlainObject(status) ? status["userInfo"] : undefined;
    const username = isPlainObject(user) ? user["username"] : undefined;
    if (typeof username !== "string") throw new Error("the API server does not tell who we are");
    return new Set([username]);
  }
}
