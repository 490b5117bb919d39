/** The API's kinds as Pepr's watches and webhooks know them. */

import { GenericKind, RegisterKind } from "kubernetes-fluent-client";
import { API_GROUP, API_VERSION } from "../lib/metadata";
import {
  type LynqFormSpec,
  type LynqFormStatus,
  type LynqHubSpec,
  type LynqHubStatus,
  type LynqNodeSpec,
  type LynqNodeStatus,
} from "./index";

export class LynqHub extends GenericKind {
  declare spec: LynqHubSpec;
  declare status?: LynqHubStatus;
}

export class LynqForm extends GenericKind {
  declare spec: LynqFormSpec;
  declare status?: LynqFormStatus;
}

export class LynqNode extends GenericKind {
  declare spec: LynqNodeSpec;
  declare status?: LynqNodeStatus;
}

const registration = { group: API_GROUP, version: API_VERSION };
RegisterKind(LynqHub, { ...registration, kind: "LynqHub", plural: "lynqhubs" });
RegisterKind(LynqForm, { ...registration, kind: "LynqForm", plural: "lynqforms" });
RegisterKind(LynqNode, { ...registration, kind: "LynqNode", plural: "lynqnodes" });
