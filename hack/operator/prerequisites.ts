import { readdirSync } from "node:fs";
import { join } from "node:path";

import { type Cluster, mustKubectl } from "../cluster/cluster";

const apply = ["apply", "--server-side", "--force-conflicts", "--field-manager=lynq-install", "-o", "name"];

/** Creates what the module needs before it starts: Pepr's namespace and store, and the CRDs of `folder`/crds, Established. */
export async function installPrerequisites(cluster: Cluster, folder: string): Promise<void> {
  const crds = join(folder, "crds");
  const files = readdirSync(crds)
    .filter(name => name.endsWith(".yaml"))
    .map(name => join(crds, name));
  const paths = [join(__dirname, "prerequisites.yaml"), ...files];
  const applied = await mustKubectl(cluster, [...apply, ...paths.flatMap(path => ["-f", path])]);
  const definitions = applied.split("\n").filter(name => name.startsWith("customresourcedefinition"));
  await mustKubectl(cluster, ["wait", "--for=condition=Established", "--timeout=30s", ...definitions]);
}
