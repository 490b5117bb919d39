import { type Scene } from "../scene";

const app = "Deployment acme-corp-app";

export const selfHealing: Scene = {
  title: "Deleted by hand, back at once",
  about: "The hub reads its table once an hour here: what comes back does so because the cluster is watched.",
  namespace: "lynq-demo-healing",
  play: async stage => {
    await stage.sqlFile("customers/tables.sql");
    await stage.sql(
      "INSERT INTO customers (customer_id, domain, replicas) VALUES ('acme-corp', 'acme.example.com', 3)",
    );
    await stage.apply("smallest.yaml");
    await stage.kubectl(["patch", "lynqhub", "customers", "--type=merge", "--patch", '{"spec":{"syncInterval":"1h"}}']);
    await stage.ready("acme-corp is ready", "acme-corp-web");
    await stage.see("the hub's next read is an hour away", "LynqHub customers", { status: { syncInterval: "1h" } });

    const first = (await stage.get(app)).metadata.uid;
    await stage.kubectl("delete deployment acme-corp-app");
    await stage.check("it is back, a new one", async () => {
      const uid = (await stage.find(app))?.metadata.uid;
      return uid !== undefined && uid !== first ? undefined : "it is not there yet";
    });
    await stage.see("with the row's 3 replicas", app, { spec: { replicas: 3 }, status: { readyReplicas: 3 } });

    const second = await stage.uids(app);
    await stage.kubectl("scale deployment acme-corp-app --replicas=0");
    await stage.see("3 replicas again", app, { spec: { replicas: 3 } });
    await stage.same("of the same deployment", second);
  },
};
