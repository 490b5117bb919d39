import { FunctionError } from "../value";
import { type Family, fixed, type SprigFunction } from "./definition";

/** Names of Sprig that exist and always fail: a template never sees the operator's environment or network. */
export const disabled: Family = {
  env: refused("environment variables of the operator cannot be read from a template"),
  expandenv: refused("environment variables of the operator cannot be read from a template"),
  getHostByName: refused("names cannot be looked up in the network from a template"),
  fail: fixed(["string"], "string", message => {
    throw new FunctionError(message);
  }),
};

function refused(reason: string): SprigFunction {
  return fixed(["string"], "string", () => {
    throw new FunctionError(`is disabled: ${reason}`);
  });
}
