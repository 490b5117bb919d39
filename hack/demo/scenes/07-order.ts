import { type Scene } from "../scene";

export const order: Scene = {
  title: "Order: what waits, what does not, and what is skipped",
  about: "disk → db → app, and docs, which needs none of them. Nobody has brought the disk yet.",
  namespace: "lynq-demo-order",
  play: async stage => {
    await stage.sqlFile("order/tables.sql");
    await stage.apply("order/hub.yaml", "order/form.yaml");
    await stage.see("docs depends on nothing and runs", "Deployment acme-docs", { status: { readyReplicas: 1 } });
    await stage.see("the disk is still pending", "PersistentVolumeClaim acme-disk", { status: { phase: "Pending" } });
    await stage.gone("so there is neither db nor app", "Deployment acme-db", "Deployment acme-app");
    await stage.condition("the node says what it waits for", "LynqNode acme-ordered", {
      type: "Ready",
      status: "False",
      message: /disk/,
    });

    await stage.apply("order/volume.yaml");
    await stage.ready("the disk is there, then db, then app", "acme-ordered");
    await stage.check("app was created only when db was ready", async () => {
      const ready = await stage.since("Deployment acme-db", "Available");
      const created = Date.parse((await stage.get("Deployment acme-app")).metadata.creationTimestamp ?? "");
      return created >= ready ? undefined : `app was created ${ready - created} ms before db was ready`;
    });

    await stage.apply("order/form-failing.yaml");
    await stage.see("main-app cannot work; svc is skipped, cleanup-job runs all the same", "LynqNode acme-failing", {
      status: { skippedResourceIds: ["svc"], failedResources: 1, skippedResources: 1 },
    });
    await stage.see("the Job has run", "Job acme-cleanup", { status: { succeeded: 1 } });
    await stage.gone("the skipped service was not made", "Service acme-svc");
    await stage.kubectl("get lynqnodes");
    await stage.kubectl("delete pv lynq-demo-disk --wait=false");
  },
};
