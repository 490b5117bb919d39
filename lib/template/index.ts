export { type TemplateAnalysis, type VariableRead } from "./analysis";
export { TemplateCache } from "./cache";
export { compileDialect, type TemplateDialect, templateDialects } from "./dialect";
export { TemplateExecutionError, TemplateSyntaxError } from "./errors";
export { type MissingKey } from "./field";
export { defaultFunctions } from "./functions";
export { defaultLimits, type TemplateLimits } from "./run";
export { compileTemplate, type Template, type TemplateOptions } from "./template";
export {
  type FunctionContext,
  FunctionError,
  type GoMap,
  type GoValue,
  MissingValue,
  type TemplateFunction,
} from "./value";
