import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { configMap, deployment, service } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { atRest, OperatorRequests } from "../environment/operator-requests";
import { Scenario } from "../environment/scenario";

const ROWS = 10;

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.open("restart");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, plan VARCHAR(20))");
  const rows = Array.from({ length: ROWS }, (_, index) => `('row-${index}', 1, 'basic')`);
  await scenario.sql(`INSERT INTO nodes VALUES ${rows.join()}`);
  await scenario.hub({ extra: { plan: "plan" } });
  await scenario.form("web", {
    configMaps: [{ id: "cm", nameTemplate: "{{ .uid }}-cm", spec: configMap({ plan: "{{ .plan }}" }) }],
    secrets: [
      {
        id: "token",
        nameTemplate: "{{ .uid }}-token",
        spec: { apiVersion: "v1", kind: "Secret", stringData: { token: "{{ .uid }}" } },
      },
    ],
    deployments: [{ id: "app", nameTemplate: "{{ .uid }}-app", spec: deployment(), dependIds: ["cm", "token"] }],
    services: [{ id: "svc", nameTemplate: "{{ .uid }}-svc", spec: service(), dependIds: ["app"] }],
  });
  for (let row = 0; row < ROWS; row++) await scenario.ready(`row-${row}-web`);
  await counted();
  await atRest(scenario);
});

afterAll(async () => {
  await scenario.environment.act("operator/start");
  await scenario.close();
});

async function counted(): Promise<void> {
  await eventually(async () => {
    expect((await scenario.hubObject()).status).toMatchObject({ desired: ROWS, ready: ROWS });
    expect((await scenario.formObject("web")).status).toMatchObject({ totalNodes: ROWS, readyNodes: ROWS });
  });
}

/** What the operator asks for from its start until it is at rest, without its Lease, and the answers that it writes to its own kind of object. */
async function costsOfStart(): Promise<string[]> {
  const requests = await OperatorRequests.since();
  await scenario.environment.act("operator/start");
  await scenario.afterSyncs();
  await atRest(scenario);
  return (await requests.made())
    .filter(({ uri }) => !uri.includes("/leases"))
    .map(({ verb, uri }) => `${verb} ${decodeURIComponent(uri)}`);
}

it("costs no write and no read of an object while nothing has changed: lists in pages, and what a kind is", async () => {
  await scenario.environment.act("operator/kill");
  const made = await costsOfStart();
  // Of the scenario's objects, only the revision of its form is read by itself, once.
  const others = made.filter(
    line => !/^list \S+[?&]limit=500(&|$)/.test(line) && !/^get \/(api|apis|openapi)(\/[^/]+)*\/?(\?|$)/.test(line),
  );
  expect(others).toEqual([]);
  const objects = made.filter(line => line.startsWith("get ") && line.includes(`/namespaces/${scenario.namespace}/`));
  expect(objects).toEqual([expect.stringMatching(/\/controllerrevisions\/web-\w+$/)]);
  for (const plural of ["configmaps", "secrets", "services", "deployments"]) {
    const lists = made.filter(line => line.includes(`/${plural}?labelSelector=lynq.sh/node&`));
    expect([plural, lists.length]).toEqual([plural, 1]);
  }
});

it("writes what has changed meanwhile, and nothing else", async () => {
  await scenario.environment.act("operator/kill");
  await scenario.sql("UPDATE nodes SET plan = 'gold' WHERE id = 'row-3'");
  const elsewhere = { spec: { selector: { "lynq.sh/uid": "elsewhere" } } };
  const edited = await scenario.kubectl(["patch", "service", "row-5-svc", "-p", JSON.stringify(elsewhere)]);
  expect([edited.code, edited.stderr]).toEqual([0, ""]);
  const made = await costsOfStart();
  await eventually(async () => {
    expect((await scenario.get("v1", "ConfigMap", "row-3-cm"))["data"]).toEqual({ plan: "gold" });
  });
  // Who it is itself, the operator asks with its first answer to a webhook.
  const written = made.filter(line => !/^(list|get) /.test(line) && !/\/events|\/selfsubjectreviews/.test(line));
  expect(written.filter(line => !/\/row-[35]-/.test(line) && !/\/lynq(hubs|forms)\//.test(line))).toEqual([]);
  const objects = written
    .filter(line => !/\/lynq(hubs|forms|nodes)\//.test(line))
    .map(line => /[^/]+\/[^/?]+(?=\?|$)/.exec(line)?.[0]);
  expect(objects.sort()).toEqual(["configmaps/row-3-cm", "services/row-5-svc"]);
  await counted();
});
