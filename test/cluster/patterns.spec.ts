import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { deployment, service } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

/** The patterns of recordops.md, with SQL and kubectl only. */
let scenario: Scenario;

beforeEach(async () => {
  scenario = await Scenario.open("patterns");
});

afterEach(() => scenario.close());

describe("feature flags control infrastructure", () => {
  beforeEach(async () => {
    await scenario.sql("CREATE TABLE customers (customer_id VARCHAR(50) PRIMARY KEY, active BOOLEAN DEFAULT TRUE)");
    await scenario.sql("CREATE TABLE feature_flags (customer_id VARCHAR(50), feature VARCHAR(50), enabled BOOLEAN)");
    await scenario.sql(
      "CREATE VIEW customers_with_flags AS SELECT c.customer_id, c.active, f.enabled AS ai_assistant FROM customers c " +
        "LEFT JOIN feature_flags f ON f.customer_id = c.customer_id AND f.feature = 'ai-assistant'",
    );
    await scenario.sql("INSERT INTO customers (customer_id) VALUES ('acme-corp'), ('beta')");
    await scenario.sql("INSERT INTO feature_flags VALUES ('beta', 'dark-mode', true)");
    await scenario.hub({ table: "customers_with_flags", uid: "customer_id", extra: { aiAssistant: "ai_assistant" } });
    const includeWhen = '{{ eq .aiAssistant "1" }}';
    await scenario.form("web", {
      deployments: [
        { id: "app", nameTemplate: "{{ .uid }}-app", spec: deployment() },
        { id: "ai", nameTemplate: "{{ .uid }}-ai", includeWhen, dependIds: ["app"], spec: deployment() },
      ],
      services: [{ id: "ai-svc", nameTemplate: "{{ .uid }}-ai", includeWhen, dependIds: ["ai"], spec: service() }],
    });
  });

  it("the AI service exists only for the customer with the flag, and goes when the flag goes", async () => {
    const [acme, beta] = [await scenario.ready("acme-corp-web"), await scenario.ready("beta-web")];
    for (const { status } of [acme, beta]) expect(status).toMatchObject({ desiredResources: 1, readyResources: 1 });
    expect(await scenario.find("apps/v1", "Deployment", "acme-corp-ai")).toBeUndefined();

    await scenario.sql("INSERT INTO feature_flags VALUES ('acme-corp', 'ai-assistant', true)");
    await eventually(async () => {
      const { status } = await scenario.ready("acme-corp-web");
      expect(status?.appliedResources).toEqual([
        `Deployment/${scenario.namespace}/acme-corp-ai@ai`,
        `Deployment/${scenario.namespace}/acme-corp-app@app`,
        `Service/${scenario.namespace}/acme-corp-ai@ai-svc`,
      ]);
    });
    const app = (await scenario.get("apps/v1", "Deployment", "acme-corp-app")).metadata.uid;

    await scenario.sql("UPDATE feature_flags SET enabled = false WHERE customer_id = 'acme-corp'");
    await scenario.gone("apps/v1", "Deployment", "acme-corp-ai");
    await scenario.gone("v1", "Service", "acme-corp-ai");
    // The objects are gone a moment before the status that says so.
    await eventually(async () => {
      expect((await scenario.ready("acme-corp-web")).status?.appliedResources).toEqual([
        `Deployment/${scenario.namespace}/acme-corp-app@app`,
      ]);
    });
    expect((await scenario.get("apps/v1", "Deployment", "acme-corp-app")).metadata.uid).toBe(app);
    expect(await scenario.find("apps/v1", "Deployment", "beta-ai")).toBeUndefined();
    expect((await scenario.node("beta-web")).metadata.uid).toBe(beta.metadata.uid);
  });
});

