import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { format } from "prettier";

import { type ConformanceCase } from "./conformance/case";
import { compare, type Comparison } from "./conformance/comparison";
import { handMadeCases } from "./conformance/corpus";
import { knownDifferences } from "./conformance/differences";
import { generateCases } from "./conformance/generator";
import { record } from "./conformance/recording";
import { ReferenceProgram } from "./conformance/reference-program";
import { conformancePage } from "./conformance/table";
import { SetupError } from "./errors";
import { projectFolder } from "./project";

const usage = `npm run conformance [-- [--seed N] [--cases N] [--record]]

Renders the hand-made corpus and 20,000 generated templates with Go's text/template and Sprig, and with lib/template, and
compares. Writes docs/conformance.md when seed and number of cases are the usual ones. --record also stores what Go made of
a smaller generated run, for npm test.`;

const usual = { seed: 1, cases: 20_000 };
const shown = 20;

function numberAfter(flag: string, otherwise: number): number {
  const index = process.argv.indexOf(flag);
  if (index < 0) return otherwise;
  const value = Number(process.argv[index + 1]);
  if (!Number.isInteger(value) || value < 0) throw new SetupError(`${flag} takes a whole number`);
  return value;
}

function complain(comparisons: readonly Comparison[]): number {
  const wrong = comparisons.filter(({ verdict }) => verdict === "disagrees");
  for (const { case: each, ours, go } of wrong.slice(0, shown)) {
    console.log(JSON.stringify(each));
    console.log(`  Go:   ${JSON.stringify(go)}\n  ours: ${JSON.stringify(ours)}`);
  }
  if (wrong.length > shown) console.log(`… and ${wrong.length - shown} more`);
  return wrong.length;
}

async function conformance(): Promise<void> {
  if (process.argv.includes("--help")) {
    console.log(usage);
    return;
  }
  const [seed, count] = [numberAfter("--seed", usual.seed), numberAfter("--cases", usual.cases)];
  const reference = await ReferenceProgram.ensure(console.error);
  const differences = knownDifferences();
  const comparisonOf = async (cases: readonly ConformanceCase[]) =>
    compare(cases, await reference.render(cases), differences);

  const handMade = await comparisonOf(handMadeCases());
  const generated = await comparisonOf(generateCases(seed, count));
  const wrong = complain(handMade) + complain(generated);
  for (const [name, all] of [
    ["hand-made", handMade],
    ["generated", generated],
  ] as const) {
    const known = all.filter(({ verdict }) => verdict === "known difference").length;
    console.log(`${all.length} ${name} cases; known differences: ${known}`);
  }
  if (process.argv.includes("--record")) await record(reference);
  if (seed === usual.seed && count === usual.cases) {
    const page = join(projectFolder, "docs", "conformance.md");
    const text = conformancePage({ goVersion: reference.goVersion, seed, handMade, generated, differences });
    writeFileSync(page, await format(text, { parser: "markdown", filepath: page }));
  }
  console.log(`${handMade.length + generated.length - wrong} agree or are known, ${wrong} disagree`);
  if (wrong > 0) process.exitCode = 1;
}

conformance().catch((error: unknown) => {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
});
