import { type Scene } from "../scene";

const minute = 60_000;
const stacks = [
  "Deployment acme-corp-site",
  "Deployment globex-site",
  "LynqNode acme-corp-fleet",
  "LynqNode globex-fleet",
] as const;

export const outage: Scene = {
  title: "The database is away for a minute",
  about: "No answer is not an empty answer: nothing is deleted, the hub says what is wrong, and goes on by itself.",
  namespace: "lynq-demo-outage",
  tryIt: "INSERT INTO fleet (customer_id, domain, environment) VALUES ('hooli', 'hooli.example.com', 'prod')",
  play: async stage => {
    await stage.sqlFile("clone/tables.sql");
    await stage.apply("clone/hub.yaml", "clone/form.yaml");
    for (const node of ["acme-corp-fleet", "globex-fleet"]) await stage.ready(`${node} is ready`, node);
    await stage.condition("the hub is ready", "LynqHub fleet", { type: "Ready", status: "True" });
    const before = await stage.uids(...stacks);

    await stage.act("stop MariaDB", () => stage.database.stop());
    await stage.condition("the hub says that it cannot read", "LynqHub fleet", { type: "Ready", status: "False" });
    await stage.kubectl("get lynqhubs");
    await stage.pass("a minute without a database", minute, async () => {
      const deployments = (await stage.list("Deployment")).length;
      return `${deployments} deployments are there`;
    });
    await stage.same("every stack is the same as before", before);
    await stage.see("the hub still knows its last successful sync", "LynqHub fleet", {
      status: { lastSuccessfulSyncTime: /^20\d\d-/, desired: 2, ready: 2 },
    });
    await stage.event("an event tells it", "fleet", "DatabaseQueryFailed");

    await stage.act("start MariaDB", () => stage.database.start());
    await stage.sql(
      "INSERT INTO fleet (customer_id, domain, environment) VALUES ('initech', 'initech.example.com', 'prod')",
    );
    await stage.see("the next row runs", "Deployment initech-site", { status: { readyReplicas: 2 } });
    await stage.condition("the hub is ready again", "LynqHub fleet", { type: "Ready", status: "True" });
    await stage.same("and nothing else was touched", before);
  },
};
