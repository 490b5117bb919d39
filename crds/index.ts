/** The API's types. Pure: the classes that Pepr watches are in ./kinds. */

import { type KubernetesObject } from "../lib/blueprint/object";
import { type LynqFormSpec, type LynqFormStatus } from "./generated/lynqform";
import { type LynqHubSpec, type LynqHubStatus } from "./generated/lynqhub";
import { type LynqNodeSpec, type LynqNodeStatus } from "./generated/lynqnode";

export * from "./generated/lynqform";
export * from "./generated/lynqhub";
export * from "./generated/lynqnode";
export * from "./generated/shared";
export { resourceListNames, type ResourceListName } from "./resource-lists";

/** A LynqHub as the API server sends it. */
export interface LynqHubObject extends KubernetesObject {
  spec: LynqHubSpec;
  status?: LynqHubStatus;
}

/** A LynqForm as the API server sends it. */
export interface LynqFormObject extends KubernetesObject {
  spec: LynqFormSpec;
  status?: LynqFormStatus;
}

/** A LynqNode as the API server sends it. */
export interface LynqNodeObject extends KubernetesObject {
  spec: LynqNodeSpec;
  status?: LynqNodeStatus;
}
