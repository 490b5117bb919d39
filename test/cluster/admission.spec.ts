import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { eventually } from "../environment/eventually";
import { type Manifest, Scenario } from "../environment/scenario";

jest.setTimeout(120_000);

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.open("admission");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63), active BOOLEAN, plan VARCHAR(20))");
  await scenario.sql("INSERT INTO nodes VALUES ('Acme_1', 1, 'basic')");
  await scenario.hub({ extra: { planId: "plan" } });
});

afterAll(() => scenario.close());

const configMap = (id: string, data: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
  id,
  nameTemplate: `{{ .uid | lower | replace "_" "-" }}-${id}`,
  spec: { apiVersion: "v1", kind: "ConfigMap", data },
  ...more,
});

/** The lines with which the webhook refuses what kubectl applies; nothing may be stored. */
async function refusal(manifest: Manifest): Promise<string[]> {
  const { code, stderr } = await scenario.tryApply(manifest);
  expect(code).not.toBe(0);
  const name = String(manifest.metadata?.["name"]);
  expect(await scenario.find(manifest.apiVersion, manifest.kind, name)).toBeUndefined();
  const [, said] = /denied the request: ([\s\S]*)/.exec(stderr) ?? [];
  if (said === undefined) throw new Error(`the webhook refused nothing; kubectl says: ${stderr}`);
  return said.trim().split("\n");
}

const refusedForm = (lists: Record<string, unknown>) => refusal(scenario.formManifest("refused", lists));

describe("kubectl apply of a form", () => {
  it("shows the whole path of a dependency cycle", async () => {
    const configMaps = [configMap("a", {}, { dependIds: ["b"] }), configMap("b", {}, { dependIds: ["a"] })];
    expect(await refusedForm({ configMaps })).toEqual([
      "spec.configMaps[0].dependIds[0]: dependencies form a cycle: a → b → a",
    ]);
  });

  it("shows a cycle that leads through several lists", async () => {
    const secret = { id: "c", nameTemplate: "c", spec: { apiVersion: "v1", kind: "Secret" }, dependIds: ["a"] };
    const configMaps = [configMap("a", {}, { dependIds: ["b"] }), configMap("b", {}, { dependIds: ["c"] })];
    expect(await refusedForm({ configMaps, secrets: [secret] })).toEqual([
      "spec.configMaps[0].dependIds[0]: dependencies form a cycle: a → b → c → a",
    ]);
  });

  it("shows a resource that depends on itself", async () => {
    expect(await refusedForm({ configMaps: [configMap("a", {}, { dependIds: ["a"] })] })).toEqual([
      "spec.configMaps[0].dependIds[0]: a depends on itself",
    ]);
  });

  it("names an unknown dependId and the id that was probably meant", async () => {
    const configMaps = [configMap("a", {}, { dependIds: ["confg"] }), configMap("config")];
    expect(await refusedForm({ configMaps })).toEqual([
      'spec.configMaps[0].dependIds[0]: no resource of the form has the id "confg"; did you mean config?',
    ]);
  });

  it("names both places of an id that two lists use", async () => {
    const secrets = [{ id: "a", nameTemplate: "s", spec: { apiVersion: "v1", kind: "Secret" } }];
    expect(await refusedForm({ configMaps: [configMap("a")], secrets })).toEqual([
      'spec.secrets[0].id: the id "a" is already taken by spec.configMaps[0]',
    ]);
  });

  it("finds a syntax error deep in a body and says where it is", async () => {
    const container = {
      name: "app",
      image: "nginx",
      env: [
        { name: "A", value: "ok" },
        { name: "B", value: "{{ if .uid }}x" },
      ],
    };
    const deployments = [
      {
        id: "app",
        nameTemplate: "app",
        spec: { apiVersion: "apps/v1", kind: "Deployment", spec: { template: { spec: { containers: [container] } } } },
      },
    ];
    expect(await refusedForm({ deployments })).toEqual([
      "spec.deployments[0].spec.spec.template.spec.containers[0].env[1].value: line 1, column 15: " +
        "unexpected end of the template: the action of line 1, column 1 has no {{end}}",
    ]);
  });

  it.each([
    ["nameTemplate", { nameTemplate: "{{ end }}" }],
    ["namespaceTemplate", { namespaceTemplate: "{{ end }}" }],
    ["targetNamespace", { targetNamespace: "{{ end }}" }],
    ["includeWhen", { includeWhen: "{{ end }}" }],
    ["labelsTemplate.app", { labelsTemplate: { app: "{{ end }}" } }],
    ['annotationsTemplate["a.b/c"]', { annotationsTemplate: { "a.b/c": "{{ end }}" } }],
  ])("finds a syntax error in %s", async (field, resource) => {
    expect(await refusedForm({ configMaps: [configMap("a", {}, resource)] })).toEqual([
      `spec.configMaps[0].${field}: line 1, column 1: unexpected {{end}}: nothing is open that it could belong to`,
    ]);
  });

  it("names an unknown function and the one that was probably meant", async () => {
    expect(await refusedForm({ configMaps: [configMap("a", { k: "{{ .uid | upperr }}" })] })).toEqual([
      'spec.configMaps[0].spec.data.k: line 1, column 11: unknown function "upperr" (did you mean "upper"?)',
    ]);
  });

  it("refuses to print a variable that the hub does not map, and every problem is told at once", async () => {
    const configMaps = [configMap("a", { k: "{{ .planid }} {{ .region }}" }, { dependIds: ["gone"] })];
    expect(await refusedForm({ configMaps })).toEqual([
      'spec.configMaps[0].dependIds[0]: no resource of the form has the id "gone"',
      "spec.configMaps[0].spec.data.k: hub hub maps no variable .planid (line 1, column 4); did you mean planId?",
      "spec.configMaps[0].spec.data.k: hub hub maps no variable .region (line 1, column 18); add it to the hub's extraValueMappings, or give it a default",
    ]);
  });

  it("only warns where a missing variable has a fallback", async () => {
    const form = scenario.formManifest("guarded", {
      configMaps: [configMap("a", { k: '{{ .deployImage | default "nginx" }}' })],
    });
    const { code, stderr } = await scenario.tryApply(form);
    expect(stderr.trim()).toBe(
      "Warning: spec.configMaps[0].spec.data.k: hub hub maps no variable .deployImage (line 1, column 4), so it is always missing",
    );
    expect(code).toBe(0);
  });

  it("warns of a hub that does not exist yet, and takes the form", async () => {
    const { code, stderr } = await scenario.tryApply(
      scenario.formManifest("early", { configMaps: [configMap("a")] }, "later"),
    );
    expect(stderr.trim()).toBe(
      "Warning: spec.hubId: there is no LynqHub later in the form's namespace yet; variables are checked when there is one",
    );
    expect(code).toBe(0);
  });

  it("refuses a change as it refuses a new form, and keeps what was stored", async () => {
    await scenario.form("changing", { configMaps: [configMap("kept", { k: "first" })] });
    const before = await scenario.formObject("changing");
    const { code, stderr } = await scenario.tryApply(
      scenario.formManifest("changing", { configMaps: [configMap("kept", { k: "{{ .uid | nothing }}" })] }),
    );
    expect(code).not.toBe(0);
    expect(stderr).toContain('spec.configMaps[0].spec.data.k: line 1, column 11: unknown function "nothing"');
    const after = await scenario.formObject("changing");
    expect(after.metadata.generation).toBe(before.metadata.generation);
    expect(after.spec).toEqual(before.spec);
  });
});

