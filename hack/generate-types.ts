/** `npm run generate`: writes crds/generated/*.ts from crds/*.yaml. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CustomResource, readCustomResource, type Schema } from "./crd-schema";

const header = "// Generated from crds/*.yaml by `npm run generate`. Do not edit.\n";
const sharedFile = "shared.ts";
const lineWidth = 120;

interface Declaration {
  name: string;
  code: string;
  defaults: string;
  descriptions: Set<string>;
  kinds: Set<string>;
}

/** File name → content of every file in crds/generated. */
export function generateTypes(customResources: CustomResource[]): Map<string, string> {
  const declarations = new Map<string, Declaration>();
  for (const { kind, spec, status } of customResources) {
    declare(spec, kind, `${kind}.spec`, declarations);
    declare(status, kind, `${kind}.status`, declarations);
  }

  const fileOf = ({ kinds }: Declaration): string => {
    const [kind, ...others] = kinds;
    return kind !== undefined && others.length === 0 ? `${kind.toLowerCase()}.ts` : sharedFile;
  };
  const files = new Map<string, Declaration[]>();
  for (const declaration of declarations.values()) {
    const file = fileOf(declaration);
    files.set(file, [...(files.get(file) ?? []), declaration]);
  }
  const sharedNames = (files.get(sharedFile) ?? []).map(({ name }) => name);
  return new Map(
    [...files].map(([file, contents]) => [file, render(contents, file === sharedFile ? [] : sharedNames)]),
  );
}

function render(declarations: Declaration[], importable: string[]): string {
  const body = declarations.map(print).join("\n");
  const imports = importable.filter(name => new RegExp(`\\b${name}\\b`).test(body)).sort();
  const importLine =
    imports.length === 0 ? "" : `import { ${imports.map(name => `type ${name}`).join(", ")} } from "./shared";\n\n`;
  return `${header}\n${importLine}${body}`;
}

/** A type that is used in several places carries its doc comment only if all of them say the same of it. */
function print({ code, defaults, descriptions }: Declaration): string {
  const [description, ...others] = descriptions;
  return (description !== undefined && others.length === 0 ? comment(description, "") : "") + code + defaults;
}

/** Declares the named types of a schema, and answers how a field of that schema is typed. */
function declare(schema: Schema, kind: string, path: string, declarations: Map<string, Declaration>): string {
  switch (schema.type) {
    case "string":
      return schema.enum ? declareEnum(schema, schema.enum, kind, path, declarations) : "string";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "int-or-string":
      return "number | string";
    case "array":
      if (!schema.items) throw new Error(`${path}: a list needs items`);
      return `${declare(schema.items, kind, `${path}[]`, declarations)}[]`;
    case "object":
      if (schema.properties) return declareInterface(schema, schema.properties, kind, path, declarations);
      if (schema.additionalProperties) {
        return `Record<string, ${declare(schema.additionalProperties, kind, `${path}{}`, declarations)}>`;
      }
      if (schema.preservesUnknownFields) return "Record<string, unknown>";
      throw new Error(`${path}: an object needs properties, additionalProperties or preserved unknown fields`);
    default:
      throw new Error(`${path}: no TypeScript type for ${schema.type}`);
  }
}

function declareEnum(
  schema: Schema,
  values: string[],
  kind: string,
  path: string,
  declarations: Map<string, Declaration>,
): string {
  const union = values.map(value => JSON.stringify(value)).join(" | ");
  if (schema.title === undefined) return values.length === 1 ? union : `(${union})`;
  return record(schema.title, `export type ${schema.title} = ${union};\n`, "", schema, kind, path, declarations);
}

function declareInterface(
  schema: Schema,
  properties: Map<string, Schema>,
  kind: string,
  path: string,
  declarations: Map<string, Declaration>,
): string {
  const { title } = schema;
  if (title === undefined)
    throw new Error(`${path}: an object with properties needs a title, the name of its interface`);
  const known = declarations.get(title);
  if (!known)
    declarations.set(title, { name: title, code: "", defaults: "", descriptions: new Set(), kinds: new Set() });

  const members = [...properties].map(([name, child]) => {
    const type = declare(child, kind, `${path}.${name}`, declarations);
    return `${comment(child.description, "  ")}  ${name}${schema.required.includes(name) ? "" : "?"}: ${type};\n`;
  });
  const code = `export interface ${title} {\n${members.join("")}}\n`;
  return record(title, code, printDefaults(title, properties), schema, kind, path, declarations);
}

function printDefaults(title: string, properties: Map<string, Schema>): string {
  const lines = [...properties].flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [`  ${name}: ${JSON.stringify(value)},\n`],
  );
  if (lines.length === 0) return "";
  const constant = `${title.charAt(0).toLowerCase()}${title.slice(1)}Defaults`;
  const doc = comment("What the API server fills in where a field is left out.", "");
  return `\n${doc}export const ${constant} = {\n${lines.join("")}} as const satisfies Partial<${title}>;\n`;
}

function record(
  name: string,
  code: string,
  defaults: string,
  { description }: Schema,
  kind: string,
  path: string,
  declarations: Map<string, Declaration>,
): string {
  const known = declarations.get(name);
  if (known && known.code !== "" && (known.code !== code || known.defaults !== defaults)) {
    throw new Error(`${path}: the title ${name} is already taken by another schema`);
  }
  const declaration = known ?? { name, code, defaults, descriptions: new Set(), kinds: new Set() };
  declarations.set(name, declaration);
  declaration.code = code;
  declaration.defaults = defaults;
  declaration.descriptions.add(description);
  declaration.kinds.add(kind);
  return name;
}

function comment(text: string, indent: string): string {
  const line = `${indent}/** ${text} */`;
  if (line.length <= lineWidth) return `${line}\n`;
  const lines: string[] = [];
  let current = "";
  for (const word of text.split(/\s+/)) {
    if (current !== "" && `${indent} * ${current} ${word}`.length > lineWidth) {
      lines.push(current);
      current = word;
    } else {
      current = current === "" ? word : `${current} ${word}`;
    }
  }
  lines.push(current);
  return `${indent}/**\n${lines.map(part => `${indent} * ${part}\n`).join("")}${indent} */\n`;
}

export function readCustomResources(folder: string): CustomResource[] {
  const files = readdirSync(folder).filter(file => file.endsWith(".yaml"));
  return files.sort().map(file => readCustomResource(readFileSync(join(folder, file), "utf8")));
}

if (require.main === module) {
  const folder = join(__dirname, "..", "crds");
  for (const [file, content] of generateTypes(readCustomResources(folder))) {
    writeFileSync(join(folder, "generated", file), content);
    console.log(`crds/generated/${file}`);
  }
}
