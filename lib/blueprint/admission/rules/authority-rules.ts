import { missingRight, type NeededRight } from "../authority/right";
import { none, type None, rule } from "./rule";

const example: NeededRight = {
  path: "spec.deployments[0]",
  verb: "create",
  group: "apps",
  resource: "deployments",
  namespace: "shop",
  name: undefined,
  anyNamespace: false,
};

/** Rules of who may have what written: the form's author, and the operator (docs/security.md). */
export const authorityRules = {
  rightMissing: rule<{ user: string; right: NeededRight; verbs: readonly string[] }>({
    id: "author-right-missing",
    severity: "warning",
    checks:
      "a form's author may do what the form makes the operator do, or use the ServiceAccount that it names; a hub's author may get the Secrets that it reads; refused with `LYNQ_AUTHORIZE=enforce`",
    example: { user: "jane", right: example, verbs: ["create", "delete"] },
    message: ({ user, right, verbs }) => missingRight(user, right, verbs),
    fix: "have the right granted; for a form, or name a ServiceAccount that has it in `spec.serviceAccountName`",
  }),
  rightUnknown: rule<{ user: string; reason: string }>({
    id: "author-right-unknown",
    severity: "warning",
    checks: "the author's rights can be asked for; refused with `LYNQ_AUTHORIZE=enforce`",
    example: { user: "jane", reason: "this cluster does not serve Widget.example.com" },
    message: ({ user, reason }) => `whether User "${user}" has the rights for it was not checked: ${reason}`,
    fix: "install the kind's CustomResourceDefinition first; try again when the API server is well",
  }),
  warned: rule<None>({
    id: "author-warned",
    severity: "warning",
    checks: "beside each of the two, where the operator only warns",
    example: none,
    message: () => "LYNQ_AUTHORIZE=warn: the operator goes on all the same; with enforce this would be refused",
    fix: "have the rights granted before an administrator sets `LYNQ_AUTHORIZE=enforce`",
  }),
  enforced: rule<{ authored: "form" | "hub" }>({
    id: "author-refused",
    severity: "error",
    checks: "beside each of the two, where the operator enforces",
    example: { authored: "form" },
    message: ({ authored }) =>
      authored === "form"
        ? "LYNQ_AUTHORIZE=enforce: a form's author needs every right that the form uses; have the rights granted, or name a ServiceAccount that has them in spec.serviceAccountName"
        : "LYNQ_AUTHORIZE=enforce: a hub sends what is in its Secrets to the server that it names, so its author needs the right to get them; have it granted",
    fix: "have the rights granted; for a form, or name a ServiceAccount that has them",
  }),
  forbidden: rule<{ reason: string }>({
    id: "write-forbidden",
    severity: "error",
    checks:
      "nothing is written into the cluster's own namespaces or the operator's, outside of `LYNQ_ALLOWED_NAMESPACES` and `LYNQ_ALLOWED_KINDS`, and no form, hub or node with the operator's rights",
    example: { reason: 'the namespace "kube-system" is the cluster\'s own; nothing is ever written or deleted there' },
    message: ({ reason }) => reason,
    fix: "choose another namespace or kind, or ask the administrator",
  }),
  accountRequired: rule<{ reason: string }>({
    id: "service-account-required",
    severity: "error",
    checks: "the form names a ServiceAccount where `LYNQ_REQUIRE_SERVICE_ACCOUNT=true` demands one",
    example: {
      reason:
        "is required by LYNQ_REQUIRE_SERVICE_ACCOUNT=true; name a ServiceAccount of the form's namespace that the operator acts as",
    },
    message: ({ reason }) => reason,
    fix: "set `spec.serviceAccountName`",
  }),
};
