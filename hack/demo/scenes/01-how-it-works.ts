import { type Scene } from "../scene";

export const howItWorks: Scene = {
  title: "The hub and the form of the article, as printed",
  about:
    "A hub says which table to read, a form what each active row gets. The table has two active rows and one that is not.",
  namespace: "lynq-demo",
  play: async stage => {
    await stage.sqlFile("how-it-works/tables.sql");
    await stage.apply("how-it-works/hub.yaml", "how-it-works/form.yaml");

    await stage.ready("acme-corp's stack is ready", "acme-corp-web-app");
    await stage.see("its status lists what was applied", "LynqNode acme-corp-web-app", {
      status: {
        desiredResources: 2,
        readyResources: 2,
        failedResources: 0,
        appliedResources: ["Deployment/lynq-demo/acme-corp-app@app", "Service/lynq-demo/acme-corp-svc@svc"],
      },
    });
    await stage.see(
      "an unmapped variable falls back: nginx:latest, and no selector had to be written",
      "Deployment acme-corp-app",
      {
        metadata: { labels: { app: "acme-corp", plan: "enterprise" } },
        spec: { replicas: 2, template: { spec: { containers: [{ image: "nginx:latest" }] } } },
      },
    );
    await stage.ready("beta-inc's stack is ready", "beta-inc-web-app");
    await stage.see("beta-inc has no plan, so it gets the basic one", "Deployment beta-inc-app", {
      metadata: { labels: { app: "beta-inc", plan: "basic" } },
    });
    await stage.gone("old-co is not active and gets nothing", "LynqNode old-co-web-app", "Deployment old-co-app");
    await stage.see("the hub counts one form and two ready nodes", "LynqHub my-saas-hub", {
      status: { referencingTemplates: 1, desired: 2, ready: 2, failed: 0, syncInterval: "30s" },
    });
    await stage.kubectl("get lynqhubs,lynqforms,lynqnodes");
    await stage.kubectl("describe lynqnode acme-corp-web-app", {
      sections: ["Status:", "Events:"],
    });
  },
};
