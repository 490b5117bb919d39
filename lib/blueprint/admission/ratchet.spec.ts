import { describe, expect, it } from "@jest/globals";
import { type FormResource, type LynqHubSpec } from "../../../crds";
import { checkForm } from "./index";
import { ratchet } from "./ratchet";

const hub: LynqHubSpec = {
  source: { type: "mysql", mysql: { host: "db", database: "nodes", table: "node_data", username: "reader" } },
  valueMappings: { uid: "node_id", activate: "is_active" },
};

const configMap = (id: string, data: Record<string, unknown>, more: Partial<FormResource> = {}): FormResource => ({
  id,
  nameTemplate: `{{ .uid }}-${id}`,
  spec: { apiVersion: "v1", kind: "ConfigMap", data },
  ...more,
});

function change(before: FormResource[], after: FormResource[]) {
  const [old, object] = [before, after].map(configMaps => {
    const form = { spec: { hubId: "hub", configMaps } };
    return { object: form, result: checkForm(form, { spec: hub }) };
  });
  if (old === undefined || object === undefined) throw new Error("two forms");
  const { errors, warnings } = ratchet(old, object);
  return { errors: errors.map(({ path }) => path), warnings: warnings.map(({ path }) => path) };
}

describe("ratchet", () => {
  const broken = configMap("broken", { "a.b": "{{ .gone }}" });
  const at = (index: number) => `spec.configMaps[${index}].spec.data["a.b"]`;

  it("turns an old error into a warning that says so", () => {
    const form = { spec: { hubId: "hub", configMaps: [broken] } };
    const checked = { object: form, result: checkForm(form, { spec: hub }) };
    expect(ratchet(checked, checked)).toMatchObject({
      errors: [],
      warnings: [
        {
          path: at(0),
          message:
            "hub hub maps no variable .gone (line 1, column 4); add it to the hub's extraValueMappings, or give it a default (not new, so it does not stop this change)",
        },
      ],
    });
  });

  it("knows a resource by its id when the entries move", () => {
    expect(change([broken], [configMap("first", {}), broken])).toEqual({ errors: [], warnings: [at(1)] });
  });

  it("refuses another value in the same place, and the same value in another", () => {
    expect(change([broken], [configMap("broken", { "a.b": "{{ .gone }}!" })]).errors).toEqual([at(0)]);
    expect(change([broken], [configMap("other", { "a.b": "{{ .gone }}" })]).errors).toEqual([at(0)]);
  });

  it("refuses what is new beside what is old", () => {
    const after = configMap("broken", { "a.b": "{{ .gone }}", c: "{{ .lost }}" });
    expect(change([broken], [after])).toEqual({ errors: ["spec.configMaps[0].spec.data.c"], warnings: [at(0)] });
  });

  it("refuses a cycle that has grown", () => {
    const ring = (...ids: string[]) =>
      ids.map((id, index) => configMap(id, {}, { dependIds: [ids[(index + 1) % ids.length] ?? ""] }));
    expect(change(ring("a", "b"), ring("a", "b")).errors).toEqual([]);
    expect(change(ring("a", "b"), ring("a", "b", "c")).errors).toEqual(["spec.configMaps[0].dependIds[0]"]);
  });

  it("knows an id that is taken twice whatever its place", () => {
    const twice = [configMap("x", {}), configMap("x", {})];
    expect(change(twice, [configMap("first", {}), ...twice])).toEqual({
      errors: [],
      warnings: ["spec.configMaps[2].id"],
    });
  });
});
