export { assessReadiness } from "./assess";
export { needsOnlyMetadata } from "./metadata-only";
export { type ReadyWhen, readyWhen } from "./ready-when";
export { type Readiness, type ReadinessFacts, type ReadinessState } from "./readiness";
