import { none, type None, rule } from "./rule";

const changing = "calls a function that gives another result each time (now, rand*, gen*, uuidv4)";

/** Rules of every text that is rendered, bodies included. */
export const templateRules = {
  syntax: rule<{ reason: string; hint: string }>({
    id: "template-syntax",
    severity: "error",
    checks: "every text parses; every function exists and gets as many arguments as it takes",
    example: { reason: 'line 1, column 11: unknown function "upperr" (did you mean "upper"?)', hint: "" },
    message: ({ reason, hint }) => `${reason}${hint}`,
    fix: "correct the template at the line and column shown; [templates.md](templates.md) lists all functions",
  }),
  condition: rule<{ reason: string; example: string }>({
    id: "include-when-literal",
    severity: "error",
    checks: "`includeWhen` without a template is true or false",
    example: { reason: 'renders "enabled", but the field takes true or false', example: "{{ .enabled }}" },
    message: ({ reason, example }) => `${reason}; write a template such as ${example}`,
    fix: "write a template over a variable",
  }),
  readyWhenLiteral: rule<None>({
    id: "ready-when-literal",
    severity: "error",
    checks: "`readyWhen` looks at the object",
    example: none,
    message: () =>
      'is no template; write one over the live object, such as {{ eq .status.phase "Running" }}, or set waitForReady: false',
    fix: "write a template over the live object",
  }),
  readyWhenUnused: rule<None>({
    id: "ready-when-unused",
    severity: "warning",
    checks: "`readyWhen` is waited for",
    example: none,
    message: () => "is not used: waitForReady is false, so the object counts as ready once it is applied",
    fix: "remove `waitForReady: false`, or `readyWhen`",
  }),
  identityChanges: rule<None>({
    id: "template-identity-changes",
    severity: "error",
    checks: "a name, namespace, `includeWhen` or `readyWhen` renders to the same at every look",
    example: none,
    message: () => changing,
    fix: "derive it from the row, for example with `sha256sum`",
  }),
  contentChanges: rule<None>({
    id: "template-content-changes",
    severity: "warning",
    checks: "a body, label or annotation renders to the same at every look, unless the object is created once",
    example: none,
    message: () =>
      `${changing}, so the object changes with every reconcile; creationPolicy Once keeps the first result`,
    fix: "set `creationPolicy: Once`, or derive the value from the row",
  }),
  unmapped: rule<{ hubId: string; name: string; where: string; hint: string }>({
    id: "variable-unmapped",
    severity: "error",
    checks: "a variable that is printed is mapped by the form's hub",
    example: { hubId: "my-hub", name: "planid", where: "line 1, column 4", hint: "; did you mean planId?" },
    message: ({ hubId, name, where, hint }) =>
      `hub ${hubId} maps no variable .${name} (${where})${hint || "; add it to the hub's extraValueMappings, or give it a default"}`,
    fix: 'correct the name, add it to the hub\'s `extraValueMappings`, or guard it: `{{ .planId | default "basic" }}`',
  }),
  missing: rule<{ hubId: string; name: string; where: string; hint: string }>({
    id: "variable-missing",
    severity: "warning",
    checks: "a variable that is guarded (`default`, `if`, …) is mapped by the form's hub",
    example: { hubId: "my-hub", name: "deployImage", where: "line 1, column 4", hint: "" },
    message: ({ hubId, name, where, hint }) =>
      `hub ${hubId} maps no variable .${name} (${where}), so it is always missing${hint}`,
    fix: "nothing, if the fallback is what you want; otherwise map it",
  }),
  sensitiveShown: rule<{ what: string; place: string }>({
    id: "sensitive-shown",
    severity: "error",
    checks: "no sensitive value becomes part of a name, namespace, label or annotation",
    example: { what: "uses .token, declared sensitive by hub my-hub", place: "a label" },
    message: ({ what, place }) => `${what}; a sensitive value cannot be part of ${place}`,
    fix: "take another variable; a hash of the value would be sensitive, too",
  }),
  sensitiveBody: rule<{ what: string }>({
    id: "sensitive-body",
    severity: "warning",
    checks: "a sensitive value goes into Secrets only",
    example: { what: "uses .token, declared sensitive by hub my-hub" },
    message: ({ what }) => `${what}; the object is no Secret and shows it to everybody who can read it`,
    fix: "put it in a Secret, and refer to that",
  }),
};
