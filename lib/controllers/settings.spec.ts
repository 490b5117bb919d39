import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readSettings } from "./settings";

const noPod = "/nowhere/namespace";

describe("the operator's settings", () => {
  it("warn, and allow everything, unless told otherwise", () => {
    expect(readSettings({}, noPod)).toEqual({
      authorize: "warn",
      metricsOfNodes: 1000,
      operatorUsers: undefined,
      election: { enabled: false, namespace: "pepr-system", leaseSeconds: 15, shard: { index: 0, count: 1 } },
      writes: {
        operatorNamespace: "pepr-system",
        allowedNamespaces: undefined,
        allowedKinds: undefined,
        requireServiceAccount: false,
      },
    });
  });

  it("are read from the environment", () => {
    const { authorize, writes, operatorUsers } = readSettings(
      {
        LYNQ_AUTHORIZE: "enforce",
        LYNQ_REQUIRE_SERVICE_ACCOUNT: "true",
        LYNQ_ALLOWED_NAMESPACES: "tenant-*, shop",
        LYNQ_ALLOWED_KINDS: "ConfigMap,*.networking.k8s.io",
        POD_NAMESPACE: "lynq",
        LYNQ_OPERATOR_USERS: "system:serviceaccount:lynq:lynq, backup",
      },
      noPod,
    );
    expect(authorize).toBe("enforce");
    expect(operatorUsers).toEqual(["system:serviceaccount:lynq:lynq", "backup"]);
    expect(writes.requireServiceAccount).toBe(true);
    expect(writes.operatorNamespace).toBe("lynq");
    expect(writes.allowedNamespaces?.map(({ source }) => source)).toEqual(["tenant-*", "shop"]);
    expect(writes.allowedKinds?.map(({ source }) => source)).toEqual(["ConfigMap", "*.networking.k8s.io"]);
  });

  it("elect a leader in a pod, and nowhere else", () => {
    const file = join(__dirname, "settings.spec.ts");
    const inPod = { KUBERNETES_SERVICE_HOST: "10.0.0.1" };
    expect(readSettings(inPod, file).election.enabled).toBe(true);
    expect(readSettings({}, file).election.enabled).toBe(false);
    expect(readSettings(inPod, noPod).election.enabled).toBe(false);
    expect(readSettings({ ...inPod, LYNQ_LEADER_ELECTION: "off" }, file).election.enabled).toBe(false);
    expect(readSettings({ LYNQ_LEADER_ELECTION: "on" }, noPod).election.enabled).toBe(true);
    expect(readSettings({ LYNQ_SHARD: "0/1" }, noPod).election.enabled).toBe(true);
  });

  it("say which shard it is; shards elect everywhere", () => {
    const env = { LYNQ_SHARD: "2/3", LYNQ_LEASE_SECONDS: "30", LYNQ_LEASE_NAMESPACE: "lynq" };
    expect(readSettings(env, noPod).election).toEqual({
      enabled: true,
      namespace: "lynq",
      leaseSeconds: 30,
      shard: { index: 2, count: 3 },
    });
  });

  it("refuse shards without Leases", () => {
    expect(() => readSettings({ LYNQ_SHARD: "0/2", LYNQ_LEADER_ELECTION: "off" }, noPod)).toThrow(
      "LYNQ_LEADER_ELECTION is off and LYNQ_SHARD is set; shards keep out of each other's way by their Leases, so leave one of them out",
    );
  });

  const shards = "INDEX/COUNT with at most 100 shards, counted from 0, such as 0/3, 1/3 and 2/3";

  it.each([
    [{ LYNQ_LEADER_ELECTION: "yes" }, 'LYNQ_LEADER_ELECTION is "yes"; it must be on or off.'],
    [{ LYNQ_SHARD: "" }, `LYNQ_SHARD is ""; it must be ${shards}.`],
    [{ LYNQ_SHARD: "1" }, `LYNQ_SHARD is "1"; it must be ${shards}.`],
    [{ LYNQ_SHARD: "3/3" }, `LYNQ_SHARD is "3/3"; it must be ${shards} (the last of 3 is 2/3).`],
    [{ LYNQ_SHARD: "4/3" }, `LYNQ_SHARD is "4/3"; it must be ${shards}.`],
    [{ LYNQ_SHARD: "0/0" }, `LYNQ_SHARD is "0/0"; it must be ${shards}.`],
    [{ LYNQ_SHARD: "-1/3" }, `LYNQ_SHARD is "-1/3"; it must be ${shards}.`],
    [{ LYNQ_SHARD: "0/101" }, `LYNQ_SHARD is "0/101"; it must be ${shards}.`],
    [{ LYNQ_LEASE_SECONDS: "2" }, 'LYNQ_LEASE_SECONDS is "2"; it must be a whole number of seconds from 3 to 600.'],
    [{ LYNQ_LEASE_SECONDS: "15s" }, 'LYNQ_LEASE_SECONDS is "15s"; it must be a whole number of seconds from 3 to 600.'],
    [{ LYNQ_LEASE_NAMESPACE: "Lynq" }, 'LYNQ_LEASE_NAMESPACE is "Lynq"; it must be a namespace\'s name.'],
    [{ LYNQ_AUTHORIZE: "yes" }, 'LYNQ_AUTHORIZE is "yes"; it must be off, warn or enforce.'],
    [{ LYNQ_AUTHORIZE: "" }, 'LYNQ_AUTHORIZE is ""; it must be off, warn or enforce.'],
    [{ LYNQ_AUTHORIZE: "Enforce" }, 'LYNQ_AUTHORIZE is "Enforce"; it must be off, warn or enforce.'],
    [{ LYNQ_METRICS_NODES: "-1" }, 'LYNQ_METRICS_NODES is "-1"; it must be a whole number such as 1000.'],
    [{ LYNQ_REQUIRE_SERVICE_ACCOUNT: "1" }, 'LYNQ_REQUIRE_SERVICE_ACCOUNT is "1"; it must be true or false.'],
    [
      { LYNQ_ALLOWED_NAMESPACES: "" },
      'LYNQ_ALLOWED_NAMESPACES is ""; it must be a comma list of namespaces such as tenant-*.',
    ],
    [
      { LYNQ_ALLOWED_NAMESPACES: "tenant-[ab]" },
      'LYNQ_ALLOWED_NAMESPACES is "tenant-[ab]"; it must be a comma list of namespaces such as tenant-*.',
    ],
    [
      { LYNQ_ALLOWED_KINDS: "Deployment/apps" },
      'LYNQ_ALLOWED_KINDS is "Deployment/apps"; it must be a comma list of kinds such as ConfigMap, Deployment.apps or *.networking.k8s.io.',
    ],
  ])("are never guessed: %j", (env, message) => {
    expect(() => readSettings(env, noPod)).toThrow(`${message} Leave it out for the default`);
  });
});
