import { describe, expect, it } from "@jest/globals";
import { type FormResource, type LynqHubSpec } from "../../crds";
import { TemplateCache } from "../template";
import { checkForm } from "./admission";
import { compileBlueprint, type RevisionContent } from "./compile";
import { renderResource } from "./render";
import { templateVariables } from "./variables";

const hub: LynqHubSpec = {
  source: { type: "mysql", mysql: { host: "db", database: "nodes", table: "node_data", username: "reader" } },
  valueMappings: { uid: "node_id", activate: "is_active" },
  extraValueMappings: { plan: "plan", size: "size" },
};

const go: FormResource = {
  id: "go",
  nameTemplate: "{{ .uid }}-go",
  spec: { apiVersion: "v1", kind: "ConfigMap", data: { plan: "{{ .plan | upper }}" } },
};
const mustache: FormResource = {
  id: "mustache",
  nameTemplate: "{{uid}}-mustache",
  includeWhen: "{{#size}}true{{/size}}",
  labelsTemplate: { plan: "{{plan}}" },
  spec: { apiVersion: "v1", kind: "ConfigMap", data: { plan: "<{{plan}}&'>", engine: "{{#plan}}on{{/plan}}" } },
};

function rendered(content: RevisionContent): unknown[] {
  const { resources } = compileBlueprint(content, new TemplateCache(100));
  const node = { namespace: "default", name: "acme-web", hub: "main", form: "web", recordUid: "acme" };
  const variables = templateVariables([["plan", "pro"]], { uid: "acme", hub: "main", form: "web" });
  return resources.map(resource => {
    const { metadata, data } = renderResource(
      resource,
      { node, variables, sensitive: new Set() },
      { namespaced: true },
    );
    return { name: metadata.name, data };
  });
}

const problems = (content: RevisionContent) => {
  const { errors, warnings } = checkForm({ spec: { hubId: "hub", ...content } }, { spec: hub });
  const lines = (found: typeof errors) => found.map(({ path, message }) => `${path}: ${message}`);
  return { errors: lines(errors), warnings: lines(warnings) };
};

describe("templateEngine", () => {
  const goObject = { name: "acme-go", data: { plan: "PRO" } };
  const mustacheObject = { name: "acme-mustache", data: { plan: "<pro&'>", engine: "on" } };

  it("of the form is that of its resources, unless they have their own", () => {
    const mixed = [{ ...go, templateEngine: "gotemplate" } as const, mustache];
    expect(rendered({ templateEngine: "mustache", configMaps: mixed })).toEqual([goObject, mustacheObject]);
    expect(rendered({ configMaps: [go, { ...mustache, templateEngine: "mustache" }] })).toEqual([
      goObject,
      mustacheObject,
    ]);
    expect(problems({ templateEngine: "mustache", configMaps: mixed })).toEqual({ errors: [], warnings: [] });
  });

  it("that is not the one written in is named by admission", () => {
    const { errors } = problems({ configMaps: [mustache] });
    expect(errors).toMatchObject(
      expect.arrayContaining([
        expect.stringMatching(/nameTemplate: .*did you mean \{\{ \.uid \}\}\?\); templateEngine: mustache chooses/),
        expect.stringMatching(/includeWhen: .*this looks like Mustache.*; templateEngine: mustache chooses/),
      ]),
    );
    expect(problems({ templateEngine: "mustache", configMaps: [go] }).errors).toMatchObject([
      expect.stringMatching(/nameTemplate: .*this looks like a Go template.*; templateEngine: gotemplate chooses/),
      expect.stringMatching(/data\.plan: .*this looks like a Go template.*; templateEngine: gotemplate chooses/),
    ]);
  });

  it("mustache has its variables checked against the hub", () => {
    const spec = { ...mustache.spec, data: { a: "{{plna}}", b: "{{#ghost}}x{{/ghost}}" } };
    const { errors, warnings } = problems({ templateEngine: "mustache", configMaps: [{ ...mustache, spec }] });
    expect(errors).toMatchObject([expect.stringMatching(/data\.a: hub hub maps no variable \.plna .*did you mean/)]);
    expect(warnings).toEqual([expect.stringMatching(/data\.b: hub hub maps no variable \.ghost/)]);
  });

  it("mustache has its errors named with the field of the form", () => {
    const broken = { ...mustache, nameTemplate: "{{#uid}}" };
    expect(() => rendered({ templateEngine: "mustache", configMaps: [broken] })).toThrow(
      'spec.configMaps[0].nameTemplate: line 1, column 1: unclosed section "uid"',
    );
    const missing = { ...mustache, spec: { ...mustache.spec, data: { a: "{{ghost}}" } } };
    expect(() => rendered({ templateEngine: "mustache", configMaps: [missing] })).toThrow(
      "spec.configMaps[0].spec.data.a: line 1, column 1: variable .ghost is not defined",
    );
  });
});
