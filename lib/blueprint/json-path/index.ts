export { type Location, matches } from "./evaluator";
export { type JsonPath, JsonPathError, JsonPathLimitError } from "./json-path";
export { parseJsonPath } from "./parser";
export { removableMatches, removeMatches } from "./removal";
