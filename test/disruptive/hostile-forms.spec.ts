import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { configMap } from "../environment/bodies";
import { type Manifest, Scenario } from "../environment/scenario";
import { refusedWith } from "../admission/answer";

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.open("hostile");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN)");
  await scenario.hub();
});

afterAll(() => scenario.close());

/** Creates, since `kubectl apply` would put all of it into an annotation, too. What comes of a form that is slow or large must be our answer, not a timeout. */
async function created(lists: Record<string, unknown>, name = "hostile"): Promise<{ code: number; stderr: string }> {
  const { code, stderr } = await scenario.kubectl(
    ["create", "--dry-run=server", "-f", "-"],
    JSON.stringify(scenario.formManifest(name, lists)),
  );
  expect(stderr).not.toContain("failed calling webhook");
  return { code, stderr };
}

const refused = async (lists: Record<string, unknown>): Promise<string[]> => {
  const { code, stderr } = await created(lists);
  expect(code).not.toBe(0);
  return refusedWith(stderr);
};

const resource = (id: string, spec: Manifest, more: Record<string, unknown> = {}) => ({
  id,
  nameTemplate: `{{ .uid }}-${id}`,
  spec,
  ...more,
});

const many = <T>(count: number, of: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => of(index));

// Hostile forms keep the webhook busy for seconds: this file has the operator for itself.
describe("a hostile form is answered, and by us", () => {
  it("of a megabyte in 2,000 resources, each with a fault: the first 50 are told, the others counted", async () => {
    const text = "x".repeat(300);
    const lists = ["configMaps", "manifests", "services", "secrets", "jobs", "cronJobs", "ingresses", "deployments"];
    const wrong = (list: string) =>
      many(250, index => resource(`${list.toLowerCase()}-${index}`, { ...configMap({ text }), dat: {} }));
    const found = await refused(Object.fromEntries(lists.map(list => [list, wrong(list)])));
    expect(found).toHaveLength(51);
    expect(found.at(-1)).toMatch(/^… and \d+ more$/);
  });

  it("of a megabyte in one text", async () => {
    const configMaps = [resource("cm", { ...configMap({ text: "x".repeat(900_000) }), dat: {} })];
    expect(await refused({ configMaps })).toEqual(["spec.configMaps[0].spec.dat: unknown field; did you mean data?"]);
  });

  it("of 100,000 objects that are all alike", async () => {
    const configMaps = [resource("cm", { ...configMap(), dat: many(100_000, () => ({})) })];
    expect(await refused({ configMaps })).toEqual(["spec.configMaps[0].spec.dat: unknown field; did you mean data?"]);
  });

  it("of 20,000 templates that are all broken: the first 50 are told, the others counted", async () => {
    const data = Object.fromEntries(many(40, key => [`key-${key}`, "{{ .uid"]));
    const lists = ["configMaps", "manifests"];
    const broken = (list: string) => many(250, index => resource(`${list.toLowerCase()}-${index}`, configMap(data)));
    const found = await refused(Object.fromEntries(lists.map(list => [list, broken(list)])));
    expect(found).toHaveLength(51);
    expect(found.at(-1)).toBe("… and 19950 more");
  });

  it("nested far deeper than any object", async () => {
    const nested = (levels: number): unknown =>
      many(levels, index => index).reduce<unknown>(value => ({ a: value }), "x");
    const configMaps = [resource("cm", { apiVersion: "v1", kind: "ConfigMap", data: nested(3000) })];
    const [first = ""] = await refused({ configMaps });
    expect(first).toMatch(/^spec\.configMaps\[0\]\.spec\.data\.a\.a.*: nests deeper than 200 levels$/);
  });

  it("with 10,000 dependIds that nobody has", async () => {
    const dependIds = (from: number) => many(1000, index => `gone-${from + index}`);
    const configMaps = many(10, index => resource(`cm-${index}`, configMap(), { dependIds: dependIds(index * 1000) }));
    const [first = "", ...others] = await refused({ configMaps });
    expect(first).toBe('spec.configMaps[0].dependIds[0]: no resource of the form has the id "gone-0"');
    expect(others.at(-1)).toBe("… and 9950 more");
  });

  it("with 10,000 dependIds in one resource, which the API server itself refuses", async () => {
    const { code, stderr } = await created({
      configMaps: [resource("cm", configMap(), { dependIds: many(10_000, index => `gone-${index}`) })],
    });
    expect(code).not.toBe(0);
    expect(stderr).toContain("spec.configMaps[0].dependIds: Too many: 10000: must have at most 1024 items");
  });

  it("with a circle of 500 resources", async () => {
    const circle = (from: number) =>
      many(250, index => resource(`r-${from + index}`, configMap(), { dependIds: [`r-${(from + index + 1) % 500}`] }));
    const [cycle = ""] = await refused({ configMaps: circle(0), manifests: circle(250) });
    expect(cycle).toMatch(/^spec\.configMaps\[0\]\.dependIds\[0\]: dependencies form a cycle: r-0 → r-1 → /);
  });

  it("with regular expressions that would take for ever elsewhere", async () => {
    const pattern = `{{ regexMatch "^(a+)+$" "${"a".repeat(5000)}!" }}{{ regexReplaceAll "(x*)*y" "${"x".repeat(5000)}" "" }}`;
    const { code } = await created({ configMaps: [resource("cm", configMap({ a: pattern }))] });
    expect(code).toBe(0);
  });

  it("with templates that never end, alone and by the hundred", async () => {
    const endless = "{{ range until 100000 }}{{ range until 100000 }}x{{ end }}{{ end }}";
    const [only = ""] = await refused({ configMaps: [resource("cm", configMap({ a: endless }))] });
    expect(only).toMatch(
      /^spec\.configMaps\[0\]\.spec\.data\.a: line 1, column \d+: the (?:template takes more than|output is longer than) /,
    );
    const data = Object.fromEntries(many(2000, index => [`key-${index}`, endless]));
    const { stderr } = await created({ configMaps: [resource("cm", configMap(data))] });
    expect(stderr).toContain(
      "was not checked against its schema: rendering takes so long that no row could be tried in time",
    );
  });
});
