import { type Template } from "../template";
import { isPlainObject } from "./object";

/** Compiles one template of a form; the path says where it stands. */
export type TemplateCompiler = (source: string, path: string) => Template;

/** A resource's body with every string leaf compiled; literals are kept as they are. */
export type CompiledBody =
  | { readonly kind: "literal"; readonly value: unknown }
  | { readonly kind: "template"; readonly template: Template }
  | { readonly kind: "object"; readonly fields: readonly (readonly [string, CompiledBody])[] }
  | { readonly kind: "list"; readonly items: readonly CompiledBody[] };

/** Compiles every string of the body, however deeply nested. Map keys are literal, as upstream. */
export function compileBody(value: unknown, path: string, compile: TemplateCompiler): CompiledBody {
  if (typeof value === "string") {
    const template = compile(value, path);
    return template.isLiteral ? { kind: "literal", value } : { kind: "template", template };
  }
  if (Array.isArray(value)) {
    const items = value.map((item: unknown, index) => compileBody(item, `${path}[${index}]`, compile));
    return items.every(item => item.kind === "literal") ? { kind: "literal", value } : { kind: "list", items };
  }
  if (isPlainObject(value)) {
    const fields = Object.entries(value).map(
      ([key, field]) => [key, compileBody(field, fieldPath(path, key), compile)] as const,
    );
    return fields.every(([, field]) => field.kind === "literal")
      ? { kind: "literal", value }
      : { kind: "object", fields };
  }
  return { kind: "literal", value };
}

/** `a.b` for plain keys, `a["x/y"]` for all others, as kubectl prints them. */
export function fieldPath(parent: string, key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(key) ? `${parent}.${key}` : `${parent}[${JSON.stringify(key)}]`;
}
