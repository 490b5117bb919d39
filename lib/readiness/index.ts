export { assessReadiness } from "./assess";
export { type Readiness, type ReadinessFacts, type ReadinessState } from "./readiness";
