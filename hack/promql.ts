import { parser } from "@prometheus-io/lezer-promql";

/** The series that a query asks for. */
export interface Selector {
  readonly metric: string;
  /** Labels that it matches by. */
  readonly labels: readonly string[];
}

export interface Query {
  readonly selectors: readonly Selector[];
  /** Labels that it groups or joins by, and so carries on. */
  readonly groupings: readonly string[];
}

/** Functions that take a range: Prometheus refuses them anything else, which the grammar does not say. */
const OF_RANGES = new Set(["rate", "increase", "irate", "delta"]);

/**
 * Reads a query with Prometheus' own grammar.
 *
 * @throws Error with the place where it is none.
 */
export function parseQuery(text: string): Query {
  const selectors: { metric: string; labels: string[] }[] = [];
  const groupings = new Set<string>();
  let inGrouping = false;
  parser.parse(text).iterate({
    enter({ name, type, from, to, node }) {
      const words = text.slice(from, to);
      if (type.isError) throw new Error(`no PromQL at character ${from}: ${text}`);
      if (name === "FunctionCall") {
        const called = text.slice(from, node.getChild("FunctionIdentifier")?.to ?? from);
        const [argument = null] = [node.getChild("FunctionCallBody")?.firstChild ?? null];
        if (
          OF_RANGES.has(called) &&
          argument?.name !== "MatrixSelector" &&
          argument?.nextSibling?.name !== "MatrixSelector"
        )
          throw new Error(`${called}() takes a range: ${words}`);
      }
      if (name === "VectorSelector")
        selectors.push({ metric: text.slice(from, node.getChild("Identifier")?.to ?? from), labels: [] });
      if (name === "GroupingLabels") inGrouping = true;
      if (name !== "LabelName") return;
      if (inGrouping) groupings.add(words);
      else selectors.at(-1)?.labels.push(words);
    },
    leave({ name }) {
      if (name === "GroupingLabels") inGrouping = false;
    },
  });
  return { selectors, groupings: [...groupings] };
}
