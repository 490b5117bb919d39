import { type Condition } from "../../crds";

/** The Go operator's numbers: 0 False, 1 True, 2 Unknown. */
export function conditionValue(status: Condition["status"]): number {
  return status === "True" ? 1 : status === "False" ? 0 : 2;
}