describe("blue-green as a column", () => {
  const endpoints = async () => (await scenario.get("v1", "Service", "acme-corp-app"))["spec"];

  it("traffic follows the column, both versions keep running, and the way back is the same", async () => {
    await scenario.sql(
      "CREATE TABLE deployments (customer_id VARCHAR(50) PRIMARY KEY, active BOOLEAN DEFAULT TRUE, active_version VARCHAR(10))",
    );
    await scenario.sql("INSERT INTO deployments VALUES ('acme-corp', true, 'blue')");
    await scenario.hub({ table: "deployments", uid: "customer_id", extra: { activeVersion: "active_version" } });
    const version = (color: string) => ({
      id: color,
      nameTemplate: `{{ .uid }}-${color}`,
      spec: deployment({
        selector: { matchLabels: { app: "{{ .uid }}", version: color } },
        template: {
          metadata: { labels: { app: "{{ .uid }}", version: color } },
          spec: { containers: [{ name: "app", image: `example.com/app:${color}` }] },
        },
      }),
    });
    await scenario.form("web", {
      deployments: [version("blue"), version("green")],
      services: [
        {
          id: "svc",
          nameTemplate: "{{ .uid }}-app",
          spec: {
            apiVersion: "v1",
            kind: "Service",
            spec: { selector: { app: "{{ .uid }}", version: "{{ .activeVersion }}" }, ports: [{ port: 80 }] },
          },
        },
      ],
    });
    await scenario.ready("acme-corp-web");
    const uidsOf = async () =>
      Promise.all(
        ["blue", "green"].map(async color => {
          const { metadata } = await scenario.get("apps/v1", "Deployment", `acme-corp-${color}`);
          return [metadata.uid, metadata.generation];
        }),
      );
    const running = await uidsOf();
    const service = (await scenario.get("v1", "Service", "acme-corp-app")).metadata.uid;
    expect(await endpoints()).toMatchObject({ selector: { app: "acme-corp", version: "blue" } });
    for (const color of ["green", "blue"]) {
      await scenario.sql("UPDATE deployments SET active_version = ?", [color]);
      await eventually(async () => {
        expect(await endpoints()).toMatchObject({ selector: { app: "acme-corp", version: color } });
      });
    }
    expect((await scenario.get("v1", "Service", "acme-corp-app")).metadata.uid).toBe(service);
    expect(await uidsOf()).toEqual(running);
  });
});

describe("ephemeral environments with a time to live", () => {
  const form = { deployments: [{ id: "app", nameTemplate: "{{ .uid }}", spec: deployment() }] };

  beforeEach(async () => {
    await scenario.sql(
      "CREATE TABLE environments (id VARCHAR(50) PRIMARY KEY, active BOOLEAN DEFAULT TRUE, ttl DATETIME(3))",
    );
  });

  it("an environment whose row is cleaned up goes, the others stay", async () => {
    await scenario.sql(
      "INSERT INTO environments (id, ttl) VALUES ('demo-123', NOW() + INTERVAL 7 DAY), ('demo-124', NOW() + INTERVAL 7 DAY)",
    );
    await scenario.hub({ table: "environments" });
    await scenario.form("env", form);
    await scenario.ready("demo-123-env");
    const { uid } = (await scenario.ready("demo-124-env")).metadata;
    await scenario.sql("UPDATE environments SET ttl = NOW() - INTERVAL 1 SECOND WHERE id = 'demo-123'");
    await scenario.sql("DELETE FROM environments WHERE ttl < NOW()");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "demo-123-env");
    await scenario.gone("apps/v1", "Deployment", "demo-123");
    expect((await scenario.ready("demo-124-env")).metadata.uid).toBe(uid);
  });

  it("an environment that a view calls expired goes by itself", async () => {
    await scenario.sql("CREATE VIEW living AS SELECT id, ttl > NOW(3) AS active FROM environments");
    await scenario.hub({ table: "living" });
    await scenario.form("env", form);
    await scenario.sql("INSERT INTO environments (id, ttl) VALUES ('demo-125', NOW() + INTERVAL 7 DAY)");
    await scenario.ready("demo-125-env");
    await scenario.sql("UPDATE environments SET ttl = NOW(3) + INTERVAL 2 SECOND");
    await scenario.gone("apps/v1", "Deployment", "demo-125");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "demo-125-env");
    expect(await scenario.sql("SELECT id FROM environments")).toEqual([{ id: "demo-125" }]);
  });
});

