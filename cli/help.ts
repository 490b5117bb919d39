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
