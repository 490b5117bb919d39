import { describe, expect, it } from "@jest/globals";
import { type FormResource, type LynqHubSpec } from "../../../crds";
import { checkForm, formClaims, type FormLike } from "./index";

const hub: LynqHubSpec = {
  source: { type: "mysql", mysql: { host: "db", database: "nodes", table: "node_data", username: "reader" } },
  valueMappings: { uid: "node_id", activate: "is_active" },
  extraValueMappings: { team: "team", url: "url" },
};

const configMap = (id: string, more: Partial<FormResource> = {}): FormResource => ({
  id,
  nameTemplate: "{{ .uid }}",
  spec: { apiVersion: "v1", kind: "ConfigMap" },
  ...more,
});

const form = (name: string, manifests: FormResource[], namespace = "default", hubId = "hub"): FormLike => ({
  metadata: { namespace, name },
  spec: { hubId, manifests },
});

function check(checked: FormLike, others: FormLike[] = []) {
  const { errors, warnings } = checkForm(checked, { spec: hub }, others.map(formClaims));
  const shown = (found: typeof errors) => found.map(({ rule, path }) => `${path} ${rule}`);
  return { errors: shown(errors), warnings: shown(warnings) };
}

const one = (more: Partial<FormResource>) => check(form("f", [configMap("a", more)]));
const clean = { errors: [], warnings: [] };
const at = "spec.manifests[0].nameTemplate";

describe("a name that takes more work than a name is worth", () => {
  it("is not tried: a form has hundreds, and others wait", () => {
    const name = (steps: number) => ({ nameTemplate: `{{ range until ${steps} }}{{ end }}{{ .uid }}_` });
    expect(one(name(100)).errors).toEqual([`${at} name-illegal`]);
    expect(one(name(9000))).toEqual(clean);
  });
});

describe("a name that does not depend on the row", () => {
  it.each(["settings", "{{ .hubId }}-{{ .templateRef }}", '{{ "settings" | lower }}'])(
    "is refused: %s",
    nameTemplate => {
      expect(one({ nameTemplate })).toEqual({ errors: [`${at} name-fixed`], warnings: [] });
    },
  );

  it.each<[string, Partial<FormResource>]>([
    ["in a namespace of the row's own", { nameTemplate: "settings", namespaceTemplate: "{{ .uid }}" }],
    [
      "in a namespace that the body names",
      {
        spec: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "s", namespace: "{{ .uid }}" } },
        nameTemplate: "",
      },
    ],
    ["that is shared on purpose", { nameTemplate: "settings", creationPolicy: "Once", deletionPolicy: "Retain" }],
    ["that may use any variable", { nameTemplate: "{{ toJson . | sha256sum | trunc 8 }}" }],
    ["from a numeric uid", { nameTemplate: '{{ printf "t%d" (atoi .uid) }}' }],
    ["from the end of a uid", { nameTemplate: "x{{ .uid | trunc -3 }}" }],
  ])("passes %s", (_case, more) => {
    expect(one(more)).toEqual(clean);
  });

  it("is not saved by a namespace that a kind of the cluster does not have", () => {
    const spec = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole" };
    expect(one({ spec, nameTemplate: "reader", namespaceTemplate: "{{ .uid }}" }).errors).toEqual([`${at} name-fixed`]);
  });

  it("is a warning where the row decides whether it gets the resource at all", () => {
    expect(one({ nameTemplate: "settings", includeWhen: '{{ eq .team "core" }}' })).toEqual({
      errors: [],
      warnings: [`${at} name-fixed-conditional`],
    });
  });

  it("is a warning where it depends on other columns", () => {
    expect(one({ nameTemplate: "{{ .team }}-settings" }).warnings).toEqual([`${at} name-without-uid`]);
    expect(one({ nameTemplate: "{{ if .team }}{{ .uid }}{{ else }}all{{ end }}" })).toEqual(clean);
  });
});

describe("a name that is illegal for its kind", () => {
  const service = { apiVersion: "v1", kind: "Service" };
  it.each<[string, Partial<FormResource>]>([
    ["with an underscore", { nameTemplate: "{{ .uid }}_app" }],
    ["in upper case", { nameTemplate: "{{ .uid | upper }}" }],
    ["that is too long", { nameTemplate: `{{ .uid }}-${"x".repeat(250)}` }],
    ["of a Service with a dot", { nameTemplate: "{{ .uid }}.app", spec: service }],
    ["of a Service that begins with a digit", { nameTemplate: "1-{{ .uid }}", spec: service }],
    ["of a Service beyond 63", { nameTemplate: `{{ .uid }}-${"x".repeat(60)}`, spec: service }],
  ])("is refused: %s", (_case, more) => {
    expect(one(more)).toEqual({ errors: [`${at} name-illegal`], warnings: [] });
  });

  it("is refused for a namespace, too", () => {
    expect(one({ namespaceTemplate: "{{ .uid }}.app" }).errors).toEqual([
      "spec.manifests[0].namespaceTemplate name-illegal",
    ]);
  });

  it("passes with dots where the kind takes them, and where only the row's value can tell", () => {
    expect(one({ nameTemplate: "{{ .uid }}.app" })).toEqual(clean);
    expect(one({ nameTemplate: "{{ .uid }}-{{ index (splitList `.` .url) 1 }}" })).toEqual(clean);
  });
});

