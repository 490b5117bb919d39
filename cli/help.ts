import { clusterOptionsHelp } from "./cluster/connection";
import { builtinVersion } from "./kinds/builtin";

export const renderHelp = `Prints the YAML of what would be applied for a row, in the order of the dependencies.

Usage:
  lynq render -f FILE… [--hub FILE] (--row FILE | --set NAME=VALUE… | --database-url URL --uid UID) [options]

Files:
  -f, --filename FILE    forms and hubs, several in a file, picked by their kind; - is the standard input; may be repeated
      --hub FILE         the same, for the hub; may be repeated
      --form NAME        only this form; without it all forms of the files are rendered

Row, one of:
      --row FILE         a JSON (or YAML) object: columns and values, as the hub maps them; without a hub, variables
      --set NAME=VALUE   a variable; may be repeated, and wins over --row
      --database-url URL with --uid: the row is read from the hub's table.
                         mysql://user:password@host:port/database?ssl-mode=required; without a password in it, MYSQL_PWD.
                         The environment variable LYNQ_DATABASE_URL does the same, and is not seen by other users
      --uid UID          which row of the table

Options:
  -n, --namespace NAME   namespace of the node; else the form's own, or default
      --with-cluster     scopes and types of kinds from the cluster of the kubeconfig, which is only read;
                         without it those of Kubernetes ${builtinVersion} are known, and what templates of custom kinds render stays text
      --context NAME     context of the kubeconfig, with --with-cluster
      --cluster-scoped KIND
                         a custom kind that is not namespaced, as Kind or Kind.group; may be repeated
      --show-sensitive   print fields with values that the hub declares sensitive, which are *** otherwise
  -h, --help

Exit code: 0 rendered, 1 something is refused or does not render, 2 wrong usage.

Examples:
  lynq render -f form.yaml --set uid=acme --set replicas=5
  lynq render -f form.yaml --hub hub.yaml --row row.json
  lynq render -f form.yaml --hub hub.yaml --database-url mysql://reader@localhost/nodes --uid acme
  cat form.yaml hub.yaml | lynq render -f - --set uid=acme | kubectl diff -f -
`;

export const lintHelp = `Prints what admission would say of forms and hubs: file, line, column, field, and what to do.

Usage:
  lynq lint -f FILE… [--hub FILE]

Options:
  -f, --filename FILE    forms and hubs, several in a file, picked by their kind; - is the standard input; may be repeated
      --hub FILE         the same, for the hub that tells which variables there are; may be repeated
  -h, --help

Exit code: 0 admission lets everything pass (warnings aside), 1 something is refused, 2 wrong usage.

Examples:
  lynq lint -f form.yaml --hub hub.yaml
  lynq lint -f form.yaml -f hub.yaml
  kubectl get lynqforms,lynqhubs -o yaml | lynq lint -f -
`;

export const approveHelp = `Shows what the operator holds back until a human lets it go, and lets exactly that go.

Usage:
  lynq approve (hub/NAME | form/NAME)                   what is held, and the command that lets it go
  lynq approve (hub/NAME | form/NAME) --digest DIGEST   let go what the digest names, and nothing else

Held are deletions of more nodes than the hub's deletionGuard allows in one sync, and every change of a form or a hub in mode Plan.
The digest names the nodes, each by name and UID, and what they become: when the set changes, so does the digest, and the old one lets
nothing go.

Options:
      --digest DIGEST    digest of what is to go, as it is shown
${clusterOptionsHelp}  -h, --help

Exit code: 0 shown or approved, 1 nothing is held under this digest, or the cluster refuses, 2 wrong usage.

Examples:
  lynq approve hub/customers -n apps
  lynq approve hub/customers -n apps --digest 0123456789abcdef
  lynq approve form/web -n apps
`;

export const suspendHelp = `Leaves a hub, a form or a node as it is, until it is resumed.

Usage:
  lynq suspend (hub/NAME | form/NAME | node/NAME)…

A suspended hub is not read, and no node is created, changed or deleted for its rows; its nodes go on healing. A suspended form
leaves all of its nodes as they are, a suspended node itself: no change, no healing, no deletion for its row. Deleting one of them
by hand is carried out.

Options:
${clusterOptionsHelp}  -h, --help

Exit code: 0 suspended, 1 it does not exist, or the cluster refuses, 2 wrong usage.

Examples:
  lynq suspend hub/customers -n apps
  lynq suspend node/acme-web node/globex-web
`;

export const resumeHelp = `Goes on with what was suspended; what was missed meanwhile is made up for.

Usage:
  lynq resume (hub/NAME | form/NAME | node/NAME)…

A node that its row or its form suspends is resumed there.

Options:
${clusterOptionsHelp}  -h, --help

Exit code: 0 resumed, 1 it does not exist, or the cluster refuses, 2 wrong usage.

Examples:
  lynq resume hub/customers -n apps
`;

export const reconcileHelp = `Has the operator look again now.

Usage:
  lynq reconcile (hub/NAME | form/NAME | node/NAME) [--wait]

A hub reads its table at once. A form writes every object of all of its nodes again, a node its own, whether they differ or not.

Options:
      --wait             wait for the answer, and say how Ready stands
      --timeout SECONDS  how long to wait; 300 when left out
${clusterOptionsHelp}  -h, --help

Exit code: 0 asked, and with --wait answered; 1 it is suspended, does not exist, or has not answered in time; 2 wrong usage.

Examples:
  lynq reconcile hub/customers -n apps --wait
  lynq reconcile node/acme-web
`;
