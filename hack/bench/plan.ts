import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { main } from "../../cli/lynq";
import { type FormResource, type LynqFormObject } from "../../crds";
import { isPlainObject, type KubernetesObject } from "../../lib/blueprint/object";
import { ApiClient, type ApiResource, Discovery, loadConnection, SchemaStore } from "../../lib/cluster";
import { inBatches } from "../../lib/controllers/in-batches";
import { FORMS, HUBS, NODES, toForm, toHub, toNode } from "../../lib/controllers/kinds";
import { nodeIdentity, renderContext } from "../../lib/controllers/node/node-context";
import { ResourcePreparer } from "../../lib/controllers/node/node-resources";
import { Revisions } from "../../lib/controllers/form/revisions";
import { FIELD_MANAGER } from "../../lib/metadata";
import { TemplateCache } from "../../lib/template";
import { type ControlPlane, startControlPlane } from "../cluster/control-plane";
import { installPrerequisites } from "../operator/prerequisites";
import { createScratch } from "../scratch";

const rows = 300;
/** Rounds of each side, in turns, of which the best counts: other work on the machine only adds. */
const rounds = 3;
/** What the client of the plan allows itself. */
const atOnce = 32;
const namespace = "default";

/** A form of a Deployment, a Service and a ConfigMap, as it is and as it would be. */
function formSpec(image: string): Record<string, FormResource[] | string> {
  const containers = [
    { name: "app", image, env: [{ name: "PLAN", value: "{{ .plan }}" }], ports: [{ containerPort: 80 }] },
  ];
  const resource = (id: string, spec: Record<string, unknown>): FormResource => ({
    id,
    nameTemplate: "{{ .uid }}",
    spec,
  });
  return {
    hubId: "hub",
    configMaps: [resource("settings", { apiVersion: "v1", kind: "ConfigMap", data: { plan: "{{ .plan }}", image } })],
    deployments: [
      resource("app", {
        apiVersion: "apps/v1",
        kind: "Deployment",
        spec: { replicas: 0, template: { spec: { containers } } },
      }),
    ],
    services: [
      resource("svc", {
        apiVersion: "v1",
        kind: "Service",
        metadata: { labels: { image: image.replace(":", "-") } },
        spec: { selector: { app: "{{ .uid }}" }, ports: [{ port: 80 }] },
      }),
    ],
  };
}

interface Request {
  readonly resource: ApiResource;
  readonly object: KubernetesObject;
}

/**
 * `npm run bench -- plan`: `lynq plan` of a changed form over many rows, against a bare loop of the same dry-run requests, as many at once, in one run.
 */
export async function benchPlan(): Promise<void> {
  const scratch = createScratch();
  const auditLogPath = join(scratch.path, "audit.log");
  try {
    const cluster = await startControlPlane({
      dataDir: join(scratch.path, "cluster"),
      log: console.error,
      auditLogPath,
    });
    try {
      await measure(cluster, auditLogPath, scratch.path);
    } finally {
      await cluster.stop();
    }
  } finally {
    scratch.remove();
  }
}

async function measure(cluster: ControlPlane, auditLogPath: string, folder: string): Promise<void> {
  await installPrerequisites(cluster, join(__dirname, "..", ".."));
  const connection = loadConnection({ kubeconfig: cluster.kubeconfigPath });
  const client = new ApiClient(connection, { userAgent: "lynq-bench", maxSockets: atOnce });
  try {
    const wanted = await setUp(client);
    const file = join(folder, "form.json");
    writeFileSync(file, JSON.stringify(manifest(formSpec("nginx:2"))));
    let bare = Infinity;
    let plan = Infinity;
    let planned = { patches: 0, all: 0 };
    for (let round = 0; round < rounds; round++) {
      bare = Math.min(bare, await timed(() => dryRuns(client, wanted)));
      const from = statSync(auditLogPath).size;
      plan = Math.min(plan, await timed(() => runPlan(cluster, file)));
      planned = requestsSince(auditLogPath, from);
    }
    console.log(
      `${rows} rows, ${wanted.length} objects that change; ${atOnce} requests at once; best of ${rounds} rounds`,
    );
    console.log(`bare loop  ${wanted.length} dry-run requests, ${bare.toFixed(0)} ms`);
    console.log(
      `lynq plan  ${planned.patches} dry-run requests and ${planned.all - planned.patches} others, ${plan.toFixed(0)} ms`,
    );
    console.log(`ratio      ${(plan / bare).toFixed(2)} (goal: 1.3 at most)`);
  } finally {
    client.close();
  }
}

