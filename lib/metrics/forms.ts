import { type Registry } from "prom-client";
import { type LynqFormObject, type RolloutStatus } from "../../crds";
import { conditionValue } from "./conditions";
import { type FormCounts } from "./node-counts";
import { OwnedCounter, scrapedGauge } from "./series";
import { type Stores } from "./stores";

/** The Go operator's numbers, and two that it does not have. */
const PHASES: Readonly<Record<RolloutStatus["phase"], number>> = {
  Idle: 0,
  InProgress: 1,
  Failed: 2,
  Complete: 3,
  Paused: 4,
  Held: 5,
};

const LABELS = ["form", "namespace"] as const;

interface FormLabels {
  readonly form: string;
  readonly namespace: string;
}

/** Forms: how far each has come, and how its nodes and their resources are. */
export class FormMetrics {
  private readonly failures: OwnedCounter<"form" | "namespace" | "reason">;

  constructor(
    registry: Registry,
    private readonly stores: () => Stores,
    private readonly known: () => Stores,
    private readonly counts: () => Iterable<readonly [string, FormCounts]>,
  ) {
    this.failures = new OwnedCounter(registry, {
      name: "lynqform_resource_failures_total",
      help: "Looks at a resource of a node that found it failed or in conflict, by reason; one that stays so is looked at again.",
      labelNames: [...LABELS, "reason"],
    });
    this.countGauges(registry);
    this.rolloutGauges(registry);
    scrapedGauge(
      registry,
      {
        name: "lynqform_condition_status",
        help: "A condition of the form: 0 False, 1 True, 2 Unknown.",
        labelNames: [...LABELS, "type"],
      },
      set => {
        for (const [, form] of this.stores().forms.facts()) {
          for (const { type, status } of form.status?.conditions ?? [])
            set({ ...labelsOf(form), type }, conditionValue(status));
        }
      },
    );
  }

  /** A pass over a node found a resource of the form failed. */
  failed(key: string, reason: string): void {
    const form = this.known().forms.get(key);
    if (form !== undefined) this.failures.inc(key, { ...labelsOf(form), reason });
  }

  forget(key: string): void {
    this.failures.forget(key);
  }

  private countGauges(registry: Registry): void {
    scrapedGauge(
      registry,
      {
        name: "lynqform_nodes",
        help: "Nodes of the form, each in one state: ready, progressing, failed, inactive (outlives its row) or deleting.",
        labelNames: [...LABELS, "state"],
      },
      set => {
        for (const [key, { nodes }] of this.counts())
          for (const [state, count] of Object.entries(nodes)) set({ ...labelsOfKey(key), state }, count);
      },
    );
    scrapedGauge(
      registry,
      {
        name: "lynqform_resources",
        help: "Resources of the form's nodes: desired, and of them ready, failed (conflicted ones, too), conflicted and skipped.",
        labelNames: [...LABELS, "state"],
      },
      set => {
        for (const [key, { resources }] of this.counts())
          for (const [state, count] of Object.entries(resources)) set({ ...labelsOfKey(key), state }, count);
      },
    );
  }

  /** Forms whose rollout nothing governs have none. */
  private rolloutGauges(registry: Registry): void {
    const gauge = (name: string, help: string, value: (rollout: RolloutStatus) => number) => {
      scrapedGauge(registry, { name, help, labelNames: LABELS }, set => {
        for (const [, form] of this.stores().forms.facts())
          if (form.status?.rollout !== undefined) set(labelsOf(form), value(form.status.rollout));
      });
    };
    gauge(
      "lynqform_rollout_phase",
      "Phase of the rollout: 0 Idle, 1 InProgress, 2 Failed, 3 Complete, 4 Paused, 5 Held.",
      ({ phase }) => PHASES[phase],
    );
    gauge(
      "lynqform_rollout_updating_nodes",
      "Nodes that have the newest revision and are not ready yet.",
      ({ updatingNodes }) => updatingNodes ?? 0,
    );
    gauge(
      "lynqform_rollout_progress",
      "Percent of the form's nodes that have the newest revision and are ready.",
      ({ readyUpdatedNodes = 0, totalNodes = 0 }) => (totalNodes === 0 ? 100 : (100 * readyUpdatedNodes) / totalNodes),
    );
  }
}

function labelsOf({ metadata: { namespace = "", name = "" } }: LynqFormObject): FormLabels {
  return { form: name, namespace };
}

function labelsOfKey(key: string): FormLabels {
  const slash = key.indexOf("/");
  return { form: key.slice(slash + 1), namespace: key.slice(0, slash) };
}
