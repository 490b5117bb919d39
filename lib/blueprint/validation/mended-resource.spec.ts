import { describe, expect, it } from "@jest/globals";
import { type FormResource } from "../../../crds";
import { mendedResource } from "./mended-resource";

const body = { apiVersion: "v1", kind: "ConfigMap", data: { a: "b" } };
const mended = (resource: Partial<FormResource>, ...refused: string[]) =>
  mendedResource(
    {
      list: "configMaps",
      path: "spec.configMaps[0]",
      dialect: "gotemplate",
      resource: { id: "a", spec: body, ...resource },
    },
    refused,
  ).resource;

describe("a resource that other checks refuse", () => {
  it.each([
    ["nameTemplate", "Not_Legal"],
    ["namespaceTemplate", "{{ nothing }}"],
    ["includeWhen", "maybe"],
    ["ignoreFields", ["$.data["]],
    ["labelsTemplate", { "lynq.sh/uid": "x" }],
  ])("is tried without its %s", (field, value) => {
    const path = `spec.configMaps[0].${field}`;
    const refused = Array.isArray(value) ? `${path}[0]` : path;
    expect(mended({ [field]: value }, refused)).toEqual({ id: "a", nameTemplate: "name-to-be-corrected", spec: body });
  });

  it("is tried without its metadata, and with a name when it has none", () => {
    const spec = { ...body, metadata: { ownerReferences: [] } };
    const named = { id: "a", nameTemplate: "name-to-be-corrected", spec: body };
    expect(mended({ spec }, "spec.configMaps[0].spec.metadata.ownerReferences")).toEqual(named);
    expect(mended({}, "spec.configMaps[0]")).toEqual(named);
  });

  it("keeps the rest", () => {
    const resource = {
      nameTemplate: "{{ .uid }}",
      creationPolicy: "Once",
      spec: { ...body, metadata: { name: "x" } },
    } as const;
    expect(mended(resource, "spec.configMaps[0].includeWhen", "spec.configMaps[1].nameTemplate")).toEqual({
      id: "a",
      ...resource,
      nameTemplate: "name-to-be-corrected",
    });
  });

  it("is left as it is when nothing beside its body is refused", () => {
    const resource = { nameTemplate: "{{ .uid }}" };
    expect(mended(resource, "spec.configMaps[0].spec.data.a", "spec.configMaps[1]")).toEqual({
      id: "a",
      spec: body,
      ...resource,
    });
  });
});
