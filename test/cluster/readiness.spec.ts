import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { isPlainObject } from "../../lib/blueprint/object";
import { findCondition } from "../../lib/status";
import { configMap, deployment, job, persistentVolumeClaim } from "../environment/bodies";
import { type CustomKind, installCustomKind } from "../environment/custom-kind";
import { eventually } from "../environment/eventually";
import { held } from "../environment/held-pods";
import { type Manifest, Scenario } from "../environment/scenario";

let scenario: Scenario;
let widgets: CustomKind;
let storageClass: string;

const named = (id: string, spec: Manifest, more: Record<string, unknown> = {}) => ({
  id,
  nameTemplate: `{{ .uid }}-${id}`,
  spec,
  ...more,
});
const containers = (image: string) => [{ name: "app", image }];

beforeAll(async () => {
  scenario = await Scenario.open("readiness");
  storageClass = `${scenario.namespace}-late`;
  widgets = await installCustomKind(scenario);
  await scenario.apply({
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: storageClass },
    provisioner: "example.com/nobody",
    volumeBindingMode: "WaitForFirstConsumer",
  } as Manifest);
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN)");
  await scenario.sql("INSERT INTO nodes VALUES ('a', 1)");
  await scenario.hub();
});

afterAll(async () => {
  try {
    await scenario.close();
  } finally {
    await scenario.kubectl(["delete", "storageclass", storageClass, "--ignore-not-found"]);
    await widgets.remove();
  }
});

/** What the Go operator waits for until the timeout, and then calls failed (its checks know ready pods, and conditions called Ready). */
describe("what is at rest", () => {
  const stack = (image: string) => ({
    deployments: [named("none", deployment({ replicas: 0 }, image))],
    daemonSets: [
      named("nowhere", {
        apiVersion: "apps/v1",
        kind: "DaemonSet",
        spec: { template: { spec: { nodeSelector: { "example.com/node": "none" }, containers: containers(image) } } },
      }),
    ],
    statefulSets: [
      named("by-hand", statefulSet(image, { type: "OnDelete" })),
      named("partitioned", statefulSet(image, { type: "RollingUpdate", rollingUpdate: { partition: 1 } })),
    ],
    persistentVolumeClaims: [named("claim", claim())],
    configMaps: [named("consumer", configMap(), { dependIds: ["claim", "none", "nowhere", "widget"] })],
    manifests: [named("widget", widgets.body({ size: 1 }))],
  });
  const statefulSet = (image: string, updateStrategy: Record<string, unknown>): Manifest => ({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    spec: { replicas: 1, serviceName: "none", updateStrategy, template: { spec: { containers: containers(image) } } },
  });
  const claim = (): Manifest => {
    const { spec, ...body } = persistentVolumeClaim();
    return { ...body, spec: { ...(isPlainObject(spec) ? spec : {}), storageClassName: storageClass } };
  };
  const imageOf = async (pod: string) => {
    const { stdout } = await scenario.kubectl(["get", "pod", pod, "-o", "jsonpath={.spec.containers[0].image}"]);
    return stdout;
  };

  it("is ready: no replicas, no node for a daemon, a claim before its first pod, a custom object without a Ready condition", async () => {
    await scenario.form("rest", stack("nginx:1.27"));
    const { status } = await scenario.ready("a-rest");
    expect(status).toMatchObject({ desiredResources: 7, readyResources: 7 });
    expect((await scenario.get("v1", "PersistentVolumeClaim", "a-claim"))["status"]).toMatchObject({
      phase: "Pending",
    });
    const { stdout } = await scenario.kubectl(["get", "configmap", "a-consumer", "-o", "name"]);
    expect(stdout).toBe("configmap/a-consumer\n");
  });

  it("is ready after a change that its own strategy holds back", async () => {
    await scenario.form("rest", stack("nginx:1.28"));
    await eventually(async () => {
      for (const name of ["a-by-hand", "a-partitioned"]) {
        expect(await scenario.get("apps/v1", "StatefulSet", name)).toMatchObject({
          spec: { template: { spec: { containers: [{ image: "nginx:1.28" }] } } },
        });
      }
    });
    await scenario.ready("a-rest");
    expect([await imageOf("a-by-hand-0"), await imageOf("a-partitioned-0")]).toEqual(["nginx:1.27", "nginx:1.27"]);
    await scenario.kubectl(["delete", "lynqform", "rest"]);
  });
});

describe("a job that fails", () => {
  it("has failed at once, long before its timeout, and what depends on it is skipped", async () => {
    const { spec, ...body } = job();
    const template = { spec: { restartPolicy: "Never", containers: containers("busybox:1.37"), ...held } };
    const doomed = { ...body, spec: { ...(isPlainObject(spec) ? spec : {}), activeDeadlineSeconds: 1, template } };
    await scenario.form("doomed", {
      jobs: [named("init", doomed, { timeoutSeconds: 3600 })],
      configMaps: [named("after", configMap(), { dependIds: ["init"] })],
    });
    await eventually(async () => {
      const { status } = await scenario.node("a-doomed");
      expect(status).toMatchObject({ failedResources: 1, skippedResourceIds: ["after"] });
      expect(findCondition(status?.conditions, "Degraded")).toMatchObject({ status: "True" });
      expect(findCondition(status?.conditions, "Ready")?.message).toContain(
        "a-init: Job was active longer than specified deadline",
      );
    });
    expect(await scenario.find("v1", "ConfigMap", "a-after")).toBeUndefined();
  });
});
