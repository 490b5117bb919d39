import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ensureHelm } from "../../hack/cluster/binaries";
import { helmOn } from "../../hack/cluster/helm";
import { Scenario } from "../environment/scenario";
import { Customer, describeTakeover, exampleFolder } from "../environment/takeover";

/** Building helm, once on a machine. */
const BUILD_MS = 900_000;

const chart = join(exampleFolder, "chart");
let helmPath: string;

beforeAll(async () => {
  helmPath = await ensureHelm(line => process.stderr.write(`${line}\n`));
}, BUILD_MS);

/** @throws Error with helm's words */
async function helm({ scenario, uid }: Customer, ...args: readonly string[]): Promise<string> {
  const { kubeconfigPath, folder } = scenario.environment.details;
  const run = helmOn(helmPath, kubeconfigPath, join(folder, `helm-${uid}`));
  const { code, stdout, stderr } = await run([`--namespace=${uid}`, ...args]);
  if (code !== 0) throw new Error(`helm ${args.join(" ")}: ${stderr.trim()}`);
  return stdout + stderr;
}

const install = (customer: Customer, replicas: number, ...options: readonly string[]) =>
  helm(
    customer,
    ...["upgrade", "--install", "acme-release", chart, `--set=customer=${customer.uid},replicas=${replicas}`],
    ...options,
  );

const releases = (customer: Customer) => helm(customer, "list", "--short");

describeTakeover({
  how: "Helm 4 applies, and uninstalls with everything kept",
  manager: "helm",
  install: async (customer, replicas) => {
    await install(customer, replicas);
  },
  letGo: async customer => {
    await helm(customer, "upgrade", "acme-release", chart, "--reuse-values", "--set=keep=true");
    expect(await helm(customer, "uninstall", "acme-release")).toContain("kept due to the resource policy");
    expect(await releases(customer)).toMatch(/^\s*$/);
  },
});

describeTakeover({
  how: "Helm patches, as Helm 3 does, and forgets with its Secret",
  manager: "helm",
  install: async (customer, replicas) => {
    await install(customer, replicas, "--server-side=false");
  },
  letGo: async customer => {
    await customer.kubectl(["delete", "secret", "-l", "owner=helm,name=acme-release"]);
    expect(await releases(customer)).toMatch(/^\s*$/);
  },
});

/** Why docs/migration.md warns of it, though the article names it as a way to let go. */
describe("helm uninstall --keep-history, without the resource policy", () => {
  let scenario: Scenario;

  beforeAll(async () => {
    scenario = await Scenario.open("helm-history");
  });

  afterAll(() => scenario.close());

  it("deletes what the release has: it keeps the history, and nothing else", async () => {
    const uid = `${scenario.namespace}-acme`;
    const customer = new Customer(scenario, uid);
    await scenario.createNamespace(uid);
    await install(customer, 1);
    await scenario.get("apps/v1", "Deployment", `${uid}-app`, uid);
    await helm(customer, "uninstall", "acme-release", "--keep-history");
    await scenario.gone("apps/v1", "Deployment", `${uid}-app`, uid);
    await scenario.gone("v1", "ConfigMap", `${uid}-settings`, uid);
    expect(await helm(customer, "list", "--uninstalled", "--short")).toContain("acme-release");
  });
});
