import { metricsCollector } from "pepr";
import { metrics } from "../lib/controllers/metrics";

/** Lets Pepr's `/metrics` tell our metrics behind its own: it hands out neither its registry nor its server. */
export function serveMetrics(): void {
  const own = metricsCollector.getMetrics;
  metricsCollector.getMetrics = async () => `${await own()}\n${await metrics.text()}`;
  metrics.watchProcess();
}
