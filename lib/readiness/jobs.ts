import { type KubernetesObject } from "../blueprint/object";
import { numberAt, textAt } from "./field";
import { conditionOf, explain } from "./live-condition";
import { failed, inProgress, type Readiness, type ReadinessRules, ready } from "./readiness";

/** Kinds of the batch group. A CronJob only plans; its jobs are its own affair. */
export const jobRules: ReadinessRules = { Job: job, CronJob: () => ready("is scheduled") };

/** Ready means done: who depends on a job depends on its work. A suspended job is at rest because somebody wants it so. */
function job(object: KubernetesObject): Readiness {
  if (conditionOf(object, "Complete")?.status === "True") return ready("has completed");
  const failure = conditionOf(object, "Failed");
  if (failure?.status === "True") return failed(explain(failure, "has failed"));
  if (conditionOf(object, "Suspended")?.status === "True") return ready("is suspended");
  if (textAt(object, "status", "startTime") === undefined) return inProgress("has not started yet");
  const completions = numberAt(object, "spec", "completions");
  const succeeded = numberAt(object, "status", "succeeded") ?? 0;
  return inProgress(
    completions === undefined || completions === 1
      ? "is running"
      : `is running: ${succeeded} of ${completions} completions`,
  );
}
