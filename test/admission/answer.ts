import { expect } from "@jest/globals";
import { type Manifest, type Scenario } from "../environment/scenario";

/** The lines with which the webhook refuses what kubectl applies; an object that was not there is not stored. */
export async function refusal(scenario: Scenario, manifest: Manifest, args: readonly string[] = []): Promise<string[]> {
  const name = String(manifest.metadata?.["name"]);
  const before = await scenario.find(manifest.apiVersion, manifest.kind, name);
  const { code, stderr } = await scenario.kubectl(["apply", ...args, "-f", "-"], JSON.stringify(manifest));
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
  const { code, stderr } = await scenario.kubectl(["apply", ...args, "-f", "-"], JSON.stringify(manifest));
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
