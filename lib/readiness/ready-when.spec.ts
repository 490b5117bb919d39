import { describe, expect, it } from "@jest/globals";
import { type KubernetesObject } from "../blueprint/object";
import { compileTemplate } from "../template";
import { assessReadiness } from "./assess";
import { readyWhen } from "./ready-when";

const live = (content: Record<string, unknown> = {}, kind = "Widget"): KubernetesObject => ({
  apiVersion: kind === "Secret" ? "v1" : "example.com/v1",
  kind,
  metadata: { name: "w", generation: 2 },
  ...content,
});
const rule = (source: string) => readyWhen(compileTemplate(source));
const says = (source: string, object: KubernetesObject) => {
  const { state, message } = rule(source).assess(object);
  return `${state}: ${message}`;
};

describe("readyWhen", () => {
  it.each([
    ['{{ eq .status.phase "Running" }}', { status: { phase: "Running" } }, "Ready: readyWhen is true"],
    ['{{ eq .status.phase "Running" }}', { status: { phase: "Pending" } }, "InProgress: readyWhen is not true yet"],
    [
      "{{ ge .status.replicas .spec.replicas }}",
      { spec: { replicas: 3 }, status: { replicas: 3 } },
      "Ready: readyWhen is true",
    ],
    ["{{ ge .status.ratio 0.5 }}", { status: { ratio: 0.75 } }, "Ready: readyWhen is true"],
    ["{{ .status.ready }}", { status: { ready: true } }, "Ready: readyWhen is true"],
    [
      '{{ range .status.conditions }}{{ if eq .type "Synced" }}{{ eq .status "True" }}{{ end }}{{ end }}',
      {
        status: {
          conditions: [
            { type: "Other", status: "True" },
            { type: "Synced", status: "True" },
          ],
        },
      },
      "Ready: readyWhen is true",
    ],
    [
      "{{ range .status.conditions }}{{ end }}",
      { status: { conditions: [] } },
      "InProgress: readyWhen is not true yet",
    ],
    ['{{ eq .status.phase "Running" }}', {}, "InProgress: readyWhen is not true yet: there is no .status.phase"],
    [
      "{{ .status.phase }}",
      { status: { phase: "Running" } },
      'InProgress: readyWhen renders "running", neither true nor false',
    ],
    ["{{ .status }}", { status: {} }, 'InProgress: readyWhen renders "a list or a map", neither true nor false'],
    ['{{ fail "not so" }}', {}, "InProgress: readyWhen cannot be told: line 1, column 4: error calling fail: not so"],
  ])("%s of %j", (source, content, expected) => {
    expect(says(source, live(content))).toBe(expected);
  });

  it("ends with a message where a template would run for ever", () => {
    const object = live({ status: { items: Array.from({ length: 2000 }, (_, index) => index) } });
    const endless =
      "{{ range .status.items }}{{ range $.status.items }}{{ range $.status.items }}{{ end }}{{ end }}{{ end }}true";
    expect(says(endless, object)).toMatch(/^InProgress: readyWhen cannot be told: line 1, column \d+: /);
  });

  it("shows nothing of a Secret", () => {
    const secret = live({ data: { key: "aHVudGVyMg==" } }, "Secret");
    expect(says("{{ .data.key | b64dec }}", secret)).toBe(
      "InProgress: readyWhen renders something else, neither true nor false",
    );
    expect(says("{{ fail (.data.key | b64dec) }}", secret)).toBe(
      "InProgress: readyWhen cannot be told: line 1, column 4: why is not shown, since it may quote the Secret",
    );
  });

  it("takes the place of the kind's own rule, but not of deletion and of a status that is out of date", () => {
    const own = rule("true");
    const stalled = live({
      status: {
        conditions: [
          { type: "Ready", status: "False" },
          { type: "Stalled", status: "True" },
        ],
      },
    });
    expect(assessReadiness(stalled).state).toBe("Failed");
    expect(assessReadiness(stalled, {}, own).state).toBe("Ready");
    expect(assessReadiness(live({ status: { observedGeneration: 1 } }), {}, own).state).toBe("InProgress");
    const going = live();
    going.metadata.deletionTimestamp = "2026-07-06T12:00:00Z";
    expect(assessReadiness(going, {}, own).state).toBe("Terminating");
  });
});
