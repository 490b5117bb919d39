import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Operator, startOperator } from "../../hack/operator/runtime";
import { assertSilent } from "../../hack/planted";
import { OperatorRequests } from "./operator-requests";
import { type Scenario } from "./scenario";

/** One of several operators of a spec, beside the one that all specs share; it answers no webhooks. */
export class Replica {
  private constructor(
    readonly name: string,
    private readonly operator: Operator,
    private readonly folder: string,
    private readonly environmentFolder: string,
  ) {}

  /** @param name tells its requests in the audit log, and starts its identity in the Lease */
  static async start(scenario: Scenario, name: string, env: Readonly<Record<string, string>>): Promise<Replica> {
    const folder = mkdtempSync(join(tmpdir(), `lynq-${name}-`));
    const operator = await startOperator({
      cluster: scenario.environment.cluster,
      dataDir: folder,
      log: () => undefined,
      withWebhooks: false,
      env: { POD_NAME: name, LYNQ_LEASE_NAMESPACE: scenario.namespace, ...env },
    });
    return new Replica(name, operator, folder, scenario.environment.details.folder);
  }

  /** SIGTERM; it ends in good order. */
  stop(): Promise<void> {
    return this.operator.stop();
  }

  /** SIGKILL. */
  kill(): Promise<void> {
    return this.operator.kill();
  }

  start(): Promise<void> {
    return this.operator.start();
  }

  /** Stops it where it stands, and lets it go on. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    if (this.operator.pid === undefined) throw new Error(`${this.name} does not run`);
    process.kill(this.operator.pid, signal);
  }

  get log(): string {
    return readFileSync(this.operator.logPath, "utf8");
  }

  /** Its requests from now on. */
  requests(within = ""): Promise<OperatorRequests> {
    return OperatorRequests.since(within, agentOf(this.name));
  }

  /** Ends it however it is, and removes what it wrote. @throws Error when its log tells a planted value */
  async remove(): Promise<void> {
    if (this.operator.pid !== undefined) this.signal("SIGCONT");
    await this.operator.kill();
    try {
      assertSilent(this.environmentFolder, this.operator.logPath);
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}

/** How a process whose `POD_NAME` is this calls itself. */
export function agentOf(name: string): RegExp {
  return new RegExp(`^lynq/\\S+ \\(${name}_`);
}
