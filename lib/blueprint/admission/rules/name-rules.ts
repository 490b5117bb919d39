import { none, type None, rule } from "./rule";

const shared = "with `creationPolicy: Once` and `deletionPolicy: Retain` an object is shared on purpose";

/** Rules of what an object is called, and of who else calls one so. */
export const nameRules = {
  missing: rule<None>({
    id: "name-missing",
    severity: "error",
    checks: "every resource has a name",
    example: none,
    message: () => "has no name; set nameTemplate or spec.metadata.name",
    fix: "set `nameTemplate`",
  }),
  illegal: rule<{ reason: string }>({
    id: "name-illegal",
    severity: "error",
    checks: "a name is legal for its kind, and a namespace is a DNS label, whatever harmless values the row has",
    example: {
      reason:
        'renders "acme_app", which is not a DNS subdomain: at most 253 of a-z, 0-9, - and .; lower, trunc 63 or trimSuffix "-" may help',
    },
    message: ({ reason }) => reason,
    fix: "change what the template adds to the row's values",
  }),
  labelValue: rule<{ value: string }>({
    id: "label-value-illegal",
    severity: "error",
    checks: "a label's value is legal, whatever harmless values the row has",
    example: { value: "acme@example" },
    message: ({ value }) =>
      `renders ${JSON.stringify(value)}, which is no label value: at most 63 letters, digits, -, _ and ., and a letter or digit at both ends`,
    fix: "change the template, or use an annotation",
  }),
  key: rule<{ key: string }>({
    id: "metadata-key-illegal",
    severity: "error",
    checks: "keys of labels and annotations are legal",
    example: { key: "my key" },
    message: ({ key }) =>
      `${JSON.stringify(key)} is no key: a name of at most 63 letters, digits, -, _ and ., after a DNS subdomain and / if any`,
    fix: "correct the key",
  }),
  fixed: rule<{ name: string; kind: string }>({
    id: "name-fixed",
    severity: "error",
    checks: `name and namespace together depend on the row; ${shared}`,
    example: { name: "settings", kind: "ConfigMap" },
    message: ({ name, kind }) =>
      `is ${JSON.stringify(name)} for every row, so all of them would fight over one ${kind}; put the uid into the name or the namespace, or share the object on purpose with creationPolicy Once and deletionPolicy Retain`,
    fix: 'name it `{{ .uid }}-…`, or set `namespaceTemplate: "{{ .uid }}"`, or share the object on purpose',
  }),
  fixedSometimes: rule<{ name: string; kind: string }>({
    id: "name-fixed-conditional",
    severity: "warning",
    checks: "the same for a resource with `includeWhen`, which may be true for one row only",
    example: { name: "settings", kind: "ConfigMap" },
    message: ({ name, kind }) =>
      `is ${JSON.stringify(name)} for every row that gets the resource; two of them would fight over one ${kind}`,
    fix: "make sure that `includeWhen` is true for one row only, or put the uid into the name",
  }),
  withoutUid: rule<{ kind: string; variables: readonly string[] }>({
    id: "name-without-uid",
    severity: "warning",
    checks: "name and namespace together depend on the row's uid",
    example: { kind: "ConfigMap", variables: ["planId"] },
    message: ({ kind, variables }) =>
      `depends on ${variables.map(name => `.${name}`).join(", ")} but not on the uid; two rows with the same value would fight over one ${kind}`,
    fix: "add the uid, or make sure that the column is unique",
  }),
  takenInNode: rule<{ kind: string; other: string; path: string }>({
    id: "name-taken-in-node",
    severity: "error",
    checks: "two resources of one node are two objects",
    example: { kind: "ConfigMap", other: "config", path: "spec.configMaps[0]" },
    message: ({ kind, other, path }) =>
      `is the same ${kind} as resource ${JSON.stringify(other)} (${path}) for every row; give one of them another name`,
    fix: "give one of them another name, or choose between them with `includeWhen`",
  }),
  takenByForm: rule<{ kind: string; form: string; resource: string; name: string }>({
    id: "name-taken-by-form",
    severity: "error",
    checks: `no other form of the cluster writes the same object: by the same names for the rows of one hub, or by fixed names; ${shared}`,
    example: { kind: "ConfigMap", form: "default/other-form", resource: "config", name: "{{ .uid }}-config" },
    message: ({ kind, form, resource, name }) =>
      `LynqForm ${form} writes the same ${kind} with its resource ${JSON.stringify(resource)}: both are called ${JSON.stringify(name)}; give one of them another name`,
    fix: "give one of them another name",
  }),
  likeOtherForm: rule<{ kind: string; form: string; resource: string; name: string }>({
    id: "name-like-other-form",
    severity: "warning",
    checks:
      "no form of another hub calls its objects alike: both would write one object as soon as both hubs have a row with the same values",
    example: { kind: "ConfigMap", form: "default/other-form", resource: "config", name: "{{ .uid }}-config" },
    message: ({ kind, form, resource, name }) =>
      `LynqForm ${form} of another hub calls its ${kind} ${JSON.stringify(resource)} ${JSON.stringify(name)}, too: a row with the same values in both hubs would be refused to the second`,
    fix: "put the hub into the name, as in `{{ .hubId }}-{{ .uid }}`, or write to another namespace",
  }),
};
