import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { deployment, namespace, service } from "../environment/bodies";
import { eventually } from "../environment/eventually";
import { Scenario } from "../environment/scenario";

const ingress = {
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  spec: {
    rules: [
      {
        host: "{{ .domain }}",
        http: {
          paths: [
            { path: "/", pathType: "Prefix", backend: { service: { name: "{{ .uid }}-app", port: { number: 80 } } } },
          ],
        },
      },
    ],
  },
};

/** "For each active customer, create a namespace, deployment (with N replicas), service, and ingress (pointing to their domain)." */
const stack = (labels: Record<string, string> = {}) => {
  const inTheirs = { nameTemplate: "{{ .uid }}-app", namespaceTemplate: "{{ .uid }}" };
  return {
    namespaces: [{ id: "ns", nameTemplate: "{{ .uid }}", spec: namespace() }],
    deployments: [
      {
        id: "app",
        ...inTheirs,
        labelsTemplate: { plan: "{{ .plan }}", ...labels },
        dependIds: ["ns"],
        spec: deployment({ replicas: "{{ .replicas }}" }),
      },
    ],
    services: [{ id: "svc", ...inTheirs, dependIds: ["app"], spec: service() }],
    ingresses: [{ id: "web", ...inTheirs, dependIds: ["svc"], spec: ingress }],
  };
};

