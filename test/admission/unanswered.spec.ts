import { describe, expect, it } from "@jest/globals";
import { ApiClient } from "../../lib/cluster";
import { reviewForm } from "../../lib/controllers/admission/form-review";
import { reviewHub } from "../../lib/controllers/admission/hub-review";
import { readSettings } from "../../lib/controllers/settings";
import { clusterOf } from "../environment/webhook";
import { configMap } from "./answer";

/** Nothing listens there. */
const client = new ApiClient(
  { server: "http://127.0.0.1:1", tls: { insecureSkipVerify: false }, namespace: "default" },
  { retry: { attempts: 1 } },
);
const cluster = {
  ...clusterOf(client),
  neighbours: { claims: () => Promise.reject(new Error("no answer within 2000 ms")) },
};
const settings = readSettings({ LYNQ_AUTHORIZE: "off" });
const user = { username: "jane" };
const form = (lists: Record<string, unknown>) => ({
  object: { metadata: { namespace: "default", name: "form" }, spec: { hubId: "hub", ...lists } },
  old: undefined,
  user,
});

describe("admission while the API server does not answer", () => {
  it("takes a sound form, and says what was not checked", async () => {
    const { refusal, warnings } = await reviewForm(form({ configMaps: [configMap("a")] }), cluster, settings);
    expect(refusal).toBeUndefined();
    expect(warnings).toContainEqual(
      expect.stringMatching(/^spec\.hubId: the LynqHub could not be read, so variables were not checked: /),
    );
    expect(warnings).toContain(
      "spec: the other forms could not be read, so nobody has checked whether one of them writes the same objects: no answer within 2000 ms",
    );
  });

  it("still refuses what does not parse, what depends in circles, and names that no row could have", async () => {
    const configMaps = [
      configMap("a", { k: "{{ .uid | nope }}" }, { dependIds: ["b"] }),
      configMap("b", {}, { dependIds: ["a"], nameTemplate: "fixed" }),
    ];
    const { refusal } = await reviewForm(form({ configMaps }), cluster, settings);
    expect(refusal?.split("\n")).toEqual([
      "spec.configMaps[0].dependIds[0]: dependencies form a cycle: a → b → a",
      'spec.configMaps[0].spec.data.k: line 1, column 11: unknown function "nope"',
      expect.stringMatching(/^spec\.configMaps\[1\]\.nameTemplate: is "fixed" for every row/),
    ]);
  });

  it("takes a sound change of a hub, and says that nobody asked its forms and Secrets", async () => {
    const mysql = { host: "db", database: "d", table: "t", username: "u", passwordRef: { name: "s", key: "k" } };
    const spec = { source: { type: "mysql" as const, mysql }, valueMappings: { uid: "id", activate: "active" } };
    const metadata = { namespace: "default", name: "hub" };
    const old = { metadata, spec: { ...spec, extraValueMappings: { plan: "plan" } } };
    const { refusal, warnings } = await reviewHub({ object: { metadata, spec }, old, user }, cluster, settings);
    expect(refusal).toBeUndefined();
    expect(warnings).toContainEqual(
      expect.stringMatching(
        /^spec: the hub's forms could not be read, so nobody has checked whether they can do without/,
      ),
    );
    expect(warnings).toContainEqual(
      expect.stringMatching(/^spec\.source\.mysql\.passwordRef: Secret s could not be read, so nobody has checked/),
    );
  });
});
