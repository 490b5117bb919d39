import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { projectFolder } from "./project";

const folder = join(projectFolder, "charts", "lynq", "files");

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook_url: string };
}

/** Alerts that we ship, in the order of the file. */
export function alerts(): Alert[] {
  const { spec } = parse(readFileSync(join(folder, "prometheus-rule.yaml"), "utf8")) as {
    spec: { groups: { rules: Alert[] }[] };
  };
  return spec.groups.flatMap(({ rules }) => rules);
}

export interface Panel {
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
}

export function dashboard(): Dashboard {
  return JSON.parse(readFileSync(join(folder, "dashboard.json"), "utf8")) as Dashboard;
}

/** Queries of the dashboard as Prometheus gets them, Grafana's variables filled in. */
export function dashboardQueries(): string[] {
  const { panels, templating } = dashboard();
  const filled = (text: string) => text.replaceAll("$__rate_interval", "5m").replace(/\$(namespace|hub|form)\b/g, ".*");
  const asked = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => filled(expr)));
  const chosen = templating.list.flatMap(({ query }) => {
    const [, selector] = /^label_values\((.*), \w+\)$/.exec(query) ?? [];
    return selector === undefined ? [] : [filled(selector)];
  });
  return [...asked, ...chosen];
}

const runbooks = join(projectFolder, "docs", "alerts");

/** Names of the pages in docs/alerts. */
export function runbookNames(): string[] {
  return readdirSync(runbooks)
    .filter(name => name !== "README.md")
    .map(name => name.replace(/\.md$/, ""));
}

/** A page of docs/alerts. @throws Error when there is none */
export function runbook(name: string): string {
  const path = join(runbooks, `${name}.md`);
  if (!existsSync(path)) throw new Error(`docs/alerts/${name}.md is missing`);
  return readFileSync(path, "utf8");
}

/** Lines that a page of docs/alerts tells to run. */
export function runbookCommands(page: string): string[] {
  return [...page.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = ""]) => block.trimEnd().split("\n"));
}
