import { none, type None, rule } from "./rule";

/** Rules of a form as a whole. */
export const formRules = {
  hubMissing: rule<{ hubId: string }>({
    id: "form-hub-missing",
    severity: "warning",
    checks: "the form's hub exists",
    example: { hubId: "my-hub" },
    message: ({ hubId }) =>
      `there is no LynqHub ${hubId} in the form's namespace yet; variables are checked when there is one`,
    fix: "apply the hub, or correct `hubId`; the form is checked again when the hub appears, and its `Valid` condition tells the result",
  }),
  hubUnread: rule<{ reason: string }>({
    id: "form-hub-unread",
    severity: "warning",
    checks: "the form's hub can be read within two seconds",
    example: { reason: "no answer within 2000 ms" },
    message: ({ reason }) => `the LynqHub could not be read, so variables were not checked: ${reason}`,
    fix: "look at the form's `Valid` condition: the operator checks it, too; or apply it again",
  }),
  neighboursUnread: rule<{ reason: string }>({
    id: "form-neighbours-unread",
    severity: "warning",
    checks: "the other forms of the cluster can be read within two seconds",
    example: { reason: "no answer within 2000 ms" },
    message: ({ reason }) =>
      `the other forms could not be read, so nobody has checked whether one of them writes the same objects: ${reason}`,
    fix: "apply the form again; at run time the second writer of an object is stopped by a conflict",
  }),
  unfinished: rule<{ what: "the form" | "the stored form" }>({
    id: "form-check-unfinished",
    severity: "warning",
    checks: "the form, and for a change the stored one, can be checked within five seconds",
    example: { what: "the form" },
    message: ({ what }) =>
      `there was no time to check all of ${what}${what === "the form" ? "" : ", so nobody knows which of its faults are new"}; the operator checks the form in full`,
    fix: "look at the form's `Valid` condition; or apply it again when the webhook has less to do, or split it",
  }),
  tooLarge: rule<{ bytes: number; most: number }>({
    id: "form-too-large",
    severity: "error",
    checks:
      "the form is small enough for the webhook to see it twice, before and after a change: otherwise nobody could change it any more",
    example: { bytes: 1_200_000, most: 1_000_000 },
    message: ({ bytes, most }) =>
      `the form has ${bytes.toLocaleString("en-US")} bytes as the API server stores it, more than ${most.toLocaleString("en-US")}`,
    fix: "split it into several forms of the same hub",
  }),
  empty: rule<None>({
    id: "form-empty",
    severity: "warning",
    checks: "the form has resources",
    example: none,
    message: () => "the form has no resources; its nodes stay empty",
    fix: "list at least one resource",
  }),
  ignoreField: rule<{ reason: string }>({
    id: "ignore-field-syntax",
    severity: "error",
    checks: "every entry of `ignoreFields` is a JSONPath",
    example: { reason: '"$.data[" is no JSONPath: …' },
    message: ({ reason }) => reason,
    fix: "write it as `$.spec.replicas`, `$.data['a.b']` or `$.spec.containers[?(@.name=='app')].image`",
  }),
};
