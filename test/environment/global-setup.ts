import { startEnvironment, type Environment } from "../../hack/environment";
import { plant } from "../../hack/planted";
import { serveEnvironment } from "../../hack/remote-control";

declare global {
  var lynqEnvironment: Environment | undefined;
}

/** Starts a control plane, a MariaDB and the operator for all specs of one run, unless the caller has (`npm run test:twice`). */
export default async function globalSetup(): Promise<void> {
  if (process.env.LYNQ_TEST_ENVIRONMENT !== undefined) return;
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const environment = await startEnvironment({
    log,
    withOperator: true,
    audit: true,
    // All that may ever be logged is searched for planted values in the end.
    operatorEnv: { LOG_LEVEL: process.env.LYNQ_TEST_LOG_LEVEL ?? "debug" },
  });
  globalThis.lynqEnvironment = environment;
  for (const token of [environment.controlPlane.adminToken, environment.controlPlane.operatorToken])
    plant(environment.folder, token);
  process.env.LYNQ_TEST_ENVIRONMENT = JSON.stringify(await serveEnvironment(environment));
}
