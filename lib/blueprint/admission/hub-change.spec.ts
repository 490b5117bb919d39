import { describe, expect, it } from "@jest/globals";
import { type LynqHubSpec } from "../../../crds";
import { checkHubChange, type FormLike } from "./index";

const hub = (extraValueMappings: Record<string, string>, sensitiveValues: string[] = []): LynqHubSpec => ({
  source: { type: "mysql", mysql: { host: "db", database: "nodes", table: "node_data", username: "reader" } },
  valueMappings: { uid: "node_id", activate: "is_active" },
  extraValueMappings,
  sensitiveValues,
});

const form = (name: string, data: Record<string, string>, labelsTemplate: Record<string, string> = {}): FormLike => ({
  metadata: { namespace: "default", name },
  spec: {
    hubId: "hub",
    configMaps: [
      {
        id: "a",
        nameTemplate: `{{ .uid }}-${name}`,
        labelsTemplate,
        spec: { apiVersion: "v1", kind: "ConfigMap", data },
      },
    ],
  },
});

const told = (now: LynqHubSpec, before: LynqHubSpec, ...forms: FormLike[]) =>
  checkHubChange(now, before, forms).errors.map(({ path, message }) => `${path}: ${message}`);

describe("checkHubChange", () => {
  const both = hub({ plan: "plan", "plan-id": "id" });

  it("names every form and field that prints a variable which goes", () => {
    const forms = [
      form("web", { a: "{{ .plan }}", b: "{{ .plan }}" }),
      form("other", {}),
      form("api", { c: "{{ .plan }}" }),
    ];
    expect(told(hub({ "plan-id": "id" }), both, ...forms)).toEqual([
      "spec.extraValueMappings.plan: .plan is used by LynqForm web (spec.configMaps[0].spec.data.a, spec.configMaps[0].spec.data.b) and LynqForm api (spec.configMaps[0].spec.data.c), whose rows would all fail; change the form first, or give the variable a default there",
    ]);
  });

  it("says nothing of variables that are guarded, or missed already", () => {
    const forms = [form("web", { a: '{{ .plan | default "x" }}', b: "{{ .never }}" })];
    expect(told(hub({}), both, ...forms)).toEqual([]);
  });

  it("names the forms that show what becomes sensitive, and not those that did before", () => {
    const shows = form("web", {}, { plan: "{{ .plan }}" });
    expect(told(hub({ plan: "plan" }, ["plan"]), both, shows, form("api", { a: "{{ .plan }}" }))).toEqual([
      "spec.sensitiveValues: would make sensitive what is shown in names, namespaces, labels or annotations by LynqForm web (spec.configMaps[0].labelsTemplate.plan); change the form first",
    ]);
    expect(told(hub({ plan: "other" }, ["plan"]), hub({ plan: "plan" }, ["plan"]), shows)).toEqual([]);
  });

  it("counts the fields beyond ten", () => {
    const data = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`k${index}`, "{{ .plan }}"]));
    expect(told(hub({}), both, form("web", data))[0]).toContain("spec.configMaps[0].spec.data.k9, and 2 more)");
  });
});
