import { type Scene } from "../scene";

export const customers: Scene = {
  title: "A row is a running stack",
  about:
    "For each active customer a namespace, a deployment, a service and an ingress. From here on, everything is SQL.",
  namespace: "lynq-demo-customers",
  creates: ["acme-corp", "globex", "initech"],
  tryIt: "UPDATE customers SET replicas = 7 WHERE customer_id = 'acme-corp'",
  play: async stage => {
    await stage.sqlFile("customers/tables.sql");
    await stage.apply("customers/hub.yaml", "customers/form.yaml");

    await stage.sql("INSERT INTO customers VALUES\n  ('acme-corp', 'acme.example.com', 'enterprise', true, 5)");
    await stage.see("Deployment with 5 replicas, a number", "Deployment acme-corp/acme-corp-app", {
      spec: { replicas: 5 },
    });
    await stage.see("Namespace acme-corp", "Namespace acme-corp", { metadata: { labels: { plan: "enterprise" } } });
    await stage.see("Service acme-corp-app", "Service acme-corp/acme-corp-app", { spec: { ports: [{ port: 80 }] } });
    await stage.see("Ingress for acme.example.com", "Ingress acme-corp/acme-corp-app", {
      spec: { rules: [{ host: "acme.example.com" }] },
    });

    await stage.sql("UPDATE customers SET replicas = 10 WHERE customer_id = 'acme-corp'");
    await stage.see("10 replicas", "Deployment acme-corp/acme-corp-app", { spec: { replicas: 10 } });
    await stage.sql("UPDATE customers SET domain = 'shop.acme.example.com' WHERE customer_id = 'acme-corp'");
    await stage.see("the ingress answers the new domain", "Ingress acme-corp/acme-corp-app", {
      spec: { rules: [{ host: "shop.acme.example.com" }] },
    });

    await stage.sql(
      "INSERT INTO customers (customer_id, domain) VALUES\n  ('globex', 'globex.example.com'), ('initech', 'initech.example.com')",
    );
    await stage.see("globex runs, with the table's default of 2 replicas", "Deployment globex/globex-app", {
      spec: { replicas: 2 },
    });
    await stage.see("initech runs", "Deployment initech/initech-app", { status: { readyReplicas: 2 } });
    await stage.kubectl("get lynqnodes");

    await stage.sql("DELETE FROM customers WHERE customer_id = 'globex'");
    await stage.sql("UPDATE customers SET active = false WHERE customer_id = 'initech'");
    await stage.gone("globex's stack is gone", "LynqNode globex-customer-stack", "Deployment globex/globex-app");
    await stage.gone("initech's stack is gone", "Deployment initech/initech-app", "Namespace initech");
    await stage.sql("UPDATE customers SET active = true WHERE customer_id = 'initech'");
    await stage.see("initech is back", "Deployment initech/initech-app", { status: { readyReplicas: 2 } });
    await stage.see("acme-corp never noticed", "Deployment acme-corp/acme-corp-app", { spec: { replicas: 10 } });
  },
};
