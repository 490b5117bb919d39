import { assertSilent } from "../../hack/planted";

/** @throws Error when the operator's log tells a value that a spec has planted */
export default async function globalTeardown(): Promise<void> {
  const environment = globalThis.lynqEnvironment;
  if (environment?.operator === undefined) return;
  try {
    const { bytes, values } = assertSilent(environment.folder, environment.operator.logPath);
    process.stderr.write(`none of ${values} planted values is in the operator's log of ${bytes} B\n`);
  } finally {
    await environment.stop();
  }
}
