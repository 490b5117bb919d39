import { type Scene } from "../scene";

const shops = ["books", "garden", "music"] as const;

export const formChange: Scene = {
  title: "A form change reaches every node",
  about: "Three shops on one form. What leaves the form is removed; what only gets a new id stays as it is.",
  namespace: "lynq-demo-forms",
  play: async stage => {
    await stage.sqlFile("form-change/tables.sql");
    await stage.apply("form-change/hub.yaml", "form-change/form.yaml");
    for (const shop of shops) await stage.ready(`${shop} is ready`, `${shop}-shop`);

    await stage.apply("form-change/new-image.yaml");
    for (const shop of shops)
      await stage.see(`${shop} has the new image`, `Deployment ${shop}-web`, {
        spec: { template: { spec: { containers: [{ image: "nginx:1.27" }] } } },
      });

    await stage.apply("form-change/without-banner.yaml");
    await stage.gone(
      "the banners left the form, and the cluster",
      ...shops.map(shop => `ConfigMap ${shop}-banner` as const),
    );

    const before = await stage.uids(...shops.map(shop => `Deployment ${shop}-web` as const));
    await stage.apply("form-change/renamed-id.yaml");
    for (const shop of shops)
      await stage.see(`${shop}: the id is storefront now`, `LynqNode ${shop}-shop`, {
        status: { appliedResources: [`Deployment/lynq-demo-forms/${shop}-web@storefront`], readyResources: 1 },
      });
    await stage.same("the deployments are the same ones as before", before);
    await stage.see("the form has reached all three", "LynqForm shop", { status: { totalNodes: 3, readyNodes: 3 } });
    await stage.kubectl("get lynqforms");
    await stage.kubectl("get controllerrevisions");
  },
};
