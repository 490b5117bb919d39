import { join } from "node:path";

import { ApiClient, loadConnection } from "../../../lib/cluster";
import { type ControlPlane } from "../../cluster/control-plane";
import { operatorUser } from "../../cluster/credentials";
import { mustKubectl } from "../../cluster/cluster";
import { type Mariadb } from "../../database/mariadb";
import { type Environment, startEnvironment } from "../../environment";
import { type Log } from "../../log";
import { type BenchArguments } from "./arguments";
import { databaseSecret } from "./form";
import { Meter } from "./meter";
import { AuditLog } from "./observers/audit-log";
import { DatabaseCounters } from "./observers/database-counters";
import { type HubOptions } from "./form";
import { TenantTable } from "./rows";
import { otherOperator, ourOperator, type Subject } from "./subject";

/** Where the operator works. */
export const namespace = "bench";

/** A cluster, a database and an operator that does not run yet, for one number of rows. */
export interface World {
  readonly folder: string;
  readonly cluster: ControlPlane;
  readonly database: Mariadb;
  readonly table: TenantTable;
  readonly subject: Subject;
  readonly meter: Meter;
  /** Of an administrator: what it asks is not counted. */
  readonly admin: ApiClient;
  readonly hub: HubOptions;
  stop(): Promise<void>;
}

export interface WorldOptions {
  readonly log: Log;
  readonly isOurs: boolean;
  readonly arguments: BenchArguments;
}

/** The operator may do everything: rights are no subject of the bench. */
const roleBinding = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: "bench-operator" },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
  subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: operatorUser }],
};

/** Starts everything but the operator, and installs the operator's kinds. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const environment = await startEnvironment({
    log: options.log,
    withOperator: false,
    audit: true,
    auditPolicyPath: join(__dirname, "audit-policy.yaml"),
  });
  try {
    return await furnish(environment, options);
  } catch (error) {
    await environment.stop();
    throw error;
  }
}

async function furnish(environment: Environment, { log, isOurs, arguments: given }: WorldOptions): Promise<World> {
  const { controlPlane: cluster, database: server, folder, auditLogPath } = environment;
  if (auditLogPath === undefined) throw new Error("the API server writes no audit log");
  const database = await server.createDatabase("bench");
  const table = await TenantTable.create(database, "tenants");
  const options = { cluster, folder, log, namespace, server, database };
  const subject = isOurs
    ? ourOperator(options)
    : otherOperator(options, { command: given.command ?? "", crds: given.crds, setup: given.setup });
  const objects = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    roleBinding,
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace, name: databaseSecret },
      stringData: { password: database.password },
    },
  ];
  await mustKubectl(cluster, ["apply", "-f", "-"], objects.map(object => JSON.stringify(object)).join("\n---\n"));
  await subject.install();
  const admin = new ApiClient(loadConnection({ kubeconfig: cluster.kubeconfigPath }), { userAgent: "lynq-bench" });
  const meter = new Meter(subject, new AuditLog(auditLogPath), await DatabaseCounters.open(server, database.user));
  return {
    folder,
    cluster,
    database: server,
    table,
    subject,
    meter,
    admin,
    hub: {
      namespace,
      server,
      database,
      table: table.name,
      ...(isOurs && given.changeMark !== undefined ? { changeMark: given.changeMark } : {}),
    },
    stop: async () => {
      admin.close();
      await subject.stop().catch(() => undefined);
      await environment.stop();
    },
  };
}
