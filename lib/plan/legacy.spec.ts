import { describe, expect, it } from "@jest/globals";
import { type KubernetesObject, type ObjectMeta } from "../blueprint/object";
import { handoverOf } from "./legacy";

const object = (metadata: ObjectMeta): KubernetesObject => ({ apiVersion: "v1", kind: "ConfigMap", metadata });
const entry = (manager: string, fieldsV1: Record<string, unknown>) => ({
  manager,
  operation: "Apply",
  apiVersion: "v1",
  fieldsV1,
});

describe("what changes hands with an object of the Go operator", () => {
  it("is nothing where it left nothing", () => {
    const live = object({ managedFields: [entry("manager", {})] });
    expect(handoverOf(live)).toBeUndefined();
  });

  it("is what it applied, with what we applied before it, and its notes", () => {
    const live = object({
      annotations: { "lynq.sh/applied-hash": "0", "lynq.sh/deletion-policy": "Delete" },
      managedFields: [
        entry("lynq", { "f:data": { "f:a": {} } }),
        entry("lynq-operator", { "f:data": { "f:b": {} } }),
        entry("helm", { "f:data": { "f:c": {} } }),
      ],
    });
    expect(handoverOf(live)).toEqual({
      managedFields: [
        entry("lynq", { "f:data": { "f:a": {}, "f:b": {} } }),
        entry("helm", { "f:data": { "f:c": {} } }),
      ],
      annotations: { "lynq.sh/applied-hash": null },
    });
  });
});
