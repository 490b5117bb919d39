import { type FormResource, type ResourceListName } from "../../../crds";
import { RESERVED_PREFIX } from "../../metadata";
import { fieldPath } from "../body";
import { isPlainObject, parseGroupVersionKind } from "../object";
import { type Findings } from "./findings";
import { misplacedKind } from "./list-kinds";
import { bodyRules, nameRules, none } from "./rules";

/** What a form may say of an object's metadata; Lynq writes or ignores the rest. */
const metadataFields: ReadonlySet<string> = new Set(["name", "namespace", "labels", "annotations"]);

/** Rules for the object that a resource describes, its templates aside. */
export function checkBody(resource: FormResource, list: ResourceListName, path: string, findings: Findings): void {
  const { spec } = resource;
  const apiVersion = literal(spec["apiVersion"], `${path}.spec.apiVersion`, findings);
  const kind = literal(spec["kind"], `${path}.spec.kind`, findings);
  if (apiVersion !== undefined && kind !== undefined) {
    const misplaced = misplacedKind(list, parseGroupVersionKind(apiVersion, kind).group, kind);
    if (misplaced !== undefined) findings.report(bodyRules.misplaced, `${path}.spec.kind`, misplaced);
  }
  if (spec["status"] !== undefined) {
    findings.report(bodyRules.status, `${path}.spec.status`, none);
  }
  checkMetadata(spec["metadata"], `${path}.spec.metadata`, findings);
  checkKeys(resource.labelsTemplate, `${path}.labelsTemplate`, findings);
  checkKeys(resource.annotationsTemplate, `${path}.annotationsTemplate`, findings);
  checkName(resource, path, findings);
  checkNamespace(resource, path, findings);
}

/** apiVersion and kind decide the schema and the access rights, so a row has no say in them. */
function literal(value: unknown, path: string, findings: Findings): string | undefined {
  if (typeof value !== "string" || value === "") {
    findings.report(value === undefined || value === "" ? bodyRules.required : bodyRules.typeNotText, path, none);
    return undefined;
  }
  if (value.includes("{{")) {
    findings.report(bodyRules.typeTemplated, path, none);
    return undefined;
  }
  return value;
}

function checkMetadata(metadata: unknown, path: string, findings: Findings): void {
  if (metadata === undefined) return;
  if (!isPlainObject(metadata)) {
    findings.report(bodyRules.metadataNotObject, path, none);
    return;
  }
  for (const field of ["name", "namespace"]) {
    const value = metadata[field];
    if (value !== undefined && value !== null && typeof value !== "string") {
      findings.report(bodyRules.textExpected, `${path}.${field}`, none);
    }
  }
  checkTextMap(metadata["labels"], `${path}.labels`, findings);
  checkTextMap(metadata["annotations"], `${path}.annotations`, findings);
  for (const [field, value] of Object.entries(metadata)) {
    if (metadataFields.has(field) || value === null) continue;
    if (field === "ownerReferences") {
      findings.report(bodyRules.ownerReferences, `${path}.${field}`, none);
    } else if (field === "generateName") {
      findings.report(bodyRules.generateName, `${path}.${field}`, none);
    } else {
      findings.report(bodyRules.metadataIgnored, fieldPath(path, field), none);
    }
  }
}

function checkTextMap(map: unknown, path: string, findings: Findings): void {
  if (map === undefined || map === null) return;
  if (!isPlainObject(map)) {
    findings.report(bodyRules.textMapExpected, path, none);
    return;
  }
  for (const [key, value] of Object.entries(map)) {
    if (typeof value !== "string") findings.report(bodyRules.textExpected, fieldPath(path, key), none);
  }
  checkKeys(map, path, findings);
}

function checkKeys(map: Record<string, unknown> | undefined, path: string, findings: Findings): void {
  for (const key of Object.keys(map ?? {})) {
    if (key.startsWith(RESERVED_PREFIX)) {
      findings.report(bodyRules.reservedKey, fieldPath(path, key), none);
    }
  }
}

function checkName({ nameTemplate, spec }: FormResource, path: string, findings: Findings): void {
  const { metadata } = spec;
  const name = isPlainObject(metadata) ? metadata["name"] : undefined;
  const given = (nameTemplate ?? "") !== "" || (name !== undefined && name !== null && name !== "");
  if (!given) findings.report(nameRules.missing, path, none);
}

function checkNamespace({ targetNamespace, namespaceTemplate }: FormResource, path: string, findings: Findings): void {
  if (targetNamespace === undefined || namespaceTemplate === undefined) return;
  if (targetNamespace !== namespaceTemplate) {
    findings.report(bodyRules.twoNamespaces, `${path}.namespaceTemplate`, none);
  }
}
