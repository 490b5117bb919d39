export { assessReadiness } from "./assess";
export { type ReadyWhen, readyWhen } from "./ready-when";
export { type Readiness, type ReadinessFacts, type ReadinessState } from "./readiness";
