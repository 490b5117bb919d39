import { type Comparison } from "./comparison";
import { type Difference } from "./differences";
import { type Features, featuresOf } from "./features";

interface Count {
  cases: number;
  agree: number;
  known: number;
}

type Kind = keyof Features;
type Row = readonly [name: string, handMade: Count, generated: Count];

const headings: readonly (readonly [Kind, string])[] = [
  ["actions", "Actions"],
  ["verbs", "Verbs of printf"],
  ["functions", "Functions"],
];

function countBy(kind: Kind, comparisons: readonly Comparison[]): Map<string, Count> {
  const counts = new Map<string, Count>();
  for (const { case: each, verdict } of comparisons) {
    for (const name of featuresOf(each.template)[kind]) {
      const count = counts.get(name) ?? { cases: 0, agree: 0, known: 0 };
      count.cases++;
      if (verdict === "agrees") count.agree++;
      else if (verdict === "known difference") count.known++;
      counts.set(name, count);
    }
  }
  return counts;
}

const none: Count = { cases: 0, agree: 0, known: 0 };

function rowsOf(kind: Kind, handMade: readonly Comparison[], generated: readonly Comparison[]): Row[] {
  const [first, second] = [countBy(kind, handMade), countBy(kind, generated)];
  const names = [...new Set([...first.keys(), ...second.keys()])].sort((a, b) => (a < b ? -1 : 1));
  return names.map(name => [name, first.get(name) ?? none, second.get(name) ?? none]);
}

const cells = ({ cases, agree, known }: Count): string => `${cases} | ${agree} | ${known} | ${cases - agree - known}`;

function total(comparisons: readonly Comparison[]): Count {
  const of = (verdict: Comparison["verdict"]) => comparisons.filter(each => each.verdict === verdict).length;
  return { cases: comparisons.length, agree: of("agrees"), known: of("known difference") };
}

const header = (what: string) =>
  `| ${what} | hand-made | agree | known | other | generated | agree | known | other |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|`;

export interface Report {
  readonly goVersion: string;
  readonly seed: number;
  readonly handMade: readonly Comparison[];
  readonly generated: readonly Comparison[];
  readonly differences: readonly Difference[];
}

/** docs/conformance.md. */
export function conformancePage({ goVersion, seed, handMade, generated, differences }: Report): string {
  const errors = generated.filter(({ go }) => "error" in go);
  const sameLine = errors.filter(({ ours, go }) => "error" in ours && "error" in go && ours.line === go.line);
  const sections = headings.map(([kind, heading]) => {
    const rows = rowsOf(kind, handMade, generated).map(
      ([name, first, second]) => `| \`${name}\` | ${cells(first)} | ${cells(second)} |`,
    );
    return `## ${heading}\n\n${header(heading.toLowerCase())}\n${rows.join("\n")}`;
  });
  return `# Conformance of the template language

Written by \`npm run conformance\`; do not edit. Each case is rendered by Go's own text/template with Sprig 3.3.0 and by
lib/template. They agree when the outputs are equal byte for byte, or when both refuse; the words of errors are each
side's own. "known" are differences that are meant, named below; "other" is anything else and fails the run.

${goVersion}, Sprig 3.3.0, generator seed ${seed}. A case counts for everything that it uses.

${header("all cases")}
| all | ${cells(total(handMade))} | ${cells(total(generated))} |

Of the generated cases, Go refuses ${errors.length}; there, both name the same line in ${sameLine.length}.

## Known differences

${differences.map(({ name }) => name).join(", ")}: the reasons are in [templates.md](templates.md#differences-from-go), the
data with cases that show each of them in [hack/conformance/differences.json](../hack/conformance/differences.json).

${sections.join("\n\n")}
`;
}