describe("kubectl apply of a hub", () => {
  const hub = (spec: Record<string, unknown>, more: Parameters<Scenario["hubManifest"]>[0] = {}) =>
    scenario.hubManifest({ ...more, name: "refused", spec });

  it("refuses the two spellings of the interval when they differ", async () => {
    const manifest = hub({});
    const source = { ...(manifest["spec"] as { source: object }).source, syncInterval: "1m" };
    const { code, stderr } = await scenario.tryApply(hub({ source }));
    expect(code).not.toBe(0);
    expect(stderr.trim()).toBe(
      'The LynqHub "refused" is invalid: spec.syncInterval: Invalid value: ' +
        "spec.syncInterval and spec.source.syncInterval are two spellings of one setting and differ; keep one of them",
    );
    expect(await scenario.find("operator.lynq.sh/v1", "LynqHub", "refused")).toBeUndefined();
  });

  it("takes either spelling of the interval, and both when they agree", async () => {
    const { source } = hub({})["spec"] as { source: object };
    const spellings = { syncInterval: "30s", source };
    for (const spec of [spellings, { ...spellings, source: { ...source, syncInterval: "30s" } }]) {
      const { code, stderr } = await scenario.tryApply({ ...hub(spec), metadata: { name: "spelled" } });
      expect([code, stderr]).toEqual([0, ""]);
    }
    await scenario.kubectl(["delete", "lynqhub", "spelled"]);
  });

  it("names every mapping that takes the name of a variable of Lynq's own", async () => {
    expect(await refusal(hub({}, { extra: { uid: "plan", templateRef: "plan", planId: "plan" } }))).toEqual([
      "spec.extraValueMappings.templateRef: the variable .templateRef is Lynq's own; choose another name",
      "spec.extraValueMappings.uid: the variable .uid is Lynq's own; choose another name",
    ]);
  });

  it("refuses a mapping that collides with what hostOrUrl brings along", async () => {
    const valueMappings = { uid: "id", activate: "active", hostOrUrl: "url" };
    expect(await refusal(hub({ valueMappings }, { extra: { host: "plan" } }))).toEqual([
      "spec.extraValueMappings.host: the variable .host is Lynq's own; choose another name",
    ]);
  });

  it("refuses sensitive values that are mapped nowhere or shown everywhere", async () => {
    expect(await refusal(hub({ sensitiveValues: ["planid", "uid"] }, { extra: { planId: "plan" } }))).toEqual([
      'spec.sensitiveValues[0]: the hub maps no variable "planid"; did you mean planId?',
      "spec.sensitiveValues[1]: .uid is part of names, labels or status and cannot be sensitive",
    ]);
  });

  it("refuses a row schema that no row could pass", async () => {
    expect(await refusal(hub({ rowSchema: { required: ["planid"] } }, { extra: { planId: "plan" } }))).toEqual([
      'spec.rowSchema.required[0]: the hub maps no variable "planid", so no row could ever pass; did you mean planId?',
    ]);
  });
});

