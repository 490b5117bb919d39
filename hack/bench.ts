import { benchAdmission } from "./bench/admission";
import { benchPlan } from "./bench/plan";
import { benchTemplates } from "./bench/template";
import { SetupError } from "./errors";

const benches: ReadonlyMap<string, () => Promise<void>> = new Map([
  ["admission", benchAdmission],
  ["plan", benchPlan],
  ["template", benchTemplates],
]);

const [name = ""] = process.argv.slice(2);
const bench = benches.get(name);
if (bench === undefined) {
  console.error(`usage: npm run bench -- ${[...benches.keys()].join("|")}`);
  process.exitCode = 2;
} else {
  bench().catch((error: unknown) => {
    console.error(error instanceof SetupError ? error.message : error);
    process.exitCode = 1;
  });
}
