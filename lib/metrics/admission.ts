import { Histogram, type Registry } from "prom-client";

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Answers of the validating webhook. Pepr's own summaries stay at zero. */
export class AdmissionMetrics {
  private readonly duration: Histogram<"kind" | "verdict">;

  constructor(registry: Registry) {
    this.duration = new Histogram({
      name: "lynq_admission_duration_seconds",
      help: "Seconds that the check of an object took, by kind and verdict: allowed, refused, or error (the check itself failed).",
      labelNames: ["kind", "verdict"],
      buckets: SECONDS,
      registers: [registry],
    });
  }

  answered(kind: string, verdict: "allowed" | "refused" | "error", tookMs: number): void {
    this.duration.observe({ kind, verdict }, tookMs / 1000);
  }
}
