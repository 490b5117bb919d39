import { FINALIZER_NODE, RESERVED_PREFIX } from "../../../metadata";
import { none, type None, rule } from "./rule";

interface Row {
  readonly uid: string;
  readonly form: string;
  readonly hub: string;
}

const row = { uid: "acme", form: "web", hub: "customers" };

const instead = ({ uid, form, hub }: Row) =>
  `change the row ${JSON.stringify(uid)} in the table of LynqHub ${hub}, or LynqForm ${form}`;

/** Rules of LynqNodes, for everybody but the operator. */
export const nodeRules = {
  created: rule<Row>({
    id: "node-created",
    severity: "error",
    checks: "only the operator makes LynqNodes",
    example: row,
    message: each => `the operator makes LynqNodes, one for each active row and form; ${instead(each)}`,
    fix: "insert or activate a row, or apply a form; leave LynqNodes out of restored backups",
  }),
  spec: rule<Row>({
    id: "node-spec",
    severity: "error",
    checks: "only the operator changes a LynqNode's spec",
    example: row,
    message: each => `the operator writes it; ${instead(each)}`,
    fix: "change the row, or the form",
  }),
  key: rule<{ what: string }>({
    id: "node-reserved-key",
    severity: "error",
    checks: `only the operator changes labels and annotations with its prefix \`${RESERVED_PREFIX}\`; \`lynq.sh/suspend\` and \`lynq.sh/reconcile-at\` are yours`,
    example: { what: "annotation" },
    message: ({ what }) =>
      `this ${what} is the operator's; leave it as it is. Yours are lynq.sh/suspend, lynq.sh/reconcile-at, and all without the prefix ${RESERVED_PREFIX}`,
    fix: "leave the key as it is",
  }),
  finalizer: rule<None>({
    id: "node-finalizer",
    severity: "error",
    checks: "only the operator takes its finalizer off a LynqNode that lives",
    example: none,
    message: () =>
      `${FINALIZER_NODE} is the operator's; it goes when the node is deleted and all that it made is cleaned up`,
    fix: "delete the node, or deactivate its row",
  }),
  finalizerForced: rule<None>({
    id: "node-finalizer-forced",
    severity: "warning",
    checks: "the same for a LynqNode that is being deleted: the last resort when the operator is gone for good",
    example: none,
    message: () =>
      `${FINALIZER_NODE} was taken off before the operator was done: what the node made stays behind, with the label lynq.sh/node`,
    fix: "clean up by hand what carries the label `lynq.sh/node: NAME`",
  }),
  unknownOperator: rule<{ reason: string }>({
    id: "node-operator-unknown",
    severity: "warning",
    checks: "the webhook knows as which user the operator runs",
    example: { reason: "no answer within 2000 ms" },
    message: ({ reason }) =>
      `nobody has checked whether you are the operator, who alone writes LynqNodes: its user is not known (${reason})`,
    fix: "set `LYNQ_OPERATOR_USERS`",
  }),
};
