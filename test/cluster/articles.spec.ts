import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

describe("the hub and form of how-it-works.md, as printed", () => {
  let scenario: Scenario;

  beforeAll(async () => {
    scenario = await Scenario.open("article");
    await scenario.sql(
      "CREATE TABLE node_data (node_id VARCHAR(63) PRIMARY KEY, is_active BOOLEAN, subscription_plan VARCHAR(20), deployment_region VARCHAR(20))",
    );
    await scenario.sql("INSERT INTO node_data VALUES ('acme-corp', 1, 'enterprise', 'eu'), ('beta', 1, NULL, 'us')");
    await scenario.hub({
      name: "my-saas-hub",
      table: "node_data",
      uid: "node_id",
      activate: "is_active",
      extra: { planId: "subscription_plan", region: "deployment_region" },
    });
    await scenario.apply(`
apiVersion: operator.lynq.sh/v1
kind: LynqForm
metadata:
  name: web-app
spec:
  hubId: my-saas-hub
  deployments:
    - id: app
      nameTemplate: "{{ .uid }}-app"
      labelsTemplate:
        app: "{{ .uid }}"
        plan: "{{ .planId | default \\"basic\\" }}"
      spec:
        apiVersion: apps/v1
        kind: Deployment
        spec:
          replicas: 2
          template:
            spec:
              containers:
                - name: app
                  image: "{{ .deployImage | default \\"nginx:latest\\" }}"
  services:
    - id: svc
      nameTemplate: "{{ .uid }}-svc"
      dependIds: ["app"]
      spec:
        apiVersion: v1
        kind: Service
        spec:
          ports:
            - port: 80
`);
  });

  afterAll(() => scenario.close());

  it("makes a ready stack of every active row", async () => {
    const node = await scenario.ready("acme-corp-web-app");
    expect(node.status?.appliedResources).toEqual([
      `Deployment/${scenario.namespace}/acme-corp-app@app`,
      `Service/${scenario.namespace}/acme-corp-svc@svc`,
    ]);
    expect(node.status).toMatchObject({ desiredResources: 2, readyResources: 2, failedResources: 0 });
    await scenario.ready("beta-web-app");
  });

  it("falls back where a column is NULL or a variable is not mapped", async () => {
    const acme = await scenario.get("apps/v1", "Deployment", "acme-corp-app");
    const beta = await scenario.get("apps/v1", "Deployment", "beta-app");
    expect(acme.metadata.labels).toMatchObject({ app: "acme-corp", plan: "enterprise" });
    expect(beta.metadata.labels).toMatchObject({ app: "beta", plan: "basic" });
    expect(beta).toMatchObject({ spec: { template: { spec: { containers: [{ image: "nginx:latest" }] } } } });
  });

  it("counts nodes on the hub", async () => {
    await eventually(async () => {
      const { status } = await scenario.hubObject("my-saas-hub");
      expect(status).toMatchObject({ referencingTemplates: 1, desired: 2, ready: 2, failed: 0, syncInterval: "1s" });
    });
  });
});
