import { type FormResource, type ResourceListName } from "../../../crds";
import { RESERVED_PREFIX } from "../../metadata";
import { fieldPath } from "../body";
import { isPlainObject, parseGroupVersionKind } from "../object";
import { type Findings } from "./findings";
import { misplacedKind } from "./list-kinds";

/** What a form may say of an object's metadata; Lynq writes or ignores the rest. */
const metadataFields: ReadonlySet<string> = new Set(["name", "namespace", "labels", "annotations"]);

/** Rules for the object that a resource describes, its templates aside. */
export function checkBody(resource: FormResource, list: ResourceListName, path: string, findings: Findings): void {
  const { spec } = resource;
  const apiVersion = literal(spec["apiVersion"], `${path}.spec.apiVersion`, findings);
  const kind = literal(spec["kind"], `${path}.spec.kind`, findings);
  if (apiVersion !== undefined && kind !== undefined) {
    const misplaced = misplacedKind(list, parseGroupVersionKind(apiVersion, kind).group, kind);
    if (misplaced !== undefined) findings.error(`${path}.spec.kind`, misplaced);
  }
  if (spec["status"] !== undefined) {
    findings.error(`${path}.spec.status`, "the cluster writes status, a form cannot; remove it");
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
    findings.error(path, value === undefined || value === "" ? "is required" : "must be text");
    return undefined;
  }
  if (value.includes("{{")) {
    findings.error(path, "cannot be a template; write one resource for each kind and choose with includeWhen");
    return undefined;
  }
  return value;
}

function checkMetadata(metadata: unknown, path: string, findings: Findings): void {
  if (metadata === undefined) return;
  if (!isPlainObject(metadata)) {
    findings.error(path, "must be an object; fill it in or remove it");
    return;
  }
  for (const field of ["name", "namespace"]) {
    const value = metadata[field];
    if (value !== undefined && value !== null && typeof value !== "string") {
      findings.error(`${path}.${field}`, "must be text; put it in quotes");
    }
  }
  checkTextMap(metadata["labels"], `${path}.labels`, findings);
  checkTextMap(metadata["annotations"], `${path}.annotations`, findings);
  for (const [field, value] of Object.entries(metadata)) {
    if (metadataFields.has(field) || value === null) continue;
    if (field === "ownerReferences") {
      findings.error(`${path}.${field}`, "Lynq decides who owns the object (deletionPolicy); remove it");
    } else if (field === "generateName") {
      findings.error(`${path}.${field}`, "an object needs the same name each time; use nameTemplate");
    } else {
      findings.warn(fieldPath(path, field), "is ignored; a form gives name, namespace, labels and annotations");
    }
  }
}

function checkTextMap(map: unknown, path: string, findings: Findings): void {
  if (map === undefined || map === null) return;
  if (!isPlainObject(map)) {
    findings.error(path, "must be a map of text");
    return;
  }
  for (const [key, value] of Object.entries(map)) {
    if (typeof value !== "string") findings.error(fieldPath(path, key), "must be text; put it in quotes");
  }
  checkKeys(map, path, findings);
}

function checkKeys(map: Record<string, unknown> | undefined, path: string, findings: Findings): void {
  for (const key of Object.keys(map ?? {})) {
    if (key.startsWith(RESERVED_PREFIX)) {
      findings.error(
        fieldPath(path, key),
        `keys that begin with ${RESERVED_PREFIX} are Lynq's own; choose another prefix`,
      );
    }
  }
}

function checkName({ nameTemplate, spec }: FormResource, path: string, findings: Findings): void {
  const { metadata } = spec;
  const name = isPlainObject(metadata) ? metadata["name"] : undefined;
  const given = (nameTemplate ?? "") !== "" || (name !== undefined && name !== null && name !== "");
  if (!given) findings.error(path, "has no name; set nameTemplate or spec.metadata.name");
}

function checkNamespace({ targetNamespace, namespaceTemplate }: FormResource, path: string, findings: Findings): void {
  if (targetNamespace === undefined || namespaceTemplate === undefined) return;
  if (targetNamespace !== namespaceTemplate) {
    findings.error(
      `${path}.namespaceTemplate`,
      "targetNamespace and namespaceTemplate are two spellings of one field and differ; keep one of them",
    );
  }
}
