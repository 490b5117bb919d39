import { benchAdmission } from "./bench/admission";
import { benchMemory } from "./bench/memory";
import { benchOperator } from "./bench/operator";
import { benchPlan } from "./bench/plan";
import { benchTemplates } from "./bench/template";
import { SetupError } from "./errors";

const benches: ReadonlyMap<string, (args: readonly string[]) => Promise<void>> = new Map([
  ["admission", benchAdmission],
  ["memory", benchMemory],
  ["plan", benchPlan],
  ["template", benchTemplates],
]);

const args = process.argv.slice(2);
const [name = ""] = args;
// Without a name of another bench, it is the operator's, whose options begin with hyphens.
const isOperators = name === "" || name.startsWith("-");
const bench = isOperators ? benchOperator : benches.get(name);
if (bench === undefined) {
  console.error(
    `usage: npm run bench [-- OPTION…], or npm run bench -- ${[...benches.keys()].join("|")}; --help lists the options`,
  );
  process.exitCode = 2;
} else {
  bench(isOperators ? args : args.slice(1)).catch((error: unknown) => {
    console.error(error instanceof SetupError ? error.message : error);
    process.exitCode = 1;
  });
}
