import { describe, expect, it } from "@jest/globals";
import { readSettings } from "./settings";

const noPod = "/nowhere/namespace";

describe("the operator's settings", () => {
  it("warn, and allow everything, unless told otherwise", () => {
    expect(readSettings({}, noPod)).toEqual({
      authorize: "warn",
      metricsOfNodes: 1000,
      operatorUsers: undefined,
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

  it.each([
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
