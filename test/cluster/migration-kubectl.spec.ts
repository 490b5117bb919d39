import { expect } from "@jest/globals";
import { type Customer, describeTakeover } from "../environment/takeover";

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** More than the form gives: what it does not name must stay. */
function manifests(customer: string, replicas: number): string {
  const app = { app: customer };
  const objects = [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: `${customer}-settings` },
      data: { tenant: customer, theme: "dark" },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: `${customer}-app`, labels: { team: "blue" } },
      spec: {
        replicas,
        selector: { matchLabels: app },
        template: {
          metadata: { labels: app, annotations: { "example.com/scrape": "true" } },
          spec: {
            terminationGracePeriodSeconds: 45,
            containers: [
              {
                name: "app",
                image: "nginx:1.27",
                env: [{ name: "TENANT", value: customer }],
                resources: { requests: { cpu: "10m" } },
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: `${customer}-svc`, annotations: { owner: "team-blue@example.com" } },
      spec: {
        selector: app,
        ports: [
          { name: "http", port: 80 },
          { name: "metrics", port: 9090 },
        ],
      },
    },
  ];
  return objects.map(object => JSON.stringify(object)).join("\n---\n");
}

const apply = (customer: Customer, replicas: number, ...options: readonly string[]) =>
  customer.kubectl(["apply", ...options, "-f", "-"], manifests(customer.uid, replicas));

describeTakeover({
  how: "kubectl applies",
  manager: "kubectl-client-side-apply",
  install: async (customer, replicas) => {
    await apply(customer, replicas);
  },
  // kubectl keeps no record but its annotation, which stays.
  letGo: async ({ scenario, uid }) => {
    const { metadata } = await scenario.get("apps/v1", "Deployment", `${uid}-app`, uid);
    expect(metadata.annotations?.[LAST_APPLIED]).toContain('"replicas":5');
  },
});

describeTakeover({
  how: "kubectl applies on the server's side",
  manager: "kubectl",
  install: async (customer, replicas) => {
    await apply(customer, replicas, "--server-side");
  },
  letGo: () => Promise.resolve(),
});
