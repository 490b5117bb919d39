import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { configMap } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { runLynq } from "../environment/lynq";
import { OperatorRequests } from "../environment/operator-requests";
import { type Manifest, Scenario } from "../environment/scenario";

let scenario: Scenario;
/** Namespace of the customer who is to be taken over. */
let acme: string;

const lynq = (...args: string[]) => runLynq(scenario, args, { env: { MYSQL_PWD: scenario.database.password } });

async function applyAs(manager: string, namespace: string, manifest: Manifest): Promise<void> {
  const args = [`--namespace=${namespace}`, "apply", "--server-side", `--field-manager=${manager}`, "-f", "-"];
  const { code, stderr } = await scenario.kubectl(args, JSON.stringify(manifest));
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr.trim()}`);
}

const app = (replicas: unknown, uid: string, image = "nginx:1.27"): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  spec: {
    replicas,
    selector: { matchLabels: { app: uid } },
    template: { metadata: { labels: { app: uid } }, spec: { containers: [{ name: "app", image }] } },
  },
});
const HELM = {
  "meta.helm.sh/release-name": "acme-release",
  "meta.helm.sh/release-namespace": "shop",
};

const place = (id: string, spec: Manifest, more: Record<string, unknown> = {}) => ({
  id,
  nameTemplate: `{{ .uid }}-${id}`,
  targetNamespace: "{{ .uid }}",
  deletionPolicy: "Retain",
  spec,
  ...more,
});

beforeAll(async () => {
  scenario = await Scenario.open("adopt");
  acme = `${scenario.namespace}-acme`;
  await scenario.createNamespace(acme);
  await scenario.sql(
    "CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, replicas INT, token VARCHAR(20))",
  );
  await scenario.sql("INSERT INTO nodes VALUES (?, 0, 5, 's3cr3t')", [acme]);
  await scenario.hub({ extra: { replicas: "replicas", token: "token" }, spec: { sensitiveValues: ["token"] } });

  await applyAs("helm", acme, {
    ...app(5, acme),
    metadata: { name: `${acme}-app`, annotations: HELM, labels: { team: "blue" } },
  });
  await eventually(async () => {
    const { status } = await scenario.get("apps/v1", "Deployment", `${acme}-app`, acme);
    expect(status).toMatchObject({ replicas: 5 });
  });
  await applyAs("helm", acme, {
    ...configMap({ key: "value" }),
    metadata: { name: `${acme}-settings`, annotations: HELM },
  });
  await applyAs("helm", acme, { ...configMap({ token: "0ld-t0ken" }), metadata: { name: `${acme}-token` } });
  await applyAs("terraform", acme, { ...configMap(), metadata: { name: `${acme}-cach` } });
  await applyAs("terraform", acme, {
    ...configMap({ year: "1" }),
    immutable: true,
    metadata: { name: `${acme}-frozen` },
  });
  await scenario.form("web", {
    deployments: [place("app", app(2, "{{ .uid }}", "nginx:1.28"), { deletionPolicy: "Delete" })],
    configMaps: [
      place("settings", configMap({ key: "value" })),
      place("token", configMap({ token: "{{ .token }}" })),
      place("cache", configMap()),
      place("frozen", { ...configMap({ year: "2" }), immutable: true }),
      place("shared", configMap()),
    ],
  });
  // Another node has one of the objects already.
  await scenario.sql("CREATE TABLE others (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, token VARCHAR(20))");
  await scenario.sql("INSERT INTO others VALUES ('shared', 1, 'hush-hush')");
  await scenario.hub({
    name: "other",
    table: "others",
    extra: { token: "token" },
    spec: { sensitiveValues: ["token"] },
  });
  const spec = configMap({ token: "{{ .token }}" });
  await scenario.form(
    "other",
    { configMaps: [{ id: "shared", nameTemplate: `${acme}-{{ .uid }}`, targetNamespace: acme, spec }] },
    "other",
  );
  await scenario.ready("shared-other");
});

afterAll(() => scenario.close());

describe("lynq adopt", () => {
  const give = () => ["--set", "replicas=5", "--set", "token=s3cr3t"];

  it("tells for each object whose it is, what differs, and what either policy would do; and what comes next", async () => {
    const { code, out, err } = await lynq("adopt", "web", "--uid", acme, ...give());
    expect(err).toBe("");
    expect(out).toBe(
      [
        `row ${acme}: LynqNode ${scenario.namespace}/${acme}-web, which does not exist yet`,
        "",
        `  Deployment ${acme}/${acme}-app (app): exists, managed by "helm"`,
        '    fields   held by "helm" (5)',
        "    same     3 fields",
        '    differs  .spec.replicas: 5 → 2, held by "helm"',
        '    differs  .spec.template.spec.containers[name="app"].image: "nginx:1.27" → "nginx:1.28", held by "helm"',
        '    Stuck    stops: Apply failed with 2 conflicts: conflict with "helm" using apps/v1: .spec.replicas, .spec.template.spec.containers[name="app"].image',
        "    Force    changes 2 fields, restarts 5 pods",
        "",
        `  ConfigMap ${acme}/${acme}-settings (settings): exists, managed by "helm"`,
        '    fields   held by "helm" (1)',
        "    same     1 field",
        '    Stuck    stops: the object exists and is managed by "helm"; its values agree, but it is not Lynq\'s',
        "    Force    takes it as it is, restarts no pod",
        "",
        `  ConfigMap ${acme}/${acme}-token (token): exists, managed by "helm"`,
        '    fields   held by "helm" (1)',
        "    same     0 fields",
        '    differs  .data.token: *** → ***, held by "helm"',
        '    Stuck    stops: Apply failed with 1 conflict: conflict with "helm" using v1: .data.token',
        "    Force    changes 1 field, restarts no pod",
        "",
        `  ConfigMap ${acme}/${acme}-cache (cache): does not exist: it would be made`,
        "",
        `  ConfigMap ${acme}/${acme}-frozen (frozen): exists, managed by "terraform"`,
        '    fields   held by "terraform" (2)',
        '    Stuck    stops: Apply failed with 1 conflict: conflict with "terraform" using v1: .data.year',
        `    Force    cannot: a field of it is immutable; delete the object, and it is made anew as the form says: ConfigMap "${acme}-frozen" is invalid: data: Forbidden: field is immutable when \`immutable\` is set`,
        "",
        `  ConfigMap ${acme}/${acme}-shared (shared): exists, LynqNode ${scenario.namespace}/shared-other's`,
        '    fields   held by "lynq" (0)',
        `    Stuck    stops: LynqNode ${scenario.namespace}/shared-other already manages this object; two nodes cannot write one object`,
        `    Force    stops, too: LynqNode ${scenario.namespace}/shared-other already manages this object; two nodes cannot write one object`,
        "",
        "Next:",
        `  1. cache: there is no ConfigMap ${acme}-cache; did you mean ${acme}-cach? Set nameTemplate so that it renders that name, or a second object is made beside it`,
        "  2. shared: another LynqNode has it, and Force does not take it; give the object another name, or let that node go first",
        "  3. frozen: make the form say what the object has in its immutable fields; else it has to be deleted and made anew",
        '  4. app: decide on .spec.replicas, .spec.template.spec.containers[name="app"].image: make the form or the row say what runs, leave it to others with ignoreFields, or accept the new value',
        "  5. token: decide on .data.token: make the form or the row say what runs, leave it to others with ignoreFields, or accept the new value",
        "  6. app: set deletionPolicy: Retain until the migration has settled",
        "  7. Helm has it in release acme-release: kubectl delete secret -n shop -l owner=helm,name=acme-release makes Helm forget the release and keeps the objects; helm uninstall deletes them, with --keep-history, too, unless the chart says helm.sh/resource-policy: keep",
        "  8. app, settings, token: set conflictPolicy: Force, apply the form, and set it back to Stuck when the node is ready",
        "",
        "",
      ].join("\n"),
    );
    expect(code).toBe(1);
  });

  it("tells of a node that has everything that nothing is in the way", async () => {
    const { code, out } = await lynq("adopt", "other", "--uid", "shared");
    expect(code).toBe(0);
    expect(out).toBe(
      [
        `row shared: LynqNode ${scenario.namespace}/shared-other`,
        "",
        `  ConfigMap ${acme}/${acme}-shared (shared): exists, this node's already`,
        '    fields   held by "lynq" (1)',
        "    same     1 field",
        "    Stuck    goes on",
        "    Force    takes it as it is, restarts no pod",
        "",
        "Next:",
        "  1. nothing is in the way: switch the row on",
        "",
        "",
      ].join("\n"),
    );
  });

  it("writes nothing", async () => {
    const requests = await OperatorRequests.since(acme, /^lynq-cli/);
    const before = await scenario.get("apps/v1", "Deployment", `${acme}-app`, acme);
    await lynq("adopt", "form/web", "--uid", acme, ...give(), "-o", "json");
    const writes = await requests.writes();
    expect(writes.length).toBeGreaterThan(0);
    expect(writes.filter(({ uri }) => !uri.includes("dryRun=All"))).toEqual([]);
    const after = await scenario.get("apps/v1", "Deployment", `${acme}-app`, acme);
    expect(after.metadata.managedFields).toEqual(before.metadata.managedFields);
    expect(await scenario.find("v1", "ConfigMap", `${acme}-cache`, acme)).toBeUndefined();
  });

  it("says the same to machines, from the row of the table", async () => {
    const { host, port } = scenario.environment.details.database;
    const url = `mysql://${scenario.database.user}@${host}:${port}/${scenario.database.name}`;
    const { out } = await lynq("adopt", "web", "--uid", acme, "--database-url", url, "-o", "json");
    const document: unknown = JSON.parse(out);
    expect(document).toMatchObject({
      form: "web",
      namespace: scenario.namespace,
      rows: [{ row: acme, node: `${scenario.namespace}/${acme}-web`, nodeExists: false }],
    });
    const yaml = await lynq("adopt", "web", "--uid", acme, "--database-url", url, "-o", "yaml");
    expect(parse(yaml.out)).toEqual(document);
    expect(out + yaml.out).not.toMatch(/s3cr3t|0ld-t0ken/);
  });

  it.each([
    [[], 2, "lynq adopt: what? give FORM"],
    [["web"], 2, "lynq adopt: which row? give --uid UID"],
    [["web", "--uid", "a", "-o", "xml"], 2, "lynq adopt: --output is one of table, json, yaml"],
    [["web", "--uid", "a", "--uid", "b", "--set", "replicas=1"], 2, "lynq adopt: --row and --set give one row"],
    [["web", "--uid", "nobody"], 1, 'lynq adopt: row "nobody" has no LynqNode that would tell its values; give'],
    [["webb", "--uid", "a"], 1, 'lynqforms.operator.lynq.sh "webb" not found'],
  ])("%j is refused in one line", async (args, code, message) => {
    const result = await lynq("adopt", ...args);
    expect(result).toMatchObject({ code, out: "" });
    expect(result.err).toContain(message);
    expect(result.err.trim().split("\n")).toHaveLength(1);
  });
});
