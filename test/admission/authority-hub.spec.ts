import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { toHub } from "../../lib/controllers/kinds";
import { reviewHub } from "../../lib/controllers/admission/hub-review";
import { readSettings } from "../../lib/controllers/settings";
import { role } from "../environment/rbac";
import { Scenario } from "../environment/scenario";
import { webhookClusterOf } from "../environment/webhook";
import { eventually } from "../environment/eventually";
import { warnings } from "./answer";

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.open("authority-hub");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN)");
});

afterAll(() => scenario.close());

const jane = { kind: "User", name: "jane" } as const;
const HUBS = { apiGroups: ["operator.lynq.sh"], resources: ["lynqhubs"], verbs: ["get", "create", "patch"] };
const missing = () =>
  'spec.source.mysql.passwordRef: secrets "mysql-secret" is forbidden: User "jane" cannot get resource "secrets" in API group "" ' +
  `in the namespace "${scenario.namespace}"`;

describe("a hub's author", () => {
  it("is asked whether she may get the Secrets that the hub sends to its server", async () => {
    await scenario.apply(...role("jane", jane, [HUBS]));
    const hub = scenario.hubManifest();
    // The API server's authorizer follows a new role by a watch.
    await eventually(async () => {
      expect(await warnings(scenario, hub, ["--as=jane"])).toEqual([
        missing(),
        "spec: LYNQ_AUTHORIZE=warn: the operator goes on all the same; with enforce this would be refused",
      ]);
    });

    const object = toHub(await scenario.get("operator.lynq.sh/v1", "LynqHub", "hub"));
    const answer = async (old: typeof object | undefined, spec = object.spec) => {
      const review = { object: { ...object, spec }, old, user: { username: "jane" } };
      const settings = readSettings({ LYNQ_AUTHORIZE: "enforce" });
      return (await reviewHub(review, webhookClusterOf(scenario), settings)).refusal?.split("\n") ?? [];
    };
    const enforced =
      "spec: LYNQ_AUTHORIZE=enforce: a hub sends what is in its Secrets to the server that it names, so its author needs the right to get them; have it granted";
    expect(await answer(undefined)).toEqual([missing(), enforced]);
    // The same Secret, and another server to send it to.
    const { source } = object.spec;
    const elsewhere = { ...source, ...(source.mysql && { mysql: { ...source.mysql, host: "elsewhere" } }) };
    expect(await answer(object, { ...object.spec, source: elsewhere })).toEqual([missing(), enforced]);
    expect(await answer(object, { ...object.spec, syncInterval: "2s" })).toEqual([]);

    const secrets = { apiGroups: [""], resources: ["secrets"], resourceNames: ["mysql-secret"], verbs: ["get"] };
    await scenario.apply(...role("jane", jane, [HUBS, secrets]));
    await eventually(async () => {
      expect(await answer(undefined)).toEqual([]);
    });
    expect(await warnings(scenario, { ...hub, metadata: { name: "second" } }, ["--as=jane"])).toEqual([]);
  });
});
