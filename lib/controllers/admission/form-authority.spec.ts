import { describe, expect, it } from "@jest/globals";
import { type LynqFormSpec } from "../../../crds";
import { type ResourceAttributes } from "../../cluster";
import { type AuthorityOptions, reviewAuthority } from "./form-authority";
import { readSettings } from "../settings";

const verbs = ["create", "patch", "delete"];
const configMaps = { group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true, verbs };
const spec = (count: number, more: Partial<LynqFormSpec> = {}): LynqFormSpec => ({
  hubId: "hub",
  configMaps: Array.from({ length: count }, (_, index) => ({
    id: `config-${index}`,
    nameTemplate: "{{ .uid }}",
    spec: { apiVersion: "v1", kind: "ConfigMap" },
  })),
  ...more,
});

function review(mode: string, options: Partial<AuthorityOptions>, form = spec(1), previous?: LynqFormSpec) {
  return reviewAuthority(
    {
      object: { metadata: { namespace: "shop" }, spec: form },
      old: previous === undefined ? undefined : { spec: previous },
      user: { username: "jane" },
    },
    {
      discovery: { resolve: () => Promise.resolve(configMaps) },
      reviews: { isAllowed: () => Promise.resolve(true) },
      settings: readSettings({ LYNQ_AUTHORIZE: mode }),
      ...options,
    },
  );
}

const lines = (problems: readonly { path: string; message: string }[]) =>
  problems.map(({ path, message }) => `${path}: ${message}`);

describe("a form's authority", () => {
  it("is asked for once per right, however many resources need it", async () => {
    const asked: ResourceAttributes[] = [];
    const isAllowed: AuthorityOptions["reviews"]["isAllowed"] = (_user, attributes) => {
      asked.push(attributes);
      return Promise.resolve(false);
    };
    const { errors } = await review("enforce", { reviews: { isAllowed } }, spec(40));
    expect(asked.map(({ verb }) => verb)).toEqual(verbs);
    expect(errors).toHaveLength(41);
  });

  it("is not asked for at all where nothing of what is written changes", async () => {
    const isAllowed = () => Promise.reject(new Error("nobody is to be asked"));
    const discovery = { resolve: isAllowed };
    const changed = spec(2, { rollout: { maxSkew: 1 } });
    expect(await review("enforce", { reviews: { isAllowed }, discovery }, changed, spec(2))).toMatchObject({
      errors: [],
      warnings: [],
    });
  });

  const sentence = 'spec.configMaps[0]: whether User "jane" has the rights for it was not checked: ';
  const late = "the API server gave no answer within 0.02 s";

  it.each([
    [
      "the review fails",
      { reviews: { isAllowed: () => Promise.reject(new Error("it is on fire")) } },
      `${sentence}it is on fire`,
    ],
    [
      "the review takes too long",
      { reviews: { isAllowed: () => new Promise<never>(() => undefined) }, limitMs: 20 },
      `${sentence}${late}`,
    ],
    [
      "discovery takes too long",
      { discovery: { resolve: () => new Promise<never>(() => undefined) }, limitMs: 20 },
      `${sentence.replace(": ", ".spec.kind: ")}${late}`,
    ],
  ])(
    "only warns when %s, and is refused where rights are enforced: unknown is no yes",
    async (_when, options, line) => {
      const warned = await review("warn", options);
      expect(warned.errors).toEqual([]);
      expect(lines(warned.warnings)).toEqual([line, expect.stringContaining("LYNQ_AUTHORIZE=warn: ")]);
      const enforced = await review("enforce", options);
      expect(enforced.warnings).toEqual([]);
      expect(lines(enforced.errors)).toEqual([line, expect.stringContaining("LYNQ_AUTHORIZE=enforce: ")]);
    },
  );
});