/** Nodes and their objects, as an operator would have made them; answers the requests that a plan of the changed form makes. */
async function setUp(client: ApiClient): Promise<Request[]> {
  const hub = toHub(await client.create(HUBS, hubManifest()));
  const form = toForm(await client.create(FORMS, manifest(formSpec("nginx:1"))));
  const revisions = new Revisions(client, new TemplateCache(1000));
  const { name: formRevision, blueprint } = await revisions.current(form, hub);
  const changed: LynqFormObject = { ...form, spec: toForm(manifest(formSpec("nginx:2"))).spec };
  const preparer = new ResourcePreparer(new Discovery(client), new SchemaStore(client));
  const requests: Request[] = [];
  await inBatches(
    Array.from({ length: rows }, (_, index) => `row-${index}`),
    atOnce,
    async uid => {
      const values = { plan: "basic", activate: "1" };
      const node = toNode(
        await client.create(NODES, {
          apiVersion: hub.apiVersion,
          kind: "LynqNode",
          metadata: { namespace, name: `${uid}-web` },
          spec: { uid, templateRef: "web", hubId: "hub", formRevision, values },
        }),
      );
      const context = renderContext(nodeIdentity(node), Object.entries(values), undefined);
      const live = new Map<string, string | undefined>();
      for (const one of await preparer.prepare(blueprint, context, undefined)) {
        if (one.kind !== "wanted") throw new Error(JSON.stringify(one));
        const { object } = await client.apply(one.resource, one.object, { fieldManager: FIELD_MANAGER });
        live.set(one.key, object.metadata.uid);
      }
      for (const one of await preparer.prepare(revisions.planned(changed).blueprint, context, undefined)) {
        if (one.kind !== "wanted") throw new Error(JSON.stringify(one));
        const metadata = { ...one.object.metadata, uid: live.get(one.key) ?? "" };
        requests.push({ resource: one.resource, object: { ...one.object, metadata } });
      }
    },
  );
  return requests;
}

async function dryRuns(client: ApiClient, requests: readonly Request[]): Promise<void> {
  await inBatches(requests, atOnce, async ({ resource, object }) => {
    await client.apply(resource, object, { fieldManager: FIELD_MANAGER, force: true, dryRun: true });
  });
}

async function runPlan(cluster: ControlPlane, file: string): Promise<void> {
  let out = "";
  const code = await main(["plan", "-n", namespace, "-f", file, "-o", "json"], {
    stdin: Readable.from([]),
    stdout: { write: text => (out += text) },
    stderr: process.stderr,
    env: { KUBECONFIG: cluster.kubeconfigPath },
  });
  const plan: unknown = JSON.parse(out);
  const summary = isPlainObject(plan) && isPlainObject(plan["summary"]) ? plan["summary"] : {};
  const objects = isPlainObject(summary["objects"]) ? summary["objects"] : {};
  if (code !== 0 || objects["change"] !== rows * 3)
    throw new Error(`the plan is not what was expected: ${out.slice(0, 2000)}`);
}

function requestsSince(auditLogPath: string, from: number): { patches: number; all: number } {
  const lines = readFileSync(auditLogPath).subarray(from).toString("utf8").split("\n");
  const ours = lines.filter(line => line.includes('"userAgent":"lynq-cli'));
  return { all: ours.length, patches: ours.filter(line => line.includes("dryRun=All")).length };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - started) / 1e6;
}

function manifest(spec: Record<string, unknown>): KubernetesObject {
  return { apiVersion: "operator.lynq.sh/v1", kind: "LynqForm", metadata: { namespace, name: "web" }, spec };
}

function hubManifest(): KubernetesObject {
  const mysql = { host: "nowhere", port: 3306, database: "d", table: "t", username: "u" };
  return {
    apiVersion: "operator.lynq.sh/v1",
    kind: "LynqHub",
    metadata: { namespace, name: "hub" },
    spec: {
      source: { type: "mysql", mysql },
      valueMappings: { uid: "id", activate: "active" },
      extraValueMappings: { plan: "plan" },
    },
  };
}
