import { type Scene } from "../scene";

export const admission: Scene = {
  title: "What could not work is refused, with the field and the reason",
  about: "Six forms with a mistake each. The webhook sees it before anything runs.",
  namespace: "lynq-demo-admission",
  needsWebhooks: true,
  play: async stage => {
    await stage.sqlFile("customers/tables.sql");
    await stage.apply("customers/hub.yaml");
    await stage.refused("refused/cycle.yaml", "spec.configMaps[0].dependIds", "a → b → a");
    await stage.refused("refused/unknown-dependency.yaml", "spec.configMaps[0].dependIds", "databse");
    await stage.refused("refused/duplicate-id.yaml", "app");
    await stage.refused("refused/syntax-error.yaml", "spec.configMaps[0].spec.data.text");
    await stage.refused("refused/unknown-function.yaml", "spec.configMaps[0].spec.data.text", "uper");
    await stage.refused("refused/unmapped-variable.yaml", "spec.configMaps[0].spec.data.text", "paln");
  },
};
