import { clusterOptionsHelp } from "../cluster/connection";

export const adoptHelp = `Compares every object that a form would give to a row with what exists, before anything is taken over. Writes nothing.

Usage:
  lynq adopt FORM --uid UID… [options]

Row, one of:
                         without the following, the values that the row's LynqNode has
      --database-url URL the row is read from the hub's table, as for lynq render
      --row FILE         columns and values of the row
      --set NAME=VALUE   a variable; may be repeated, and wins over --row

Options:
      --uid UID          which row; may be repeated
${clusterOptionsHelp}  -o, --output FORMAT    table (for people), json or yaml
  -h, --help

For each object: whether it exists, whose it is and who holds its fields, what is the same and what differs, what conflictPolicy Stuck would say,
and what Force would change. In the end what to do next, in order. Sensitive values are shown as ***.

Exit code: 0 the row can have its objects, 1 something cannot be had whatever the policy is, 2 wrong usage.

Examples:
  lynq adopt web-app --uid acme-corp
  lynq adopt web-app --uid acme-corp --database-url mysql://reader@localhost/nodes
  lynq adopt web-app --uid acme-corp --set replicas=5 -o json
`;
