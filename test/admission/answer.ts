import { expect } from "@jest/globals";
import { eventually } from "../environment/eventually";
import { type Manifest, type Scenario } from "../environment/scenario";

/** A check that had no time left is a warning that says so (docs/admission.md): what it would have found, an idle machine tells. */
const NO_TIME =
  /gave no answer within|no answer within|there was no time left|no row could be tried in time|due to timeout/;

/** `kubectl apply`. What stores nothing is asked again until every check had its time. */
async function applied(scenario: Scenario, manifest: Manifest, args: readonly string[]) {
  return await eventually(async () => {
    const { code, stderr } = await scenario.kubectl(["apply", ...args, "-f", "-"], JSON.stringify(manifest));
    if ((code !== 0 || args.includes("--dry-run=server")) && NO_TIME.test(stderr)) throw new Error(stderr);
    return { code, stderr };
  });
}

/** The lines with which the webhook refuses what kubectl applies; an object that was not there is not stored. */
export async function refusal(scenario: Scenario, manifest: Manifest, args: readonly string[] = []): Promise<string[]> {
  const name = String(manifest.metadata?.["name"]);
  const before = await scenario.find(manifest.apiVersion, manifest.kind, name);
  const { code, stderr } = await applied(scenario, manifest, args);
  expect(code).not.toBe(0);
  const after = await scenario.find(manifest.apiVersion, manifest.kind, name);
  expect(after?.metadata.generation).toBe(before?.metadata.generation);
  return refusedWith(stderr);
}

/** The lines of a refusal in what kubectl says, warnings aside. */
export function refusedWith(stderr: string): string[] {
  const [, said] = /denied the request: ([\s\S]*)/.exec(stderr) ?? [];
  if (said === undefined) throw new Error(`the webhook refused nothing; kubectl says: ${stderr}`);
  return said.trim().split("\n");
}

/** The warnings with which the webhook lets pass what kubectl applies. */
export async function warnings(
  scenario: Scenario,
  manifest: Manifest,
  args: readonly string[] = [],
): Promise<string[]> {
  const { code, stderr } = await applied(scenario, manifest, args);
  if (code !== 0) throw new Error(`kubectl apply: ${stderr.trim()}`);
  return stderr
    .trim()
    .split("\n")
    .flatMap(line => (line.startsWith("Warning: ") ? [line.slice("Warning: ".length)] : []));
}

/** A ConfigMap as a form lists it, with a name that depends on the row. */
export const configMap = (id: string, data: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
  id,
  nameTemplate: `{{ .uid | lower | replace "_" "-" }}-${id}`,
  spec: { apiVersion: "v1", kind: "ConfigMap", data },
  ...more,
});