describe("scale by a column", () => {
  it("the Deployment follows the number, in place", async () => {
    await scenario.sql(
      "CREATE TABLE customers (id VARCHAR(50) PRIMARY KEY, active BOOLEAN DEFAULT TRUE, replicas INT DEFAULT 2)",
    );
    await scenario.sql("INSERT INTO customers (id) VALUES ('acme-corp'), ('beta')");
    await scenario.hub({ table: "customers", extra: { replicas: "replicas" } });
    await scenario.form("web", {
      deployments: [{ id: "app", nameTemplate: "{{ .uid }}-app", spec: deployment({ replicas: "{{ .replicas }}" }) }],
    });
    await scenario.ready("acme-corp-web");
    const { uid } = (await scenario.get("apps/v1", "Deployment", "acme-corp-app")).metadata;
    const beta = await scenario.ready("beta-web");
    for (const replicas of [10, 0, 3]) {
      await scenario.sql("UPDATE customers SET replicas = ? WHERE id = 'acme-corp'", [replicas]);
      await eventually(async () => {
        const app = await scenario.get("apps/v1", "Deployment", "acme-corp-app");
        expect(app).toMatchObject({ metadata: { uid }, spec: { replicas } });
      });
    }
    expect(await scenario.get("apps/v1", "Deployment", "beta-app")).toMatchObject({ spec: { replicas: 2 } });
    expect((await scenario.node("beta-web")).metadata.generation).toBe(beta.metadata.generation);
  });
});

describe("cloning production to staging", () => {
  it("is cloning rows: the same stacks under other names, and production is not touched", async () => {
    await scenario.sql(
      "CREATE TABLE customers (id VARCHAR(50) PRIMARY KEY, active BOOLEAN DEFAULT TRUE, environment VARCHAR(20), domain VARCHAR(255), replicas INT)",
    );
    await scenario.sql(
      "INSERT INTO customers VALUES ('acme-corp', true, 'prod', 'acme.example.com', 5), ('beta', true, 'prod', 'beta.example.com', 1), ('gone', false, 'prod', 'gone.example.com', 1)",
    );
    await scenario.hub({
      table: "customers",
      extra: { environment: "environment", domain: "domain", replicas: "replicas" },
    });
    await scenario.form("web", {
      deployments: [
        {
          id: "app",
          nameTemplate: "{{ .uid }}-app",
          labelsTemplate: { environment: "{{ .environment }}" },
          spec: deployment({ replicas: "{{ .replicas }}" }),
        },
      ],
      services: [{ id: "svc", nameTemplate: "{{ .uid }}-app", dependIds: ["app"], spec: service() }],
      ingresses: [
        {
          id: "ingress",
          nameTemplate: "{{ .uid }}",
          dependIds: ["svc"],
          waitForReady: false,
          spec: {
            apiVersion: "networking.k8s.io/v1",
            kind: "Ingress",
            spec: {
              rules: [
                {
                  host: "{{ .domain }}",
                  http: {
                    paths: [
                      {
                        path: "/",
                        pathType: "Prefix",
                        backend: { service: { name: "{{ .uid }}-app", port: { number: 80 } } },
                      },
                    ],
                  },
                },
              ],
            },
          },
        },
      ],
    });
    const production = ["acme-corp-web", "beta-web"];
    for (const name of production) await scenario.ready(name);
    const objects = async (environment: string) =>
      (await scenario.list("apps/v1", "Deployment", `environment=${environment}`)).map(({ metadata, spec }) => ({
        name: metadata.name,
        uid: metadata.uid,
        generation: metadata.generation,
        replicas: (spec as { replicas: number }).replicas,
      }));
    const before = await objects("prod");

    await scenario.sql(
      "INSERT INTO customers SELECT CONCAT(id, '-staging'), active, 'staging', CONCAT(domain, '.staging'), replicas FROM customers WHERE environment = 'prod'",
    );
    for (const name of ["acme-corp-staging-web", "beta-staging-web"]) await scenario.ready(name);
    expect((await objects("staging")).map(({ name, replicas }) => [name, replicas])).toEqual([
      ["acme-corp-staging-app", 5],
      ["beta-staging-app", 1],
    ]);
    expect(await scenario.get("networking.k8s.io/v1", "Ingress", "acme-corp-staging")).toMatchObject({
      spec: { rules: [{ host: "acme.example.com.staging" }] },
    });
    await scenario.get("v1", "Service", "beta-staging-app");
    expect(await objects("prod")).toEqual(before);

    await scenario.sql("DELETE FROM customers WHERE environment = 'staging'");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "acme-corp-staging-web");
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", "beta-staging-web");
    expect(await objects("staging")).toEqual([]);
    expect(await objects("prod")).toEqual(before);
    expect((await scenario.nodes()).map(({ metadata }) => metadata.name).sort()).toEqual(production);
  });
});
