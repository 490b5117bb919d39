import { rule } from "./rule";

interface Told {
  readonly problem: string;
  /** The rows that show it: ` (row "acme")`; empty when every row does. */
  readonly rows: string;
}

interface Why {
  readonly why: string;
}

/** Rules of what a form's templates render to: checked with sample rows, against the cluster's own schemas and by the API server itself. */
export const objectRules = {
  schema: rule<Told>({
    id: "object-schema",
    severity: "error",
    checks:
      "what a resource renders to fits the schema that the cluster has of its kind: no unknown field, no wrong type, nothing missing",
    example: { problem: "unknown field; did you mean image?", rows: "" },
    message: ({ problem, rows }) => `${problem}${rows}`,
    fix: "correct the field; `kubectl explain` shows the schema. If a row is named, only rows like it show the problem: correct the row, or make the template cope with it",
  }),
  schemaUnsure: rule<Told>({
    id: "object-schema-unsure",
    severity: "warning",
    checks:
      "fields that the schema calls required are there; the API server, which may let them be left out, could not be asked",
    example: { problem: "is required", rows: "" },
    message: ({ problem, rows }) => `${problem}${rows}, says the schema of the kind; the API server could not be asked`,
    fix: "add the field",
  }),
  template: rule<Told>({
    id: "object-template",
    severity: "error",
    checks: "every template renders with the rows that the hub has read",
    example: { problem: 'renders "many", but the field takes an integer', rows: ' (row "acme")' },
    message: ({ problem, rows }) => `${problem}${rows}`,
    fix: "make the template cope with such rows (`default`, `if`, `includeWhen`), or keep them out with the hub's `rowSchema`",
  }),
  guess: rule<{ readonly problem: string }>({
    id: "object-guess",
    severity: "warning",
    checks:
      "every template renders with made-up rows, as long as the hub has read none, and with made-up values in the place of sensitive ones",
    example: { problem: 'line 1, column 4: int fails: "sample" is no number' },
    message: ({ problem }) => `with made-up values: ${problem}`,
    fix: "nothing, if real rows are different; the hub's `rowSchema` makes made-up values more like them",
  }),
  refused: rule<{ readonly words: string; readonly rows: string }>({
    id: "object-refused",
    severity: "error",
    checks:
      "the API server would take a sample of each object: admission policies, quotas and immutable fields allow it (a dry run; nothing is stored)",
    example: {
      words:
        "exceeded quota: small, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1",
      rows: "",
    },
    message: ({ words, rows }) => `the API server refuses it: ${words}${rows}`,
    fix: "change the object, or the policy or quota that is named",
  }),
  refusedGuess: rule<{ readonly words: string }>({
    id: "object-refused-guess",
    severity: "warning",
    checks:
      "the same, with made-up values in the object: with those of a real row the API server may say something else",
    example: { words: 'admission webhook "images.acme.io" denied the request: unknown registry' },
    message: ({ words }) => `with made-up values, the API server refuses it: ${words}`,
    fix: "nothing, if real rows are different",
  }),
  untried: rule<Why>({
    id: "object-untried",
    severity: "warning",
    checks: "the API server can be asked about each object",
    example: { why: "namespace shop does not exist yet" },
    message: ({ why }) => `was not tried on the API server: ${why}`,
    fix: "nothing; the object is refused, if at all, when the first row is applied",
  }),
  unserved: rule<{ readonly kind: string; readonly apiVersion: string }>({
    id: "object-kind-unserved",
    severity: "warning",
    checks: "the cluster serves the kind",
    example: { kind: "Certificate", apiVersion: "cert-manager.io/v1" },
    message: ({ kind, apiVersion }) =>
      `the cluster does not serve ${kind} of ${apiVersion}; its object was not checked, and nodes wait for the kind`,
    fix: "correct the name, or install what brings the kind",
  }),
  unchecked: rule<Why>({
    id: "object-unchecked",
    severity: "warning",
    checks: "the schema of each kind can be read, and every row tried in time",
    example: { why: "its schema could not be read: connect ECONNREFUSED 10.0.0.1:443" },
    message: ({ why }) => `was not checked against its schema: ${why}`,
    fix: "nothing; apply again for a complete check",
  }),
  rowsUnread: rule<Why>({
    id: "rows-unread",
    severity: "warning",
    checks: "the rows that the hub has read can be listed",
    example: { why: "connect ECONNREFUSED 10.0.0.1:443" },
    message: ({ why }) => `rows of the hub could not be read, so the form was tried with made-up ones: ${why}`,
    fix: "nothing; apply again for a complete check",
  }),
};
