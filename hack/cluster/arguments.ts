import { join } from "node:path";

import { type Credentials } from "./credentials";

/** Ports of one control plane on 127.0.0.1. */
export interface Ports {
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly apiServer: number;
  readonly controllerManager: number;
  readonly scheduler: number;
}

/** Where things of one control plane are. */
export interface Paths {
  readonly dataDir: string;
  readonly kubeconfig: string;
  /** kwok's stages. */
  readonly stages: string;
  /** Where the API server writes its audit log, one JSON event a line; none when undefined. */
  readonly auditLog: string | undefined;
  /** The audit policy; read when there is an audit log. */
  readonly auditPolicy: string;
}

const local = (port: number) => `http://127.0.0.1:${port}`;

export const etcdArguments = (ports: Ports, { dataDir }: Paths): readonly string[] => [
  `--data-dir=${join(dataDir, "etcd")}`,
  `--listen-client-urls=${local(ports.etcd)}`,
  `--advertise-client-urls=${local(ports.etcd)}`,
  `--listen-peer-urls=${local(ports.etcdPeer)}`,
  `--initial-advertise-peer-urls=${local(ports.etcdPeer)}`,
  `--initial-cluster=default=${local(ports.etcdPeer)}`,
  // The data live as long as one run: a lost power supply loses nothing of worth.
  "--unsafe-no-fsync",
  "--log-level=warn",
];

export const apiServerArguments = (ports: Ports, paths: Paths, credentials: Credentials): readonly string[] => [
  `--etcd-servers=${local(ports.etcd)}`,
  "--bind-address=127.0.0.1",
  "--advertise-address=127.0.0.1",
  "--endpoint-reconciler-type=none",
  `--secure-port=${ports.apiServer}`,
  `--tls-cert-file=${credentials.serving.certificatePath}`,
  `--tls-private-key-file=${credentials.serving.keyPath}`,
  `--token-auth-file=${credentials.tokenPath}`,
  "--authorization-mode=RBAC",
  "--service-account-issuer=https://kubernetes.default.svc",
  `--service-account-key-file=${credentials.serviceAccount.certificatePath}`,
  `--service-account-signing-key-file=${credentials.serviceAccount.keyPath}`,
  // A /24 is full after 254 Services.
  "--service-cluster-ip-range=10.0.0.0/16",
  // No pod really runs: none needs its namespace's account, and the node needs no taint until it is ready.
  "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition",
  "--shutdown-delay-duration=0s",
  ...(paths.auditLog === undefined
    ? []
    : [
        `--audit-log-path=${paths.auditLog}`,
        `--audit-policy-file=${paths.auditPolicy}`,
        "--audit-log-mode=blocking",
        // Never begun anew: its readers know places in it.
        "--audit-log-maxsize=1000000",
      ]),
];

export const controllerManagerArguments = (ports: Ports, paths: Paths, credentials: Credentials): readonly string[] => [
  `--kubeconfig=${paths.kubeconfig}`,
  "--bind-address=127.0.0.1",
  `--secure-port=${ports.controllerManager}`,
  `--cert-dir=${join(paths.dataDir, "kube-controller-manager")}`,
  `--root-ca-file=${credentials.authority.certificatePath}`,
  `--service-account-private-key-file=${credentials.serviceAccount.keyPath}`,
  "--leader-elect=false",
  // The node sends no heartbeats, so that a machine that was asleep does not lose its pods.
  "--controllers=*,-node-lifecycle-controller",
  "--kube-api-qps=500",
  "--kube-api-burst=1000",
  "--concurrent-namespace-syncs=20",
  "--concurrent-gc-syncs=20",
  // Thousands of stacks at once wait for the API server, not for a place here.
  "--concurrent-deployment-syncs=20",
  "--concurrent-replicaset-syncs=20",
  "--concurrent-endpoint-syncs=20",
  "--concurrent-service-endpoint-syncs=20",
];

export const schedulerArguments = (ports: Ports, paths: Paths): readonly string[] => [
  `--kubeconfig=${paths.kubeconfig}`,
  "--bind-address=127.0.0.1",
  `--secure-port=${ports.scheduler}`,
  `--cert-dir=${join(paths.dataDir, "kube-scheduler")}`,
  "--leader-elect=false",
  "--kube-api-qps=500",
  "--kube-api-burst=1000",
];

export const kwokArguments = (paths: Paths): readonly string[] => [
  `--kubeconfig=${paths.kubeconfig}`,
  `--config=${paths.stages}`,
  "--manage-all-nodes=true",
  // With leases, kwok started anew would wait until those of the one before have expired.
  "--node-lease-duration-seconds=0",
  "--cidr=10.244.0.0/16",
];
