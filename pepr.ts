import "./capabilities/pepr-log";
import { PeprModule } from "pepr";
import { admission } from "./capabilities/admission";
import { databaseSync } from "./capabilities/database-sync";
import { formRollout } from "./capabilities/form-rollout";
import { serveMetrics } from "./capabilities/metrics-endpoint";
import { nodeReconcile } from "./capabilities/node-reconcile";
import { copyInOnePass } from "./capabilities/request-copies";
import { trackingLabels } from "./capabilities/tracking-labels";
import { keepWebhookConnections } from "./capabilities/webhook-connections";
import { limitHeapGrowth } from "./lib/controllers/heap-growth";
import { log } from "./lib/controllers/log";
import { operatorSettings } from "./lib/controllers/settings";
import cfg from "./package.json";

const lynq = new PeprModule(cfg, [databaseSync, formRollout, nodeReconcile, admission, trackingLabels], {
  deferStart: true,
  beforeHook: copyInOnePass,
});

// `pepr build` loads the module to read its bindings; it must not listen then.
if (process.env.PEPR_MODE !== "build") {
  // What an administrator set wrongly ends the process here, before anything is admitted or written.
  const { authorize, metricsOfNodes } = operatorSettings();
  log.info({ version: cfg.version, node: process.version, authorize, metricsOfNodes }, "starting");
  keepWebhookConnections();
  limitHeapGrowth();
  serveMetrics();
  lynq.start(Number(process.env.LYNQ_PORT ?? 3000));
}
