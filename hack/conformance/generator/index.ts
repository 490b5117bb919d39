import { type ConformanceCase } from "../case";
import { data } from "./data";
import { Random } from "./random";
import { Templates } from "./template";

const missingKeys = ["default", "default", "error", "zero", "invalid"] as const;

/** Templates that share one set of data. */
const templatesPerData = 20;

/** As many cases as wanted; the seed decides all of them. */
export function generateCases(seed: number, count: number): ConformanceCase[] {
  const random = new Random(seed);
  const templates = new Templates(random);
  let shared = "{}";
  return Array.from({ length: count }, (_, index) => {
    if (index % templatesPerData === 0) shared = data(random);
    return { template: templates.template(), data: shared, missingKey: random.pick(missingKeys) };
  });
}
