import { describe, expect, it } from "@jest/globals";
import { formatField } from "../lib/blueprint/validation/schema-problem";
import { SchemaValidator } from "../lib/blueprint/validation/schema-validator";
import { storedForm } from "../lib/blueprint/validation/stored-form";
import { projectSchemas } from "./project";

const schemas = projectSchemas();

function problemsOf(kind: string, spec: unknown): string[] {
  const schema = schemas.get(kind);
  if (schema === undefined) throw new Error(`no schema of ${kind}`);
  const object = { apiVersion: "operator.lynq.sh/v1", kind, metadata: { name: "x" }, spec };
  return new SchemaValidator()
    .problems(schema.units, kind, object)
    .map(({ field, message }) => `${formatField(field)}: ${message}`)
    .sort();
}

describe("the project's own kinds", () => {
  it.each([
    ["nothing", {}, ["spec.hubId: is required"]],
    ["an unknown field", { hubId: "h", deployment: [] }, ["spec.deployment: unknown field; did you mean deployments?"]],
    ["an object for a list", { hubId: "h", deployments: {} }, ["spec.deployments: must be a list, not an object"]],
    ["a number for text", { hubId: 5 }, ["spec.hubId: must be text, not 5; put it in quotes"]],
    ["empty text", { hubId: "" }, ["spec.hubId: must not be empty"]],
    [
      "a resource",
      { hubId: "h", secrets: [{ id: "a", creationPolicy: "once", timeoutSeconds: 0, nametemplate: "x", spec: {} }] },
      [
        'spec.secrets[0].creationPolicy: "once" is not one of Once, WhenNeeded; did you mean Once?',
        "spec.secrets[0].nametemplate: unknown field; did you mean nameTemplate?",
        "spec.secrets[0].timeoutSeconds: 0 is less than 1",
      ],
    ],
    ["numbers and percentages", { hubId: "h", rollout: { maxSkew: "25%", failureBudget: 3 } }, []],
    [
      "what is neither",
      { hubId: "h", rollout: { maxSkew: "0%", failureBudget: true, steps: [{ percent: "5%" }] } },
      [
        "spec.rollout.failureBudget: must be a whole number or text, not true; put it in quotes",
        'spec.rollout.maxSkew: "0%" does not match ^([1-9][0-9]?|100)%$',
        'spec.rollout.steps[0].percent: must be a whole number, not "5%"',
      ],
    ],
    ["a negative number", { hubId: "h", rollout: { maxSkew: -1 } }, ["spec.rollout.maxSkew: -1 is less than 0"]],
  ])("a form with %s", (_, spec, expected) => {
    expect(problemsOf("LynqForm", spec)).toEqual(expected);
  });

  it("a hub with a wrong interval, type and list", () => {
    const mysql = { host: "h", database: "d", table: "t", port: 70_000, username: "u" };
    expect(
      problemsOf("LynqHub", {
        source: { type: "oracle", syncInterval: "30 s", mysql },
        valueMappings: { uid: "id", activate: "on" },
        sensitiveValues: ["a", "a"],
      }),
    ).toEqual([
      'spec.sensitiveValues[1]: "a" is listed twice',
      "spec.source.mysql.port: 70000 is more than 65535",
      'spec.source.syncInterval: "30 s" does not match ^[0-9]+(s|m|h)$',
      'spec.source.type: "oracle" is not one of mysql',
    ]);
  });

  it("drops nulls and unknown fields, as the API server does, but nothing of a resource's object", () => {
    const schema = schemas.get("LynqForm");
    if (schema === undefined) throw new Error("no schema");
    const object = { data: { empty: null }, unknown: 1 };
    const stored = storedForm(
      { spec: { hubId: "h", jobs: null, nope: 1, secrets: [{ id: "a", spec: object }] } },
      schema.node,
    );
    expect(stored).toEqual({ spec: { hubId: "h", secrets: [{ id: "a", spec: object }] } });
  });
});
