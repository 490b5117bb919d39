import { open, stat } from "node:fs/promises";
import { isPlainObject } from "../../lib/blueprint/object";
import { eventually } from "./eventually";
import { environmentDetails, type Scenario } from "./scenario";

/** One request that the operator made, as the API server's audit log tells it. */
export interface OperatorRequest {
  /** `get`, `list`, `watch`, `create`, `patch` … */
  readonly verb: string;
  readonly uri: string;
  readonly code: number;
  /** Whom the operator impersonated; undefined for its own identity. */
  readonly actingAs: string | undefined;
  /** Of a deletion: the one object that it may delete. */
  readonly uid?: string;
  /** When the API server received it, and when it had answered; RFC 3339 with microseconds, so that texts compare as times do. */
  readonly receivedAt: string;
  readonly answeredAt: string;
}

/** The operator, the specs and kubectl are the same user here; only the operator calls itself so. */
const AGENT = /^lynq\//;
const EVENT = /\/events\/[^/]+$/;

/** Waits until nothing more was asked for in the scenario while its hubs have read their tables a few times: what was to be done is done. */
export async function atRest(scenario: Scenario, within = scenario.namespace): Promise<void> {
  await eventually(async () => {
    const requests = await OperatorRequests.since(within);
    await scenario.afterSyncs();
    const made = await requests.made();
    if (made.length > 0) throw new Error(`the operator is not at rest: ${JSON.stringify(made)}`);
  });
}

/**
 * Requests of the operator since a moment. Where specs run side by side, pass the scenario's namespace: only requests whose path names it are told
 * (names of objects outside of it start with it by custom, too).
 */
export class OperatorRequests {
  private constructor(
    private readonly path: string,
    private readonly offset: number,
    private readonly within: string,
    private readonly agent: RegExp,
    private readonly startedAt = Date.now(),
  ) {}

  /**
   * From now on.
   *
   * @param within part of the path; everything when left out
   * @param agent whose requests; the operator's when left out
   */
  static async since(within = "", agent = AGENT): Promise<OperatorRequests> {
    const path = environmentDetails().auditLogPath;
    if (path === undefined) throw new Error("the environment's API server writes no audit log");
    return new OperatorRequests(path, (await stat(path)).size, within, agent);
  }

  /**
   * Everything but watches, which a quiet operator keeps and renews, and but how often an event was told, which is written a minute after it was told
   * again.
   */
  async made(): Promise<OperatorRequest[]> {
    return (await this.all()).filter(({ verb, uri }) => verb !== "watch" && !(verb === "patch" && EVENT.test(uri)));
  }

  /** Those of them that change something. */
  async writes(): Promise<OperatorRequest[]> {
    return (await this.made()).filter(({ verb }) => verb !== "get" && verb !== "list");
  }

  /** Those of them that are work: an election is none. */
  async work(): Promise<OperatorRequest[]> {
    return (await this.writes()).filter(({ uri }) => !uri.includes("/coordination.k8s.io/"));
  }

  /** How often what is refused may have been asked for by now: at once, and again after 10 s, 20 s more, 40 s more … 5 minutes at most. */
  mostAttempts(): number {
    const elapsed = Date.now() - this.startedAt;
    let attempts = 0;
    for (let at = 0, wait = 10_000; at <= elapsed; at += wait, wait = Math.min(2 * wait, 300_000)) attempts++;
    return attempts;
  }

  private async all(): Promise<OperatorRequest[]> {
    const file = await open(this.path, "r");
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(
        Buffer.alloc(size - this.offset),
        0,
        size - this.offset,
        this.offset,
      );
      const lines = buffer.subarray(0, bytesRead).toString("utf8").split("\n");
      // What follows the last line break is a line that is being written.
      return lines
        .slice(0, -1)
        .flatMap(line => requestOf(line, this.agent))
        .filter(({ uri }) => uri.includes(this.within));
    } finally {
      await file.close();
    }
  }
}

function requestOf(line: string, agent: RegExp): OperatorRequest[] {
  const event: unknown = JSON.parse(line);
  if (!isPlainObject(event)) return [];
  const { verb, requestURI, userAgent, responseStatus, impersonatedUser, requestObject } = event;
  const { requestReceivedTimestamp, stageTimestamp } = event;
  if (typeof userAgent !== "string" || !agent.test(userAgent)) return [];
  const code = isPlainObject(responseStatus) ? Number(responseStatus["code"]) : 0;
  const actingAs = isPlainObject(impersonatedUser) ? String(impersonatedUser["username"]) : undefined;
  const preconditions = isPlainObject(requestObject) ? requestObject["preconditions"] : undefined;
  const uid = isPlainObject(preconditions) ? preconditions["uid"] : undefined;
  return [
    {
      ...{ verb: String(verb), uri: String(requestURI), code, actingAs },
      ...(typeof uid === "string" && { uid }),
      receivedAt: String(requestReceivedTimestamp),
      answeredAt: String(stageTimestamp),
    },
  ];
}
