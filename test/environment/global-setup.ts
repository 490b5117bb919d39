import { startEnvironment, type Environment } from "../../hack/environment";
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
    ...(process.env.LYNQ_TEST_LOG_LEVEL === undefined
      ? {}
      : { operatorEnv: { LOG_LEVEL: process.env.LYNQ_TEST_LOG_LEVEL } }),
  });
  globalThis.lynqEnvironment = environment;
  process.env.LYNQ_TEST_ENVIRONMENT = JSON.stringify(await serveEnvironment(environment));
}
