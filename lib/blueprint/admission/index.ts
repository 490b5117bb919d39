export { type CheckResult, type Finding, Findings, formatProblems, type Problem } from "./findings";
export { type FormClaims, formClaims } from "./claims";
export { checkForm, type FormCheck, type FormLike, formSteps, formTemplates } from "./form";
export { checkNodeChange, type NodeLike } from "./node";
export { checkHubChange } from "./hub-change";
export { checkHub, type HubLike } from "./hub";
