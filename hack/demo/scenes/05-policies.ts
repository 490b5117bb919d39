import { type Scene } from "../scene";

const claim = "PersistentVolumeClaim acme-data";

export const policies: Scene = {
  title: "Once and Retain: what is never repeated, and never lost",
  about: "A Job for the first setup, and a volume with data.",
  namespace: "lynq-demo-policies",
  play: async stage => {
    await stage.sqlFile("policies/tables.sql");
    await stage.apply("policies/hub.yaml", "policies/form.yaml");
    await stage.ready("the Job has run, the claim is bound", "acme-data");
    const before = await stage.uids("Job acme-init", claim);
    const { resourceVersion } = (await stage.get("Job acme-init")).metadata;

    await stage.sql("UPDATE tenants SET message = 'something else' WHERE id = 'acme'");
    await stage.see("the node has the new value", "LynqNode acme-data", {
      spec: { values: { message: "something else" } },
    });
    await stage.ready("and is ready with it", "acme-data");
    await stage.same("the Job is the one that has run", before);
    await stage.see("and nothing of it was touched", "Job acme-init", { metadata: { resourceVersion } });

    await stage.sql("UPDATE tenants SET active = false WHERE id = 'acme'");
    await stage.gone("the node and its Job are gone", "LynqNode acme-data", "Job acme-init");
    await stage.see("the claim stays, marked as an orphan", claim, {
      metadata: {
        uid: before.get(claim),
        labels: { "lynq.sh/orphaned": "true" },
        annotations: { "lynq.sh/orphaned-reason": "LynqNodeDeleted", "lynq.sh/orphaned-at": /^20\d\d-/ },
      },
    });
    await stage.kubectl("get pvc --selector=lynq.sh/orphaned=true");

    await stage.sql("UPDATE tenants SET active = true WHERE id = 'acme'");
    await stage.ready("acme is back", "acme-data");
    await stage.see("with its own data: the same claim, an orphan no more", claim, {
      metadata: {
        uid: before.get(claim),
        labels: { "lynq.sh/orphaned": undefined, "lynq.sh/node": "acme-data" },
        annotations: { "lynq.sh/orphaned-at": undefined },
      },
    });
  },
};
