import { type Scene } from "../scene";

const app = "Deployment acme-corp-app";

export const selfHealing: Scene = {
  title: "Deleted by hand, back at once",
  about: "The hub reads its table once an hour here: what comes back does so because the cluster is watched.",
  namespace: "lynq-demo-healing",
  play: async stage => {
    await stage.sqlFile("self-healing/tables.sql");
    await stage.apply("self-healing/hub.yaml", "self-healing/form.yaml");
    await stage.ready("acme-corp is ready", "acme-corp-app");

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
