import { type ApiResource } from "../../lib/cluster";
import { FORMS, HUBS, NODES } from "../../lib/controllers/kinds";
import { UsageError } from "../usage-error";

/** A hub, form or node, as it is named on a command line. */
export interface Reference {
  readonly resource: ApiResource;
  readonly name: string;
  /** `form/web`, as it is shown. */
  readonly text: string;
}

const kinds = {
  hub: { resource: HUBS, spellings: ["hub", "hubs", "lynqhub", "lynqhubs", "lh"] },
  form: { resource: FORMS, spellings: ["form", "forms", "lynqform", "lynqforms", "lf"] },
  node: { resource: NODES, spellings: ["node", "nodes", "lynqnode", "lynqnodes", "ln"] },
} as const;

export type ReferenceKind = keyof typeof kinds;

/** Reads `form/web`; kubectl's spellings of the kinds are understood, too. @throws UsageError */
export function parseReference(text: string, allowed: readonly ReferenceKind[]): Reference {
  const [, spelling = "", name = ""] = /^([^/]+)\/([^/]+)$/.exec(text) ?? [];
  const kind = allowed.find(one => kinds[one].spellings.some(known => known === spelling.toLowerCase()));
  if (kind === undefined) {
    throw new UsageError(
      `${JSON.stringify(text)} is none of ${allowed.map(one => `${one}/NAME`).join(", ")}; write ${allowed[0] ?? ""}/NAME`,
    );
  }
  return { resource: kinds[kind].resource, name, text: `${kind}/${name}` };
}
