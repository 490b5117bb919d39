import { describe, expect, it } from "@jest/globals";
import { type FormResource, type LynqHubSpec } from "../../../crds";
import { TemplateCache } from "../../template";
import { compileListed, listResources } from "../compile";
import { type SchemaNode } from "../schema";
import { type ServerVerdict, verdictOn } from "./object-verdict";
import { ResourceTrial, type Trial } from "./resource-trial";
import { documentUnits } from "./schema-units";
import { SchemaValidator } from "./schema-validator";
import { type KnownRow, trialRecords } from "./trial-record";

const identity = { "x-kubernetes-group-version-kind": [{ group: "acme.io", version: "v1", kind: "Thing" }] };
const spec = {
  type: "object",
  properties: { size: { type: "integer" }, mode: { type: "string", enum: ["Fast", "Slow"] } },
};
const schemas = documentUnits({
  components: { schemas: { Thing: { type: "object", properties: { spec }, ...identity } } },
});
const node: SchemaNode = {
  type: "object",
  properties: new Map([
    [
      "spec",
      {
        type: "object",
        properties: new Map([
          ["size", { type: "integer" }],
          ["mode", { type: "string" }],
        ]),
      },
    ],
  ]),
};
const hub: LynqHubSpec = {
  source: { type: "mysql" },
  valueMappings: { uid: "id", activate: "active" },
  extraValueMappings: { size: "size", mode: "mode", token: "token" },
  sensitiveValues: ["token"],
};

function trialsOf(body: object, rows: readonly KnownRow[] = [], more: Partial<FormResource> = {}): Trial[] {
  const resource = {
    id: "x",
    nameTemplate: "{{ .uid }}",
    spec: { apiVersion: "acme.io/v1", kind: "Thing", spec: body },
    ...more,
  };
  const [listed] = listResources({ manifests: [resource] });
  if (listed === undefined) throw new Error("no resource");
  const compiled = compileListed(listed, new TemplateCache(100));
  const kind = { namespaced: true, schema: node, validation: { schemas, unit: "Thing" } };
  const trial = new ResourceTrial(compiled, kind, new SchemaValidator(), () => undefined);
  return trialRecords(hub, rows, { namespace: "a", hub: "h", form: "f" }).flatMap(record => trial.with(record) ?? []);
}

const PATH = "spec.manifests[0]";

function told(trials: readonly Trial[], server?: ServerVerdict, unchanged = false): string[] {
  return verdictOn({ path: PATH, trials, server, unchanged }).map(
    ({ severity, finding: { path, message } }) => `${severity} ${path.slice(PATH.length)}: ${message}`,
  );
}

const row = (uid: string, size: string, mode = "Fast"): KnownRow => ({ uid, values: { size, mode } });
const answer = (trials: readonly Trial[], more: Partial<ServerVerdict>): ServerVerdict => {
  const [trial] = trials;
  if (trial === undefined) throw new Error("no trial");
  return { trial, accepted: false, renamed: false, reasons: [], ...more };
};

describe("rows that are made up", () => {
  it("prove nothing of a leaf that takes its value from a column, and all of one that does not", () => {
    expect(told(trialsOf({ size: "{{ .size }}", mode: "{{ .mode }}" }))).toEqual([]);
    expect(told(trialsOf({ size: "many", mode: '{{ "fast" }}' }))).toEqual([
      'error .spec.spec.size: must be a whole number, not "many"',
      'error .spec.spec.mode: "fast" is not one of Fast, Slow; did you mean Fast?',
    ]);
  });

  it("warn of a leaf that no guess fits", () => {
    expect(told(trialsOf({ size: "{{ .size }}x" }))).toEqual([
      'warning .spec.spec.size: with made-up values: renders "samplex", but the field takes an integer',
    ]);
  });

  it("do not decide a condition", () => {
    const includeWhen = '{{ eq .mode "Slow" }}';
    expect(told(trialsOf({ sise: 1 }, [], { includeWhen }))).toEqual([
      "error .spec.spec.sise: unknown field; did you mean size?",
    ]);
    expect(trialsOf({ sise: 1 }, [row("a", "1")], { includeWhen })).toEqual([]);
  });
});

describe("rows that are real", () => {
  it("are named where only some show a problem", () => {
    const rows = [row("a", "1"), row("b", "many"), row("c", "more")];
    expect(told(trialsOf({ size: "{{ .size }}" }, rows))).toEqual([
      'error .spec.spec.size: renders "many", but the field takes an integer (row "b" and 1 more)',
    ]);
    expect(told(trialsOf({ sise: 1 }, rows))).toEqual(["error .spec.spec.sise: unknown field; did you mean size?"]);
  });

  it("have made-up values where they are sensitive", () => {
    expect(told(trialsOf({ size: "{{ .token }}", mode: "{{ .token }}" }, [row("a", "1")]))).toEqual([]);
  });
});

describe("the API server's answer", () => {
  it("pardons what the schema does not like, but no template that fails", () => {
    const trials = trialsOf({ sise: 1, size: "{{ .size }}" }, [row("a", "many")]);
    expect(told(trials, answer(trials, { accepted: true }))).toEqual([
      'error .spec.spec.size: renders "many", but the field takes an integer (row "a")',
    ]);
  });

  it("is told in its own words, and only warns where a made-up value may be to blame or a quota has no room for one more", () => {
    const reasons = [{ path: undefined, words: "no", quota: false }];
    const sure = trialsOf({ size: 1 });
    expect(told(sure, answer(sure, { reasons }))).toEqual(["error : the API server refuses it: no"]);
    const guessed = trialsOf({ mode: "{{ .mode }}" });
    expect(told(guessed, answer(guessed, { reasons }))).toEqual([
      "warning : with made-up values, the API server refuses it: no",
    ]);
    const full = [{ path: undefined, words: "exceeded quota", quota: true }];
    expect(told(sure, answer(sure, { reasons: full, renamed: true }))).toEqual([
      "warning : the API server refuses it: exceeded quota",
    ]);
  });

  it("is not told twice, and not at all about a value that is a guess", () => {
    const trials = trialsOf({ size: "x", mode: "{{ .mode }}" });
    const reasons = ["size", "mode"].map(field => ({ path: `${PATH}.spec.spec.${field}`, words: "no", quota: false }));
    expect(told(trials, answer(trials, { reasons }))).toEqual([
      'error .spec.spec.size: must be a whole number, not "x"',
    ]);
  });

  it("stops no change of something else", () => {
    expect(told(trialsOf({ sise: 1 }), undefined, true)).toEqual([
      "warning .spec.spec.sise: unknown field; did you mean size?",
    ]);
  });
});
