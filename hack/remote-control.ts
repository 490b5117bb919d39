import { createServer, request } from "node:http";
import { join } from "node:path";

import { type Cluster, clusterOf } from "./cluster/cluster";
import { MariadbClient, type RootAccess } from "./database/client";
import { type TlsFiles } from "./database/mariadb";
import { type Environment } from "./environment";
import { errorMessage } from "./errors";
import { onShutdown } from "./shutdown";

/** Variables for the operator beside those that it has. */
type Variables = Readonly<Record<string, string>>;

/** What may be done to the processes of an environment. */
const actions = {
  "api-server/restart": ({ controlPlane }: Environment) => controlPlane.restartApiServer(),
  "api-server/kill": ({ controlPlane }: Environment) => controlPlane.killApiServer(),
  "api-server/start": ({ controlPlane }: Environment) => controlPlane.startApiServer(),
  "database/stop": ({ database }: Environment) => database.stop(),
  "database/kill": ({ database }: Environment) => database.kill(),
  "database/start": ({ database }: Environment) => database.start(),
  "operator/stop": async ({ operator }: Environment) => operator?.stop(),
  "operator/kill": async ({ operator }: Environment) => operator?.kill(),
  "operator/start": async ({ operator }: Environment, variables: Variables) => operator?.start(variables),
} as const;

export type Action = keyof typeof actions;

const isAction = (name: string): name is Action => Object.hasOwn(actions, name);

/** What another process needs to use an environment; plain data. */
export interface EnvironmentDetails {
  readonly folder: string;
  readonly socket: string;
  readonly server: string;
  readonly caPath: string;
  readonly adminToken: string;
  readonly operatorToken: string;
  readonly kubeconfigPath: string;
  readonly operatorKubeconfigPath: string;
  readonly kubectlPath: string;
  readonly auditLogPath: string | undefined;
  readonly database: RootAccess & { readonly tls: TlsFiles };
  readonly operator: { readonly url: string; readonly caPath: string; readonly logPath: string } | undefined;
}

/** Lets other processes act on this environment, over a socket in its folder: Jest runs tests in processes of their own. */
export async function serveEnvironment(environment: Environment): Promise<EnvironmentDetails> {
  const { controlPlane, database, operator, folder } = environment;
  const socket = join(folder, "control.sock");
  const server = createServer((call, answer) => {
    const { pathname, searchParams } = new URL(call.url ?? "", "http://environment");
    const name = pathname.slice(1);
    const act = isAction(name)
      ? actions[name](environment, Object.fromEntries(searchParams))
      : Promise.reject(new Error(`unknown action ${name}`));
    act.then(
      () => answer.writeHead(200).end(),
      (error: unknown) => answer.writeHead(500).end(errorMessage(error)),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(socket, resolve);
  });
  // It must not keep a finished process alive.
  server.unref();
  onShutdown(() => server.close());
  const {
    server: url,
    caPath,
    adminToken,
    operatorToken,
    kubeconfigPath,
    operatorKubeconfigPath,
    kubectlPath,
  } = controlPlane;
  const { host, port, rootUser, rootPassword, tls } = database;
  return {
    ...{ folder, socket, server: url, caPath, adminToken, operatorToken },
    ...{ kubeconfigPath, operatorKubeconfigPath, kubectlPath, auditLogPath: environment.auditLogPath },
    database: { host, port, rootUser, rootPassword, tls },
    operator: operator && { url: operator.url, caPath: operator.caPath, logPath: operator.logPath },
  };
}

/** An environment that another process runs. */
export interface AttachedEnvironment {
  readonly details: EnvironmentDetails;
  readonly cluster: Cluster;
  readonly database: MariadbClient;
  /** Acts on its processes; resolves when it is done. `variables` are for an operator that is started. @throws Error with the reason of the other process. */
  act(action: Action, variables?: Variables): Promise<void>;
}

/** Uses an environment that another process serves. */
export function attachEnvironment(details: EnvironmentDetails): AttachedEnvironment {
  const { kubectlPath, kubeconfigPath, socket } = details;
  return {
    details,
    cluster: clusterOf({ kubectlPath, kubeconfigPath }),
    database: new MariadbClient(details.database),
    act: (action, variables = {}) =>
      new Promise((resolve, reject) => {
        const path = `/${action}?${new URLSearchParams(variables).toString()}`;
        const call = request({ socketPath: socket, path, method: "POST" }, answer => {
          let reason = "";
          answer.setEncoding("utf8");
          answer.on("data", (text: string) => {
            reason += text;
          });
          answer.once("end", () => {
            if (answer.statusCode === 200) resolve();
            else reject(new Error(`${action}: ${reason}`));
          });
        });
        call.once("error", reject);
        call.end();
      }),
  };
}
