import { changeMarkDefaults, type LynqHubSpec } from "../../../crds";
import { RowSchema, RowSchemaError } from "../../record/row-schema";
import { fieldPath } from "../body";
import { didYouMean } from "../near-miss";
import { isPlainObject } from "../object";
import { type CheckResult, Findings } from "./findings";
import { hubRules, none } from "./rules";
import { hostVariables, ownVariables, rowVariables } from "./variables";

/** A LynqHub, as far as its check goes. */
export interface HubLike {
  readonly spec: LynqHubSpec;
}

/** Beyond this a JavaScript timer fires at once instead of late: 2^31 milliseconds. */
const longestIntervalHours = 596;
/** Of both spellings of syncInterval. */
const DEFAULT_INTERVAL = "30s";
const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
const goIdentifier = /^[\p{L}_][\p{L}\p{Nd}_]*$/u;

/** Every problem of a hub that can be told without the cluster and the database. */
export function checkHub({ spec }: HubLike): CheckResult {
  const findings = new Findings();
  checkSource(spec, findings);
  checkIntervals(spec, findings);
  checkChangeMark(spec, findings);
  checkValueMappings(spec, findings);
  checkExtraMappings(spec, findings);
  checkRowSchema(spec, findings);
  checkSensitiveValues(spec, findings);
  return findings;
}

function checkSource({ source }: LynqHubSpec, findings: Findings): void {
  const { mysql } = source;
  if (mysql === undefined) {
    findings.report(hubRules.sourceMissing, "spec.source.mysql", none);
    return;
  }
  if ((mysql.username === undefined) === (mysql.usernameRef === undefined)) {
    findings.report(hubRules.username, "spec.source.mysql.username", none);
  }
  const { tls } = mysql;
  if ((tls?.certRef === undefined) !== (tls?.keyRef === undefined)) {
    findings.report(hubRules.clientCertificate, "spec.source.mysql.tls.certRef", none);
  }
  const verifies = tls?.mode === "verify-ca" || tls?.mode === "verify-identity";
  if (tls?.caRef !== undefined && !verifies) {
    findings.report(hubRules.authorityUnused, "spec.source.mysql.tls.caRef", { mode: tls.mode ?? "preferred" });
  }
}

function checkIntervals({ syncInterval, source }: LynqHubSpec, findings: Findings): void {
  checkInterval(syncInterval, "spec.syncInterval", findings);
  checkInterval(source.syncInterval, "spec.source.syncInterval", findings);
  if (syncInterval !== undefined && source.syncInterval !== undefined && syncInterval !== source.syncInterval) {
    findings.report(hubRules.twoIntervals, "spec.syncInterval", none);
  }
}

function checkChangeMark({ syncInterval, source }: LynqHubSpec, findings: Findings): void {
  const { changeMark } = source;
  if (changeMark === undefined) return;
  if (changeMark.column.trim() === "") findings.report(hubRules.columnEmpty, "spec.source.changeMark.column", none);
  const { fullSyncInterval: full = changeMarkDefaults.fullSyncInterval } = changeMark;
  const path = "spec.source.changeMark.fullSyncInterval";
  checkInterval(full, path, findings);
  const interval = syncInterval ?? source.syncInterval ?? DEFAULT_INTERVAL;
  if (secondsIn(full) <= secondsIn(interval)) findings.report(hubRules.markUseless, path, { full, interval });
}

function checkInterval(interval: string | undefined, path: string, findings: Findings): void {
  if (interval === undefined) return;
  const seconds = secondsIn(interval);
  if (!(seconds >= 1 && seconds <= longestIntervalHours * 3600)) {
    findings.report(hubRules.interval, path, { interval, longestHours: longestIntervalHours });
  }
}

/** NaN for what is no interval. */
function secondsIn(interval: string): number {
  const [, count, unit] = /^([0-9]+)(s|m|h)$/.exec(interval) ?? [];
  return Number(count) * (secondsOf[unit ?? ""] ?? Number.NaN);
}

function checkValueMappings({ valueMappings }: LynqHubSpec, findings: Findings): void {
  for (const name of ["uid", "activate"] as const) {
    if (valueMappings[name].trim() === "") findings.report(hubRules.columnRequired, `spec.valueMappings.${name}`, none);
  }
  if (valueMappings.suspend?.trim() === "") findings.report(hubRules.columnEmpty, "spec.valueMappings.suspend", none);
  if (valueMappings.hostOrUrl !== undefined) {
    findings.report(hubRules.hostOrUrl, "spec.valueMappings.hostOrUrl", none);
  }
}

function checkExtraMappings(spec: LynqHubSpec, findings: Findings): void {
  const reserved = new Set(ownVariables);
  if (spec.valueMappings.hostOrUrl !== undefined) hostVariables.forEach(name => reserved.add(name));
  for (const [name, column] of Object.entries(spec.extraValueMappings ?? {})) {
    const path = fieldPath("spec.extraValueMappings", name);
    if (column.trim() === "") findings.report(hubRules.columnEmpty, path, none);
    if (reserved.has(name)) {
      findings.report(hubRules.variableReserved, path, { name });
    } else if (name === "") {
      findings.report(hubRules.variableUnnamed, path, none);
    } else if (!goIdentifier.test(name)) {
      findings.report(hubRules.variableAwkward, path, { name });
    }
  }
}

function checkRowSchema(spec: LynqHubSpec, findings: Findings): void {
  const { rowSchema } = spec;
  if (rowSchema === undefined) return;
  try {
    new RowSchema(rowSchema);
  } catch (error) {
    if (!(error instanceof RowSchemaError)) throw error;
    findings.report(hubRules.rowSchema, "spec.rowSchema", { reason: error.message });
    return;
  }
  const variables = rowVariables(spec);
  const { required, properties } = rowSchema;
  if (Array.isArray(required)) {
    required.forEach((name: unknown, index) => {
      if (typeof name !== "string" || variables.has(name)) return;
      const hint = didYouMean(name, variables);
      findings.report(hubRules.schemaDemands, `spec.rowSchema.required[${index}]`, { name, hint });
    });
  }
  for (const name of isPlainObject(properties) ? Object.keys(properties) : []) {
    if (variables.has(name)) continue;
    const hint = didYouMean(name, variables);
    findings.report(hubRules.schemaKnows, fieldPath("spec.rowSchema.properties", name), { name, hint });
  }
}

function checkSensitiveValues(spec: LynqHubSpec, findings: Findings): void {
  const variables = rowVariables(spec);
  const sensitive = new Set(spec.sensitiveValues);
  [...sensitive].forEach((name, index) => {
    const path = `spec.sensitiveValues[${index}]`;
    if (ownVariables.has(name)) {
      findings.report(hubRules.sensitiveOwn, path, { name });
    } else if (!variables.has(name)) {
      const candidates = [...variables].filter(variable => !ownVariables.has(variable));
      findings.report(hubRules.sensitiveUnmapped, path, { name, hint: didYouMean(name, candidates) });
    }
  });
  if (spec.valueMappings.hostOrUrl === undefined) return;
  for (const name of hostVariables) {
    if (!sensitive.has(name) && hostVariables.some(other => sensitive.has(other))) {
      findings.report(hubRules.sensitiveHost, "spec.sensitiveValues", { name });
    }
  }
}
