import { type LynqHubSpec } from "../../../crds";
import { RowSchema, RowSchemaError } from "../../record/row-schema";
import { fieldPath } from "../body";
import { didYouMean } from "../near-miss";
import { isPlainObject } from "../object";
import { type CheckResult, Findings } from "./findings";
import { hostVariables, ownVariables, rowVariables } from "./variables";

/** A LynqHub, as far as its check goes. */
export interface HubLike {
  readonly spec: LynqHubSpec;
}

/** Beyond this a JavaScript timer fires at once instead of late: 2^31 milliseconds. */
const longestIntervalHours = 596;
const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
const goIdentifier = /^[\p{L}_][\p{L}\p{Nd}_]*$/u;

/** Every problem of a hub that can be told without the cluster and the database. */
export function checkHub({ spec }: HubLike): CheckResult {
  const findings = new Findings();
  checkSource(spec, findings);
  checkIntervals(spec, findings);
  checkValueMappings(spec, findings);
  checkExtraMappings(spec, findings);
  checkRowSchema(spec, findings);
  checkSensitiveValues(spec, findings);
  return findings;
}

function checkSource({ source }: LynqHubSpec, findings: Findings): void {
  const { mysql } = source;
  if (mysql === undefined) {
    findings.error("spec.source.mysql", "is required when type is mysql");
    return;
  }
  if ((mysql.username === undefined) === (mysql.usernameRef === undefined)) {
    findings.error("spec.source.mysql.username", "give exactly one of username and usernameRef");
  }
  const { tls } = mysql;
  if ((tls?.certRef === undefined) !== (tls?.keyRef === undefined)) {
    findings.error("spec.source.mysql.tls.certRef", "give both certRef and keyRef, or neither");
  }
  const verifies = tls?.mode === "verify-ca" || tls?.mode === "verify-identity";
  if (tls?.caRef !== undefined && !verifies) {
    findings.warn(
      "spec.source.mysql.tls.caRef",
      `is not used: mode ${tls.mode ?? "preferred"} checks no certificate; set mode to verify-ca or verify-identity`,
    );
  }
}

function checkIntervals({ syncInterval, source }: LynqHubSpec, findings: Findings): void {
  checkInterval(syncInterval, "spec.syncInterval", findings);
  checkInterval(source.syncInterval, "spec.source.syncInterval", findings);
  if (syncInterval !== undefined && source.syncInterval !== undefined && syncInterval !== source.syncInterval) {
    findings.error(
      "spec.syncInterval",
      "spec.syncInterval and spec.source.syncInterval are two spellings of one setting and differ; keep one of them",
    );
  }
}

function checkInterval(interval: string | undefined, path: string, findings: Findings): void {
  if (interval === undefined) return;
  const [, count, unit] = /^([0-9]+)(s|m|h)$/.exec(interval) ?? [];
  const seconds = Number(count) * (secondsOf[unit ?? ""] ?? Number.NaN);
  if (!(seconds >= 1 && seconds <= longestIntervalHours * 3600)) {
    findings.error(
      path,
      `${JSON.stringify(interval)} is no interval: a whole number followed by s, m or h, from 1s to ${longestIntervalHours}h`,
    );
  }
}

function checkValueMappings({ valueMappings }: LynqHubSpec, findings: Findings): void {
  for (const name of ["uid", "activate"] as const) {
    if (valueMappings[name].trim() === "") findings.error(`spec.valueMappings.${name}`, "is required: name a column");
  }
  if (valueMappings.hostOrUrl !== undefined) {
    findings.warn(
      "spec.valueMappings.hostOrUrl",
      "is deprecated since v1.1.11 of the Go operator; map the column in extraValueMappings and use the toHost function",
    );
  }
}

function checkExtraMappings(spec: LynqHubSpec, findings: Findings): void {
  const reserved = new Set(ownVariables);
  if (spec.valueMappings.hostOrUrl !== undefined) hostVariables.forEach(name => reserved.add(name));
  for (const [name, column] of Object.entries(spec.extraValueMappings ?? {})) {
    const path = fieldPath("spec.extraValueMappings", name);
    if (column.trim() === "") findings.error(path, "names no column");
    if (reserved.has(name)) {
      findings.error(path, `the variable .${name} is Lynq's own; choose another name`);
    } else if (name === "") {
      findings.error(path, "a variable needs a name");
    } else if (!goIdentifier.test(name)) {
      findings.warn(path, `a template cannot write .${name}; it needs {{ index . ${JSON.stringify(name)} }}`);
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
    findings.error("spec.rowSchema", error.message);
    return;
  }
  const variables = rowVariables(spec);
  const { required, properties } = rowSchema;
  if (Array.isArray(required)) {
    required.forEach((name: unknown, index) => {
      if (typeof name !== "string" || variables.has(name)) return;
      findings.error(
        `spec.rowSchema.required[${index}]`,
        `the hub maps no variable ${JSON.stringify(name)}, so no row could ever pass${didYouMean(name, variables)}`,
      );
    });
  }
  for (const name of isPlainObject(properties) ? Object.keys(properties) : []) {
    if (variables.has(name)) continue;
    findings.warn(
      fieldPath("spec.rowSchema.properties", name),
      `the hub maps no variable ${JSON.stringify(name)}${didYouMean(name, variables)}`,
    );
  }
}

function checkSensitiveValues(spec: LynqHubSpec, findings: Findings): void {
  const variables = rowVariables(spec);
  const sensitive = new Set(spec.sensitiveValues);
  [...sensitive].forEach((name, index) => {
    const path = `spec.sensitiveValues[${index}]`;
    if (ownVariables.has(name)) {
      findings.error(path, `.${name} is part of names, labels or status and cannot be sensitive`);
    } else if (!variables.has(name)) {
      const candidates = [...variables].filter(variable => !ownVariables.has(variable));
      findings.error(path, `the hub maps no variable ${JSON.stringify(name)}${didYouMean(name, candidates)}`);
    }
  });
  if (spec.valueMappings.hostOrUrl === undefined) return;
  for (const name of hostVariables) {
    if (!sensitive.has(name) && hostVariables.some(other => sensitive.has(other))) {
      findings.error("spec.sensitiveValues", `.host is made from .hostOrUrl: list ${name}, too`);
    }
  }
}