describe("labels and keys", () => {
  it("are refused when no row could make them legal", () => {
    const { errors } = one({
      labelsTemplate: { ok: "{{ .uid }}", bad: "{{ .uid }}@x", "my key": "x", long: "x".repeat(64), empty: "" },
      annotationsTemplate: { "UPPER.example.com/x": "x", "example.com/ok": "any: text" },
    });
    expect(errors).toEqual([
      "spec.manifests[0].labelsTemplate.bad label-value-illegal",
      'spec.manifests[0].labelsTemplate["my key"] metadata-key-illegal',
      "spec.manifests[0].labelsTemplate.long label-value-illegal",
      'spec.manifests[0].annotationsTemplate["UPPER.example.com/x"] metadata-key-illegal',
    ]);
  });
});

describe("two resources of one form", () => {
  const two = (left: Partial<FormResource>, right: Partial<FormResource>) =>
    check(form("f", [configMap("a", left), configMap("b", right)]));

  it("are refused when they are one object for every row", () => {
    const second = { errors: ["spec.manifests[1].nameTemplate name-taken-in-node"], warnings: [] };
    expect(two({}, {})).toEqual(second);
    expect(two({ nameTemplate: "{{.uid}}-x" }, { nameTemplate: '{{ printf "%s-x" .uid }}' })).toEqual(second);
  });

  it.each<[string, Partial<FormResource>, Partial<FormResource>]>([
    ["of two kinds", {}, { spec: { apiVersion: "v1", kind: "Secret" } }],
    ["in two namespaces", {}, { namespaceTemplate: "{{ .uid }}" }],
    ["with two names", {}, { nameTemplate: "{{ .uid }}-{{ .team }}" }],
    ["of which the row chooses one", { includeWhen: "{{ .team }}" }, { includeWhen: "{{ not .team }}" }],
  ])("pass %s", (_case, left, right) => {
    expect(two(left, right)).toEqual(clean);
  });
});

describe("two forms", () => {
  const taken = { errors: ["spec.manifests[0].nameTemplate name-taken-by-form"], warnings: [] };
  const stack = (name: string, more: Partial<FormResource> = {}, ...place: string[]) =>
    form(name, [configMap("a", more)], ...place);

  it("are refused when they write one object for the rows of one hub, with both named", () => {
    const { errors } = checkForm(stack("f"), { spec: hub }, [formClaims(stack("g"))]);
    expect(errors.map(({ message }) => message)).toEqual([
      'LynqForm default/g writes the same ConfigMap with its resource "a": both are called "{{ .uid }}"; give one of them another name',
    ]);
  });

  it("are refused when names that are fixed on both sides are equal, of different hubs, too", () => {
    const fixed = { spec: { apiVersion: "v1", kind: "Namespace" }, nameTemplate: "tenants" };
    expect(check(stack("f", fixed), [stack("g", fixed, "other", "hub2")])).toEqual({
      errors: [`${at} name-fixed`, `${at} name-taken-by-form`],
      warnings: [],
    });
  });

  it("are a warning for two hubs, whose rows may never meet", () => {
    expect(check(stack("f"), [stack("g", {}, "default", "hub2")])).toEqual({
      errors: [],
      warnings: [`${at} name-like-other-form`],
    });
  });

  it.each<[string, FormLike, FormLike]>([
    ["the same form", stack("f"), stack("f")],
    ["two namespaces", stack("f"), stack("g", {}, "other")],
    [
      "a name that says which form it is",
      stack("f", { nameTemplate: "{{ .uid }}-{{ .templateRef }}" }),
      stack("g", { nameTemplate: "{{ .uid }}-{{ .templateRef }}" }),
    ],
    ["rows that one of them leaves out", stack("f", { includeWhen: "{{ .team }}" }), stack("g")],
    [
      "an object that both share on purpose",
      stack("f", { creationPolicy: "Once", deletionPolicy: "Retain" }),
      stack("g", { creationPolicy: "Once", deletionPolicy: "Retain" }),
    ],
  ])("pass for %s", (_case, left, right) => {
    expect(check(left, [right])).toEqual(clean);
  });

  it("are refused in a common namespace, whatever namespace the forms are in", () => {
    const placed = { namespaceTemplate: "{{ .uid }}", nameTemplate: "settings" };
    expect(check(stack("f", placed), [stack("g", placed)])).toEqual(taken);
  });
});
