export { type CheckResult, formatProblems, type Problem } from "./findings";
export { checkForm, type FormLike } from "./form";
export { checkHub, type HubLike } from "./hub";
