import { readdirSync } from "node:fs";
import { join } from "node:path";

import { type Cluster, mustKubectl } from "../cluster/cluster";

const apply = ["apply", "--server-side", "--force-conflicts", "--field-manager=lynq-install", "--output=name"];

const lines = (text: string) => text.split("\n").filter(Boolean);

function manifestPaths(folder: string): readonly string[] {
  const crds = join(folder, "crds");
  const files = readdirSync(crds).filter(name => name.endsWith(".yaml"));
  return [join(__dirname, "prerequisites.yaml"), ...files.map(name => join(crds, name))];
}

/**
 * Creates what the module needs before it starts: Pepr's namespace and store, and the CRDs of `folder`/crds, Established.
 *
 * @returns what was not there before, as `kind.group/name`.
 */
export async function installPrerequisites(cluster: Cluster, folder: string): Promise<readonly string[]> {
  const files = manifestPaths(folder).flatMap(path => ["-f", path]);
  const before = lines(await mustKubectl(cluster, ["get", "--ignore-not-found", "--output=name", ...files]));
  const applied = lines(await mustKubectl(cluster, [...apply, ...files]));
  const definitions = applied.filter(name => name.startsWith("customresourcedefinition"));
  await mustKubectl(cluster, ["wait", "--for=condition=Established", "--timeout=180s", ...definitions]);
  return applied.filter(name => !before.includes(name));
}

/** Removes what {@link installPrerequisites} created; with a CRD go all objects of its kind, so the operator must still run for their finalizers. */
export async function removePrerequisites(cluster: Cluster, created: readonly string[]): Promise<void> {
  if (created.length > 0) await mustKubectl(cluster, ["delete", "--ignore-not-found", ...created]);
}
