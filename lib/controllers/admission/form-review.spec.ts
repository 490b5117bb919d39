import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { setImmediate } from "node:timers/promises";
import { type LynqFormSpec } from "../../../crds";
import { AccessReviews, ApiClient, Discovery, SchemaStore } from "../../cluster";
import { type ScriptedServer, sendStatus, startServer } from "../../cluster/testing/scripted-server";
import { operatorSettings } from "../settings";
import { reviewForm } from "./form-review";
import { ObjectReview } from "./object-review";
import { OperatorUsers } from "./operator-users";
import { type WebhookCluster } from "./webhook-client";

let server: ScriptedServer;
let client: ApiClient;

beforeEach(async () => {
  // Nothing is there, and no kind is served: what is checked is the form alone.
  server = await startServer((_request, response) => {
    sendStatus(response, 404, "NotFound", "not found");
  });
  client = new ApiClient(server.connection, { retry: { attempts: 1 } });
});

afterEach(async () => {
  client.close();
  await server.close();
});

function webhook(): WebhookCluster {
  const discovery = new Discovery(client);
  return {
    client,
    discovery,
    reviews: new AccessReviews(client),
    neighbours: { claims: () => Promise.resolve([]) },
    operators: new OperatorUsers(client, undefined),
    objects: new ObjectReview({ client, discovery, schemas: new SchemaStore(client) }),
  };
}

const review = (cluster: WebhookCluster, spec: LynqFormSpec, old?: LynqFormSpec) =>
  reviewForm(
    {
      object: { metadata: { namespace: "shop", name: "form" }, spec },
      old: old && { metadata: { namespace: "shop", name: "form" }, spec: old },
      user: { username: "alice" },
    },
    cluster,
    operatorSettings(),
  );

const broken = (count: number): LynqFormSpec => ({
  hubId: "hub",
  configMaps: Array.from({ length: count }, (_, index) => ({
    id: `cm-${index}`,
    nameTemplate: "{{ .uid",
    spec: { apiVersion: "v1", kind: "ConfigMap", data: { text: `{{ .a }}${"{{ .b | upper }}".repeat(10)}${index}` } },
  })),
});

const syntax = /^spec\.configMaps\[\d+\]\.nameTemplate: /;

describe("the webhook while it checks a hostile form", () => {
  it("answers a small form that came later first", async () => {
    const cluster = webhook();
    const answered: string[] = [];
    const answer = async (name: string, spec: LynqFormSpec) => {
      const { refusal = "" } = await review(cluster, spec);
      answered.push(name);
      return refusal.split("\n");
    };
    const large = answer("large", broken(2000));
    await setImmediate();
    const small = answer("small", broken(1));
    expect(await small).toEqual([expect.stringMatching(syntax)]);
    const found = await large;
    expect(found).toHaveLength(51);
    expect(found[0]).toMatch(syntax);
    expect(found.at(-1)).toBe("… and 1950 more");
    expect(answered).toEqual(["small", "large"]);
  });

  it("lets what a large form had before pass, with a warning of each", async () => {
    const before = broken(200);
    const { refusal, warnings } = await review(webhook(), { ...before, suspend: true }, before);
    expect(refusal).toBeUndefined();
    const old = warnings.filter(warning => warning.endsWith("(not new, so it does not stop this change)"));
    expect(old).toHaveLength(200);
  });
});
