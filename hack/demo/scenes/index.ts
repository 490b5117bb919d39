import { type Scene } from "../scene";
import { howItWorks } from "./01-how-it-works";
import { customers } from "./02-customers";
import { formChange } from "./03-form-change";
import { selfHealing } from "./04-self-healing";
import { policies } from "./05-policies";
import { migration } from "./06-migration";
import { order } from "./07-order";
import { admission } from "./08-admission";
import { patterns } from "./09-patterns";
import { outage } from "./10-outage";

/** The story, in the order in which it is told. */
export const scenes: readonly Scene[] = [
  howItWorks,
  customers,
  formChange,
  selfHealing,
  policies,
  migration,
  order,
  admission,
  patterns,
  outage,
];
