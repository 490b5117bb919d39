export { type CheckResult, type Finding, Findings, formatProblems, type Problem } from "./findings";
export { type FormClaims, formClaims } from "./claims";
export { checkForm, type FormLike } from "./form";
export { checkHub, type HubLike } from "./hub";
