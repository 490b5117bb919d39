import { type LynqHubSpec } from "../../../crds";

/** Variables that Lynq makes itself, whatever the hub maps; extra mappings cannot take their names. */
export const ownVariables: ReadonlySet<string> = new Set(["uid", "activate", "hubId", "templateRef"]);
/** Variables that `valueMappings.hostOrUrl` brings along. */
export const hostVariables = ["hostOrUrl", "host"] as const;

/** The variables of a row, as `rowSchema` sees it (lib/record/mapping.ts). */
export function rowVariables({ valueMappings, extraValueMappings }: LynqHubSpec): ReadonlySet<string> {
  const host = valueMappings.hostOrUrl === undefined ? [] : hostVariables;
  return new Set(["uid", "activate", ...host, ...Object.keys(extraValueMappings ?? {})]);
}

/** The variables that templates see: the row's, and where it comes from (lib/blueprint/variables.ts). */
export function templateVariables(hub: LynqHubSpec): ReadonlySet<string> {
  return new Set([...rowVariables(hub), ...ownVariables]);
}
