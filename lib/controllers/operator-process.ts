import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { version } from "../../package.json";
import { loadConnection } from "../cluster";
import { connectCluster } from "./cluster";
import { Election } from "./election";
import { log, loggable } from "./log";
import { Operator } from "./operator";
import { operatorSettings } from "./settings";

let running: Operator | undefined;

/** The operator of this process; started by the first watch event, so that loading the module has no side effects. */
export function operator(): Operator {
  if (running === undefined) {
    const started = build();
    running = started;
    endInOrder(() => started.stop());
    running.start().catch((error: unknown) => {
      log.fatal({ err: loggable(error) }, "the stores could not be filled");
      process.exitCode = 1;
    });
  }
  return running;
}

/** Webhooks of this process that are being answered may take so long, in milliseconds. */
const LAST_ANSWERS_MS = 10_000;

/**
 * Ends the work first, and lets everybody else have the signal then. Pepr 1.1.4 closes its server at once and exits when it is closed, in the middle of
 * whatever runs; and what runs may need this very server for its last writes.
 */
function endInOrder(stop: () => Promise<void>): void {
  const others = process.listeners("SIGTERM");
  process.removeAllListeners("SIGTERM");
  process.once("SIGTERM", signal => {
    log.info("ending: what runs comes to its end");
    stop()
      .catch((error: unknown) => {
        log.error({ err: loggable(error) }, "did not end in good order");
        process.exitCode = 1;
      })
      .finally(() => {
        log.info("ended");
        if (others.length === 0) process.exit();
        setTimeout(() => process.exit(), LAST_ANSWERS_MS).unref();
        for (const other of others) other(signal);
      });
  });
}

function build(): Operator {
  const settings = operatorSettings();
  const { enabled } = settings.election;
  if (!enabled) return new Operator(connectCluster(), settings, undefined);
  const connection = loadConnection();
  const identity = `${process.env["POD_NAME"] ?? hostname()}_${randomUUID()}`;
  // Audit logs tell several processes apart by it.
  const userAgent = `lynq/${version} (${identity})`;
  return new Operator(
    connectCluster(connection, { userAgent }),
    settings,
    new Election(connection, settings.election, identity, userAgent),
  );
}
