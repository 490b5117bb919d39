import { clusterOptionsHelp } from "../cluster/connection";

export const planHelp = `Shows what a change would do to every row's objects, before anything is done. Writes nothing.

Usage:
  lynq plan [-f FILE…] [--hub NAME|FILE] [options]

What:
  -f, --filename FILE    forms and hubs as they would be after apply; - is the standard input; may be repeated
      --hub NAME|FILE    all forms of this hub
                         without both: what the next sync of every hub of the namespace would do

Rows:
                         with -f or --hub FILE, those that the LynqNodes know; otherwise the hub's table, where its Secrets can be read and
                         its database can be reached from here
      --database-url URL the hub's table, as for lynq render; sees rows without nodes yet, and rows that are gone
      --uid UID          only this row; may be repeated
      --sample N         only N rows, spread evenly over all of them

Options:
${clusterOptionsHelp}  -o, --output FORMAT    table (for people), json or yaml
      --exit-code        0 nothing would change, 2 something would, 1 anything else, wrong usage included
  -h, --help

Signs: + created, ~ changed, ± recreated, - deleted, o retained, ! conflict or failure. Only what changes is shown, sensitive values as ***.

Exit code: 0 planned, 1 something is refused, would fail or be in conflict, 2 wrong usage.

Examples:
  lynq plan -f form.yaml
  lynq plan -f form.yaml --sample 20 -o json
  lynq plan --hub customers --database-url mysql://reader@localhost/nodes
  lynq plan --exit-code
`;
