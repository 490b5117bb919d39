import { describe, expect, it } from "@jest/globals";
import { type FormResource } from "../../../crds";
import { contentOf } from "./revisions";

describe("contentOf", () => {
  const configMaps: FormResource[] = [{ id: "a", spec: { apiVersion: "v1", kind: "ConfigMap" } }];

  it("keeps resources and their language", () => {
    expect(contentOf({ templateEngine: "mustache", configMaps })).toEqual({ templateEngine: "mustache", configMaps });
  });

  it("leaves the usual language out, so that naming it makes no new revision", () => {
    expect(contentOf({ templateEngine: "gotemplate", configMaps })).toEqual({ configMaps });
  });
});
