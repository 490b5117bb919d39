import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { configMap, deployment } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

let scenario: Scenario;

beforeEach(async () => {
  scenario = await Scenario.open("patch");
  await scenario.sql("CREATE TABLE nodes (id VARCHAR(63) PRIMARY KEY, active BOOLEAN, replicas INT)");
  await scenario.sql("INSERT INTO nodes VALUES ('acme', 1, 2)");
  await scenario.hub({ extra: { replicas: "replicas" } });
});

afterEach(() => scenario.close());

async function kubectl(...args: string[]): Promise<void> {
  const { code, stderr } = await scenario.kubectl(args);
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr.trim()}`);
}

const strategies = ["apply", "merge", "replace"];
const config = () => scenario.get("v1", "ConfigMap", "acme-config");
const app = () => scenario.get("apps/v1", "Deployment", "acme-app");

describe("patchStrategy", () => {
  const form = (patchStrategy: string, data: Record<string, string>, more: Record<string, unknown> = {}) =>
    scenario.form("stack", {
      configMaps: [{ id: "config", nameTemplate: "{{ .uid }}-config", patchStrategy, ...more, spec: configMap(data) }],
    });
  const addByHand = () =>
    kubectl("patch", "configmap", "acme-config", "--type=merge", "-p", '{"data":{"added":"by hand"}}');

  it("apply: what the form drops goes, what others added stays", async () => {
    await form("apply", { kept: "1", dropped: "1" });
    await scenario.ready("acme-stack");
    await addByHand();
    await form("apply", { kept: "2" });
    await eventually(async () => {
      expect((await config())["data"]).toEqual({ kept: "2", added: "by hand" });
    });
  });

  it("merge: what others added stays, and nothing is ever taken away", async () => {
    await form("merge", { kept: "1", dropped: "1" });
    await scenario.ready("acme-stack");
    await addByHand();
    await form("merge", { kept: "2" });
    await eventually(async () => {
      expect((await config())["data"]).toEqual({ kept: "2", dropped: "1", added: "by hand" });
    });
  });

  it("replace: the object is what the form says, and nothing else", async () => {
    await form("replace", { kept: "1", dropped: "1" });
    await scenario.ready("acme-stack");
    const { uid } = (await config()).metadata;
    await kubectl("label", "configmap", "acme-config", "team=blue");
    await addByHand();
    await form("replace", { kept: "2" });
    await eventually(async () => {
      expect((await config())["data"]).toEqual({ kept: "2" });
    });
    const { metadata } = await config();
    expect(metadata.uid).toBe(uid);
    expect(Object.keys(metadata.labels ?? {})).not.toContain("team");
    expect(metadata.ownerReferences).toMatchObject([{ kind: "LynqNode", name: "acme-stack" }]);
  });

  it.each(strategies)(
    "%s: is healed when others change it or delete it, and made from a deleted one alike",
    async strategy => {
      await form(strategy, { key: "ours" });
      await scenario.ready("acme-stack");
      const { uid } = (await config()).metadata;
      for (const key of ["theirs", "again"]) {
        await kubectl("patch", "configmap", "acme-config", "--type=merge", "-p", JSON.stringify({ data: { key } }));
        await eventually(async () => {
          expect(await config()).toMatchObject({ metadata: { uid }, data: { key: "ours" } });
        });
      }
      await kubectl("delete", "configmap", "acme-config");
      await eventually(async () => {
        expect(await config()).toMatchObject({ data: { key: "ours" } });
      });
      const ready = await scenario.ready("acme-stack");
      expect(ready.status).toMatchObject({ desiredResources: 1, readyResources: 1 });
      // It comes to rest: an object that is as it should be is not written again and again.
      const { resourceVersion } = (await config()).metadata;
      await scenario.afterSyncs();
      expect((await config()).metadata.resourceVersion).toBe(resourceVersion);
    },
  );

  it.each(strategies)("%s: labels and annotations of the body and of the templates are merged", async strategy => {
    const body = { "example.com/body": "1", "example.com/both": "body" };
    const merged = { "example.com/body": "1", "example.com/both": "template", "example.com/template": "2" };
    const template = { "example.com/both": "template", "example.com/template": "2" };
    const written = (data: Record<string, string>) =>
      scenario.form("stack", {
        configMaps: [
          {
            id: "config",
            nameTemplate: "{{ .uid }}-config",
            patchStrategy: strategy,
            labelsTemplate: template,
            annotationsTemplate: template,
            spec: { ...configMap(data), metadata: { labels: body, annotations: body } },
          },
        ],
      });
    for (const key of ["made", "changed"]) {
      await written({ key });
      await eventually(async () => {
        expect(await config()).toMatchObject({ data: { key }, metadata: { labels: merged, annotations: merged } });
      });
    }
  });

  it.each(strategies)("%s: the owner reference follows the deletion policy, in both directions", async strategy => {
    for (const deletionPolicy of ["Delete", "Retain", "Delete"]) {
      await form(strategy, { key: "same" }, { deletionPolicy });
      await eventually(async () => {
        const { metadata } = await config();
        expect(metadata.annotations).toMatchObject({ "lynq.sh/deletion-policy": deletionPolicy });
        expect((metadata.ownerReferences ?? []).map(({ name }) => name)).toEqual(
          deletionPolicy === "Delete" ? ["acme-stack"] : [],
        );
      });
    }
  });

  it.each(strategies)("%s: Stuck keeps off what another tool has made", async strategy => {
    await kubectl("create", "configmap", "acme-config", "--from-literal=key=theirs");
    const { uid, resourceVersion } = (await config()).metadata;
    await form(strategy, { key: "ours" }, { conflictPolicy: "Stuck" });
    await eventually(async () => {
      expect((await scenario.node("acme-stack")).status).toMatchObject({ conflictedResources: 1 });
      const [event, ...more] = await scenario.events("acme-stack", "ResourceConflict");
      expect(more).toEqual([]);
      expect(event?.message).toContain('conflict with "kubectl-create" using v1: .data.key');
    });
    await scenario.afterSyncs();
    expect((await config()).metadata).toMatchObject({ uid, resourceVersion });
  });

  it.each(strategies)("%s: Force takes over what another tool has made", async strategy => {
    await kubectl("create", "configmap", "acme-config", "--from-literal=key=theirs");
    const { uid } = (await config()).metadata;
    await form(strategy, { key: "ours" }, { conflictPolicy: "Force" });
    await scenario.ready("acme-stack");
    expect(await config()).toMatchObject({ metadata: { uid }, data: { key: "ours" } });
    expect((await config()).metadata.managedFields?.map(({ manager }) => manager)).toContain("lynq");
  });
});

describe("ignoreFields", () => {
  const form = (patchStrategy: string, image: string, more: Record<string, unknown> = {}) =>
    scenario.form("stack", {
      deployments: [
        {
          id: "app",
          nameTemplate: "{{ .uid }}-app",
          patchStrategy,
          ignoreFields: ["$.spec.replicas"],
          spec: deployment({ replicas: "{{ .replicas }}", ...more }, image),
        },
      ],
    });
  const imageIs = (image: string) =>
    eventually(async () => {
      expect(await app()).toMatchObject({ spec: { template: { spec: { containers: [{ image }] } } } });
    });

  it.each(strategies)("%s: replicas are set on creation, and then belong to whoever scales", async strategy => {
    await form(strategy, "nginx:1.27");
    await scenario.ready("acme-stack");
    expect(await app()).toMatchObject({ spec: { replicas: 2 } });
    const { uid } = (await app()).metadata;

    // As an autoscaler would, through the scale subresource, again and again.
    for (const replicas of [7, 3, 8, 4, 9, 5]) {
      await kubectl("scale", "deployment", "acme-app", `--replicas=${replicas}`);
    }
    await form(strategy, "nginx:1.28");
    await imageIs("nginx:1.28");
    expect(await app()).toMatchObject({ metadata: { uid }, spec: { replicas: 5 } });

    await scenario.sql("UPDATE nodes SET replicas = 1");
    await form(strategy, "nginx:1.29");
    await imageIs("nginx:1.29");
    expect((await scenario.ready("acme-stack")).status).toMatchObject({ conflictedResources: 0 });
    expect(await app()).toMatchObject({ metadata: { uid }, spec: { replicas: 5 } });
  });

  it("nobody else has scaled: the value of the creation stays, and is not dropped", async () => {
    await form("apply", "nginx:1.27");
    await scenario.ready("acme-stack");
    await scenario.sql("UPDATE nodes SET replicas = 6");
    await form("apply", "nginx:1.28");
    await imageIs("nginx:1.28");
    await scenario.ready("acme-stack");
    await scenario.afterSyncs();
    expect(await app()).toMatchObject({ spec: { replicas: 2 } });
  });

  it("a deleted object is made again with the value of the row", async () => {
    await form("apply", "nginx:1.27");
    await scenario.ready("acme-stack");
    await kubectl("scale", "deployment", "acme-app", "--replicas=7");
    const { uid } = (await app()).metadata;
    await kubectl("delete", "deployment", "acme-app");
    await eventually(async () => {
      const object = await app();
      expect(object.metadata.uid).not.toBe(uid);
      expect(object).toMatchObject({ spec: { replicas: 2 } });
    });
  });

  it("a filter leaves one container's image to others, and keeps that of its neighbour", async () => {
    const images = (app: string, proxy: string) =>
      scenario.form("stack", {
        deployments: [
          {
            id: "app",
            nameTemplate: "{{ .uid }}-app",
            ignoreFields: ["$.spec.template.spec.containers[?@.name == 'proxy'].image"],
            spec: deployment({
              template: {
                spec: {
                  containers: [
                    { name: "app", image: app },
                    { name: "proxy", image: proxy },
                  ],
                },
              },
            }),
          },
        ],
      });
    const are = (app: string, proxy: string) =>
      eventually(async () => {
        const containers = [
          { name: "app", image: app },
          { name: "proxy", image: proxy },
        ];
        expect(await scenario.get("apps/v1", "Deployment", "acme-app")).toMatchObject({
          spec: { template: { spec: { containers } } },
        });
      });
    await images("nginx:1.27", "envoy:1.30");
    await scenario.ready("acme-stack");
    await kubectl("set", "image", "deployment/acme-app", "app=evil:1", "proxy=envoy:1.31");
    await are("nginx:1.27", "envoy:1.31");
    await images("nginx:1.28", "envoy:1.32");
    await are("nginx:1.28", "envoy:1.31");
  });

  it.each(strategies)("%s: a wildcard leaves each container its own image", async strategy => {
    const sidecars = (level: string) =>
      scenario.form("stack", {
        deployments: [
          {
            id: "app",
            nameTemplate: "{{ .uid }}-app",
            patchStrategy: strategy,
            ignoreFields: ["$.spec.template.spec.containers[*].image"],
            spec: deployment({
              template: {
                metadata: { annotations: { level } },
                spec: {
                  containers: [
                    { name: "app", image: "nginx:1.27" },
                    { name: "proxy", image: "envoy:1.30" },
                  ],
                },
              },
            }),
          },
        ],
      });
    await sidecars("one");
    await scenario.ready("acme-stack");
    await kubectl("set", "image", "deployment/acme-app", "proxy=envoy:1.31");
    await sidecars("two");
    await eventually(async () => {
      const images = [{ image: "nginx:1.27" }, { image: "envoy:1.31" }];
      expect(await app()).toMatchObject({
        spec: { template: { metadata: { annotations: { level: "two" } }, spec: { containers: images } } },
      });
    });
  });
});
