export { type Location, type Match, matches } from "./evaluator";
export { type JsonPath, JsonPathError, JsonPathLimitError } from "./json-path";
export { parseJsonPath } from "./parser";
export { type Removal, removableMatches, removeMatches } from "./removal";