describe("the customers table of recordops.md", () => {
  let scenario: Scenario;
  let acme: string;
  let beta: string;
  let gamma: string;

  const insert = (customer: string, replicas: number) =>
    scenario.sql(
      "INSERT INTO customers (customer_id, domain, plan, active, replicas) VALUES (?, 'acme.example.com', 'enterprise', true, ?)",
      [customer, replicas],
    );
  const hub = (extra: Record<string, string> = {}) =>
    scenario.hub({
      name: "customers",
      table: "customers",
      uid: "customer_id",
      activate: "active",
      extra: { domain: "domain", plan: "plan", replicas: "replicas", ...extra },
    });
  const app = (customer: string) => scenario.get("apps/v1", "Deployment", `${customer}-app`, customer);
  const uidOf = async (customer: string) => (await scenario.get("v1", "Namespace", customer)).metadata.uid;
  const everythingGone = async (customer: string) => {
    await scenario.gone("operator.lynq.sh/v1", "LynqNode", `${customer}-stack`);
    await scenario.gone("v1", "Namespace", customer);
    await scenario.gone("apps/v1", "Deployment", `${customer}-app`, customer);
    await scenario.gone("v1", "Service", `${customer}-app`, customer);
    await scenario.gone("networking.k8s.io/v1", "Ingress", `${customer}-app`, customer);
  };

  beforeAll(async () => {
    scenario = await Scenario.open("customers");
    [acme, beta, gamma] = [
      `${scenario.namespace}-acme-corp`,
      `${scenario.namespace}-beta`,
      `${scenario.namespace}-gamma`,
    ];
    scenario.owns(acme, beta, gamma);
    await scenario.sql(`
      CREATE TABLE customers (
        customer_id VARCHAR(50) PRIMARY KEY,
        domain VARCHAR(255) NOT NULL,
        plan VARCHAR(20),
        active BOOLEAN DEFAULT TRUE,
        replicas INT DEFAULT 2
      )`);
    await hub();
    await scenario.form("stack", stack(), "customers");
  });

  afterAll(() => scenario.close());

  it("INSERT: a namespace, a deployment with 5 replicas, a service and an ingress to the customer's domain", async () => {
    await insert(acme, 5);
    const node = await scenario.ready(`${acme}-stack`);
    expect(node.status?.appliedResources).toEqual([
      `Deployment/${acme}/${acme}-app@app`,
      `Ingress/${acme}/${acme}-app@web`,
      `Namespace//${acme}@ns`,
      `Service/${acme}/${acme}-app@svc`,
    ]);
    expect(await scenario.get("v1", "Namespace", acme)).toMatchObject({ status: { phase: "Active" } });
    expect(await app(acme)).toMatchObject({ spec: { replicas: 5 }, status: { readyReplicas: 5 } });
    expect(await scenario.get("v1", "Service", `${acme}-app`, acme)).toMatchObject({ spec: { ports: [{ port: 80 }] } });
    expect(await scenario.get("networking.k8s.io/v1", "Ingress", `${acme}-app`, acme)).toMatchObject({
      spec: { rules: [{ host: "acme.example.com" }] },
    });
  });

  it("UPDATE: the same deployment scales to 10", async () => {
    const before = await app(acme);
    await scenario.sql("UPDATE customers SET replicas = 10 WHERE customer_id = ?", [acme]);
    await eventually(async () => {
      expect(await app(acme)).toMatchObject({ spec: { replicas: 10 }, status: { readyReplicas: 10 } });
    });
    expect((await app(acme)).metadata.uid).toBe(before.metadata.uid);
    await scenario.ready(`${acme}-stack`);
  });

  it("UPDATE of another column: the label and the ingress follow, nothing is made anew", async () => {
    const before = await scenario.get("networking.k8s.io/v1", "Ingress", `${acme}-app`, acme);
    await scenario.sql("UPDATE customers SET domain = 'acme.example.org', plan = 'basic' WHERE customer_id = ?", [
      acme,
    ]);
    await eventually(async () => {
      expect((await app(acme)).metadata.labels).toMatchObject({ plan: "basic" });
      const after = await scenario.get("networking.k8s.io/v1", "Ingress", `${acme}-app`, acme);
      expect(after).toMatchObject({ spec: { rules: [{ host: "acme.example.org" }] } });
      expect(after.metadata.uid).toBe(before.metadata.uid);
    });
  });

  it("a column that the table, the hub and the form gain reaches what runs", async () => {
    const before = await app(acme);
    await scenario.sql("ALTER TABLE customers ADD COLUMN region VARCHAR(20) DEFAULT 'eu-west'");
    await hub({ region: "region" });
    await scenario.form("stack", stack({ region: "{{ .region }}" }), "customers");
    await eventually(async () => {
      expect((await app(acme)).metadata.labels).toMatchObject({ region: "eu-west" });
    });
    expect((await app(acme)).metadata.uid).toBe(before.metadata.uid);
  });

  it("kubectl get shows hub, form and node, by their full and short names and as one category", async () => {
    await scenario.ready(`${acme}-stack`);
    await eventually(async () => {
      const { stdout } = await scenario.kubectl(["get", "lynqhubs,lynqforms,lynqnodes"]);
      expect(stdout).toMatch(/NAME +TEMPLATES +DESIRED +READY +FAILED +CONDITIONS +AGE\n/);
      expect(stdout).toMatch(/lynqhub.operator.lynq.sh\/customers +1 +1 +1 +0 +DatabaseConnected +\d+/);
      expect(stdout).toMatch(/NAME +HUB +TOTAL +READY +ROLLOUT +UPDATING +APPLIED +AGE\n/);
      expect(stdout).toMatch(/lynqform.operator.lynq.sh\/stack +customers +1 +1 +True +\d+/);
      expect(stdout).toMatch(/NAME +UID +FORM +READY +DESIRED +SKIPPED +CONFLICTED +CONDITIONS +AGE\n/);
      expect(stdout).toMatch(
        new RegExp(`lynqnode.operator.lynq.sh/${acme}-stack +${acme} +stack +4 +4 +0 +False +Reconciled +\\d+`),
      );
    });
    const names = async (what: string) => (await scenario.kubectl(["get", what, "-o", "name"])).stdout.trim();
    expect(await names("lh")).toBe("lynqhub.operator.lynq.sh/customers");
    expect(await names("lf")).toBe("lynqform.operator.lynq.sh/stack");
    expect(await names("ln")).toBe(`lynqnode.operator.lynq.sh/${acme}-stack`);
    expect((await names("lynq")).split("\n").sort()).toEqual([
      "lynqform.operator.lynq.sh/stack",
      "lynqhub.operator.lynq.sh/customers",
      `lynqnode.operator.lynq.sh/${acme}-stack`,
    ]);
  });

  it("kubectl describe shows the counts, the objects, the conditions and what happened", async () => {
    await eventually(async () => {
      const node = (await scenario.kubectl(["describe", "lynqnode", `${acme}-stack`])).stdout;
      expect(node).toMatch(/Applied Resources:\n +Deployment\//);
      expect(node).toContain(`Deployment/${acme}/${acme}-app@app`);
      expect(node).toMatch(/Desired Resources: +4\n/);
      expect(node).toMatch(/Ready Resources: +4\n/);
      expect(node).toMatch(/Failed Resources: +0\n/);
      expect(node).toMatch(/Reason: +Reconciled\n/);
      expect(node).toMatch(/Normal +TemplateAppliedSuccess .*4 of 4 resources are ready/);
      const hubText = (await scenario.kubectl(["describe", "lh", "customers"])).stdout;
      expect(hubText).toMatch(/Referencing Templates: +1\n/);
      expect(hubText).toMatch(/Desired: +1\n/);
      expect(hubText).toMatch(/Ready: +1\n/);
    });
  });

  it("active = false and DELETE: everything of these customers goes, namespaces too, and nothing of the others; active = true: it is back", async () => {
    await insert(beta, 1);
    await insert(gamma, 1);
    await scenario.ready(`${beta}-stack`);
    await scenario.ready(`${gamma}-stack`);
    const [acmeBefore, gammaBefore] = [await uidOf(acme), await uidOf(gamma)];
    await scenario.sql("UPDATE customers SET active = false WHERE customer_id = ?", [acme]);
    await scenario.sql("DELETE FROM customers WHERE customer_id = ?", [beta]);
    await everythingGone(acme);
    await everythingGone(beta);
    expect(await uidOf(gamma)).toBe(gammaBefore);
    expect(await app(gamma)).toMatchObject({ status: { readyReplicas: 1 } });

    // active = true: the stack is back as the row has it.
    await scenario.sql("UPDATE customers SET active = true WHERE customer_id = ?", [acme]);
    await scenario.ready(`${acme}-stack`);
    expect(await app(acme)).toMatchObject({ spec: { replicas: 10 }, status: { readyReplicas: 10 } });
    expect(await uidOf(acme)).not.toBe(acmeBefore);
  });
});
