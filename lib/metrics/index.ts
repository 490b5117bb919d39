export { type HubRead } from "./hubs";
export { Metrics } from "./metrics";
export { type PassResult } from "./nodes";
