import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "@jest/globals";

import { Metrics } from "../lib/metrics";
import { alerts, dashboard, dashboardQueries, runbook, runbookCommands, runbookNames } from "./monitoring";
import { projectFolder } from "./project";
import { parseQuery } from "./promql";

const metrics = new Metrics({ version: "0.0.0", lanes: { bulk: 10 } });
metrics.watchProcess();
const text = metrics.text();
const all = alerts();

/** Names of the families that the operator tells. */
const families = async () => new Set([...(await text).matchAll(/^# TYPE (\S+) \S+$/gm)].map(([, name = ""]) => name));

/** Names in queries that no family bears. */
async function unknownMetrics(queries: readonly string[]): Promise<string[]> {
  const known = await families();
  const asked = queries.flatMap(query => parseQuery(query).selectors.map(({ metric }) => metric));
  return asked.filter(name => !known.has(name) && !known.has(name.replace(/_(bucket|sum|count)$/, "")));
}

describe("queries", () => {
  it("are read by Prometheus' grammar", () => {
    expect(parseQuery('sum by (a) (rate(x_total{b="c"}[5m])) > 1')).toEqual({
      selectors: [{ metric: "x_total", labels: ["b"] }],
      groupings: ["a"],
    });
    expect(() => parseQuery("sum(")).toThrow("no PromQL at character 4");
    expect(() => parseQuery("rate(x_total)")).toThrow("rate() takes a range");
  });
});

describe("alerts", () => {
  /** The reference's, with their severities. */
  const inherited = {
    critical: [
      "LynqNodeDegraded",
      "LynqNodeResourcesFailed",
      "LynqNodeNotReady",
      "LynqNodeStatusUnknown",
      "HubManyNodesFailure",
    ],
    warning: [
      "LynqNodeResourcesMismatch",
      "LynqNodeResourcesConflicted",
      "LynqNodeHighConflictRate",
      "HubNodesFailure",
      "HubDesiredCountMismatch",
      "LynqNodeReconciliationErrors",
      "LynqNodeReconciliationSlow",
      "HighApplyFailureRate",
    ],
    info: ["LynqNodeNewConflictsDetected"],
  };

  it("keep the Go operator's, with their severities", () => {
    for (const [severity, names] of Object.entries(inherited)) {
      const ours = all.filter(({ labels }) => labels.severity === severity).map(({ alert }) => alert);
      expect(names.filter(name => !ours.includes(name))).toEqual([]);
    }
  });

  it("ask for metrics that the operator tells", async () => {
    expect(await unknownMetrics(all.map(({ expr }) => expr))).toEqual([]);
  });

  it.each(all.map(one => [one.alert, one] as const))(
    "%s says what it is, for how long, and what to read",
    (name, one) => {
      const { labels, annotations } = one;
      expect(["critical", "warning", "info"]).toContain(labels.severity);
      expect(one.for).toMatch(/^\d+[mh]$/);
      expect(annotations.runbook_url).toBe(`docs/alerts/${name}.md`);
      // A label that the expression does not carry on would be empty in the message.
      const words = `${annotations.summary} ${annotations.description}`;
      const used = [...words.matchAll(/\$labels\.(\w+)/g)].map(([, label = ""]) => label);
      expect(used.filter(label => !parseQuery(one.expr).groupings.includes(label))).toEqual([]);
      const page = runbook(name);
      expect(page).toContain(`# ${name}\n\nSeverity: ${labels.severity}.`);
      expect([...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual([
        "What it means",
        "How to see it",
        "What to do",
      ]);
      expect(runbookCommands(page)).not.toEqual([]);
    },
  );

  it("have a page each, and every page has one", () => {
    expect(runbookNames().sort()).toEqual(all.map(({ alert }) => alert).sort());
  });

  it("and their pages name metrics that the operator tells", async () => {
    const known = await families();
    const others = /^(apiserver|container)_/;
    const named = runbookNames().flatMap(name =>
      [...runbook(name).matchAll(/\b(?:lynq(?:hub|form|node)?|hub|workqueue|nodejs|process|apply)_\w+/g)].map(
        ([word]) => word,
      ),
    );
    const unknown = named.filter(
      word => !known.has(word) && !known.has(word.replace(/_(bucket|sum|count)$/, "")) && !others.test(word),
    );
    expect(unknown).toEqual([]);
  });
});

describe("the dashboard", () => {
  it("asks for metrics that the operator tells", async () => {
    expect(await unknownMetrics(dashboardQueries())).toEqual([]);
  });

  it("has the Go operator's uid, and no panel upon another", () => {
    const { uid, panels } = dashboard();
    expect(uid).toBe("lynq-operator");
    const cells = panels.flatMap(({ title, gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)} ${title}`),
    );
    const taken = cells.map(cell => cell.split(" ")[0]);
    expect(new Set(taken).size).toBe(taken.length);
  });

  it("names in its legends only labels that its queries carry on", () => {
    for (const { targets = [] } of dashboard().panels) {
      for (const { expr, legendFormat } of targets) {
        const query = parseQuery(expr.replaceAll("$__rate_interval", "5m"));
        const used = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
        expect(used.filter(label => !query.groupings.includes(label))).toEqual([]);
      }
    }
  });
});

describe("docs/metrics.md", () => {
  it("lists every metric of ours, and no other", async () => {
    const page = readFileSync(join(projectFolder, "docs", "metrics.md"), "utf8");
    const listed = page.split("\n").flatMap(line => {
      const [, first = ""] = /^\| (.*?) +\|/.exec(line) ?? [];
      const [stem = "", ...more] = first.replaceAll("\\", "").split(", ");
      // `lynqnode_resources_desired, _ready`: the same name with another end.
      return [stem, ...more.map(one => (one.startsWith("_") ? stem.replace(/_[a-z]+$/, one) : one))];
    });
    const ours = [...(await families())].filter(name => !/^(process|nodejs)_/.test(name));
    expect(listed.filter(name => /_/.test(name) && !name.includes("…")).sort()).toEqual(ours.sort());
  });
});