describe("a form that has become invalid", () => {
  it("says so in its status, and can be deleted", async () => {
    const configMaps = [configMap("a", { k: "{{ .planId }}" })];
    await scenario.hub({ name: "other", extra: { planId: "plan" } });
    await scenario.form("broken", { configMaps }, "other");
    await scenario.hub({ name: "other" });
    await eventually(async () => {
      const { status } = await scenario.formObject("broken");
      expect(status?.conditions?.find(({ type }) => type === "Valid")).toMatchObject({
        status: "False",
        reason: "ValidationFailed",
        message:
          "spec.configMaps[0].spec.data.k: hub other maps no variable .planId (line 1, column 4); add it to the hub's extraValueMappings, or give it a default",
      });
    });
    expect(
      (await scenario.tryApply(scenario.formManifest("broken", { configMaps, revisionHistoryLimit: 3 }, "other"))).code,
    ).not.toBe(0);
    expect(await scenario.kubectl(["delete", "lynqform", "broken", "--timeout=60s"])).toMatchObject({ code: 0 });
    await scenario.gone("operator.lynq.sh/v1", "LynqForm", "broken");
  });
});

describe("tracking labels", () => {
  it("say of a form which hub it serves", async () => {
    await scenario.form("labelled", { configMaps: [configMap("l")] });
    const { metadata } = await scenario.formObject("labelled");
    expect(metadata.labels).toEqual({ "lynq.sh/hub": "hub", "lynq.sh/form": "labelled" });
  });

  it("come back when somebody changes them", async () => {
    await scenario.kubectl(["label", "--overwrite", "lynqform", "labelled", "lynq.sh/hub=wrong", "mine=stays"]);
    const { metadata } = await scenario.formObject("labelled");
    expect(metadata.labels).toEqual({ "lynq.sh/hub": "hub", "lynq.sh/form": "labelled", mine: "stays" });
  });

  it("select nodes by hub, form and row; a uid that is no legal label gets one", async () => {
    const { stdout } = await eventually(async () => {
      const found = await scenario.kubectl([
        "get",
        "lynqnodes",
        "-l",
        "lynq.sh/hub=hub,lynq.sh/form=labelled,lynq.sh/uid=Acme_1",
        "-o",
        "name",
      ]);
      expect(found.stdout).not.toBe("");
      return found;
    });
    expect(stdout.trim().split("\n")).toHaveLength(1);
  });

  it("are on a node that somebody else makes, too", async () => {
    await scenario.apply({
      apiVersion: "operator.lynq.sh/v1",
      kind: "LynqNode",
      metadata: { name: "by-hand" },
      spec: { uid: "a b", templateRef: "labelled", hubId: "nobody" },
    });
    const { metadata } = await scenario.node("by-hand");
    expect(metadata.labels).toMatchObject({ "lynq.sh/hub": "nobody", "lynq.sh/form": "labelled" });
    expect(metadata.labels?.["lynq.sh/uid"]).toMatch(/^a-b-[0-9a-f]+$/);
    await scenario.kubectl(["delete", "lynqnode", "by-hand", "--timeout=60s"]);
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "by-hand");
  });
});
