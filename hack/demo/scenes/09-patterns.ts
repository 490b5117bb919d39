import { type Scene } from "../scene";

export const patterns: Scene = {
  title: "Patterns: flags, blue and green, time to live, clones",
  about: "What usually is a project, as a statement.",
  namespace: "lynq-demo-patterns",
  play: async stage => {
    stage.say("A feature flag is a row: the AI service exists only where it is set.");
    await stage.sqlFile("feature-flag/tables.sql");
    await stage.apply("feature-flag/hub.yaml", "feature-flag/form.yaml");
    await stage.ready("acme-corp runs", "acme-corp-features");
    await stage.ready("globex runs", "globex-features");
    await stage.gone("nobody has the assistant", "Deployment acme-corp-ai", "Deployment globex-ai");
    await stage.sql("INSERT INTO feature_flags VALUES ('acme-corp', 'ai-assistant', true)");
    await stage.see("acme-corp has it", "Deployment acme-corp-ai", { status: { readyReplicas: 1 } });
    await stage.gone("globex does not", "Deployment globex-ai");
    await stage.sql("UPDATE feature_flags SET enabled = false WHERE customer_id = 'acme-corp'");
    await stage.gone("and off again", "Deployment acme-corp-ai");

    stage.say("Blue and green is a column: the service's selector follows it.");
    await stage.sqlFile("blue-green/tables.sql");
    await stage.apply("blue-green/hub.yaml", "blue-green/form.yaml");
    await stage.ready("both versions run", "acme-corp-blue-green");
    await stage.see("traffic goes to blue", "Service acme-corp-live", { spec: { selector: { version: "blue" } } });
    await stage.sql("UPDATE deployments SET active_version = 'green' WHERE customer_id = 'acme-corp'");
    await stage.see("traffic goes to green", "Service acme-corp-live", { spec: { selector: { version: "green" } } });
    await stage.sql("UPDATE deployments SET active_version = 'blue' WHERE customer_id = 'acme-corp'");
    await stage.see("and back", "Service acme-corp-live", { spec: { selector: { version: "blue" } } });

    stage.say("A preview environment has a time to live: the database deletes its row, and that is all.");
    await stage.sqlFile("environments/tables.sql");
    await stage.apply("environments/hub.yaml", "environments/form.yaml");
    await stage.sql(
      "INSERT INTO environments (id, domain, ttl) VALUES\n  ('demo-123', 'demo-123.example.com', NOW() + INTERVAL 8 SECOND)",
    );
    await stage.see("demo-123 runs", "Deployment demo-123-app", { status: { readyReplicas: 1 } });
    await stage.gone("its time is over", "Deployment demo-123-app", "LynqNode demo-123-preview");

    stage.say("Staging is a copy of the rows of production.");
    await stage.sqlFile("clone/tables.sql");
    await stage.apply("clone/hub.yaml", "clone/form.yaml");
    await stage.ready("production runs", "acme-corp-fleet");
    await stage.sql(
      "INSERT INTO fleet (customer_id, domain, environment, replicas)\n" +
        "  SELECT CONCAT(customer_id, '-staging'), CONCAT(domain, '.staging'), 'staging', replicas\n" +
        "  FROM fleet WHERE environment = 'prod'",
    );
    for (const [customer, replicas] of [
      ["acme-corp", 5],
      ["globex", 3],
    ] as const)
      await stage.see(
        `${customer}-staging runs with the ${replicas} replicas of production`,
        `Deployment ${customer}-staging-site`,
        {
          metadata: {
            labels: { environment: "staging" },
            annotations: { domain: `${customer === "globex" ? "globex" : "acme"}.example.com.staging` },
          },
          status: { readyReplicas: replicas },
        },
      );
    await stage.kubectl("get lynqnodes,deployments");
  },
};
