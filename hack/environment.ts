import { join } from "node:path";

import { type ControlPlane, startControlPlane } from "./cluster/control-plane";
import { ensureInstallation } from "./database/installation";
import { type Mariadb, startMariadb } from "./database/mariadb";
import { type Log } from "./log";
import { type Operator, startOperator } from "./operator/runtime";
import { createScratch } from "./scratch";

export interface EnvironmentOptions {
  readonly log: Log;
  /** Whether to build and run the operator too. */
  readonly withOperator: boolean;
  /** Variables for the operator. */
  readonly operatorEnv?: Readonly<Record<string, string>>;
  /** Whether the API server writes one JSON event a request to {@link Environment.auditLogPath}. */
  readonly audit?: boolean;
  /** What the audit log tells; every request when left out. */
  readonly auditPolicyPath?: string;
}

/** Everything that Lynq needs to run, private to this process and thrown away with it. */
export interface Environment {
  /** The folder of all data and logs. */
  readonly folder: string;
  readonly controlPlane: ControlPlane;
  readonly database: Mariadb;
  readonly operator: Operator | undefined;
  readonly auditLogPath: string | undefined;
  /** Ends every process and removes the folder. */
  stop(): Promise<void>;
}

/**
 * Starts a control plane, a MariaDB and, if wanted, the operator; ends all of them when one fails.
 *
 * @throws SetupError in one line when the machine lacks something.
 */
export async function startEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const { log } = options;
  const scratch = createScratch();
  const inside = (name: string) => join(scratch.path, name);
  const auditLogPath = options.audit === true ? inside("audit.log") : undefined;
  const ends: (() => Promise<void>)[] = [];
  const stop = async () => {
    // Everything is thrown away: what cannot end in good order is ended with this process.
    for (const end of ends.splice(0).reverse()) await end().catch(() => undefined);
    scratch.remove();
  };
  const started = async <T extends { stop(): Promise<void> }>(start: Promise<T>): Promise<T> => {
    const part = await start;
    ends.push(() => part.stop());
    return part;
  };
  try {
    // What the machine lacks is said before anything has started.
    await ensureInstallation(log);
    const [controlPlane, database] = await settled(
      started(
        startControlPlane({
          dataDir: inside("cluster"),
          log,
          ...(auditLogPath === undefined ? {} : { auditLogPath }),
          ...(options.auditPolicyPath === undefined ? {} : { auditPolicyPath: options.auditPolicyPath }),
        }),
      ),
      started(startMariadb({ dataDir: inside("database"), log })),
    );
    const operator = options.withOperator
      ? await started(
          startOperator({
            cluster: controlPlane,
            dataDir: inside("operator"),
            log,
            ...(options.operatorEnv === undefined ? {} : { env: options.operatorEnv }),
          }),
        )
      : undefined;
    return { folder: scratch.path, controlPlane, database, operator, auditLogPath, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Both results; a failure is thrown only when the other start is over too, so that it can be ended. */
async function settled<A, B>(first: Promise<A>, second: Promise<B>): Promise<readonly [A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}
