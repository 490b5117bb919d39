/** `npx tsx cli/kinds/generate.ts`: writes builtin.json from the API description that @kubernetes/client-node was generated from. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The kinds that every cluster serves, in a compact form; see ./builtin.ts. */
export interface BuiltinTable {
  /** Version of Kubernetes that the kinds are from. */
  readonly kubernetes: string;
  /** `apps/v1/Deployment` → `V1Deployment`, the name of a type; with a `/` before it where the kind is cluster-scoped. */
  readonly kinds: Readonly<Record<string, string>>;
  /** Type → `field:TYPE` separated by blanks; TYPE is a type, a letter for a scalar, `[TYPE]` or `{TYPE}`. */
  readonly types: Readonly<Record<string, string>>;
}

const scalars: Readonly<Record<string, string>> = {
  string: "s",
  boolean: "b",
  IntOrString: "x",
  Date: "s",
  V1MicroTime: "s",
  any: "*",
  object: "*",
};

/** `…/client-node/dist/gen` of the installed package. */
function generatedFolder(): string {
  return join(dirname(require.resolve("@kubernetes/client-node/package.json")), "dist", "gen");
}

export function readBuiltinTable(folder = generatedFolder()): BuiltinTable {
  const kinds = readKinds(join(folder, "apis"));
  const models = join(folder, "models");
  const types = new Map<string, string>();
  const open = [...kinds.values()].map(type => type.replace("/", ""));
  for (let type = open.pop(); type !== undefined; type = open.pop()) {
    if (types.has(type)) continue;
    const fields = readFields(readFileSync(join(models, `${type}.js`), "utf8"));
    types.set(type, fields.map(([name, shape]) => `${name}:${shape}`).join(" "));
    for (const [, shape] of fields) {
      const inner = shape.replace(/[[\]{}]/g, "");
      if (inner.length > 1) open.push(inner);
    }
  }
  const version = /OpenAPI spec version: (v[\d.]+)/.exec(readFileSync(join(models, "V1Pod.js"), "utf8"))?.[1];
  if (version === undefined) throw new Error("the models name no version of Kubernetes");
  return { kubernetes: version, kinds: sorted(kinds), types: sorted(types) };
}

/** Every kind that can be created, from the path that creates it. Alpha versions are left out: hardly any cluster serves them. */
function readKinds(folder: string): Map<string, string> {
  const kinds = new Map<string, string>();
  for (const file of readdirSync(folder).filter(name => name.endsWith("Api.js"))) {
    const text = readFileSync(join(folder, file), "utf8");
    const pattern =
      /async create\w+\([^)]*\) \{(?:(?!\n {4}async ).)*?localVarPath = '([^']+)'(?:(?!\n {4}async ).)*?serialize\(body, "(\w+)"/gs;
    for (const [, path = "", type = ""] of text.matchAll(pattern)) {
      const groupVersion = /^\/(?:api|apis\/[^/]+)\/(v\d+(?:beta\d+)?)\/(?:namespaces\/\{namespace\}\/)?[a-z]+$/.exec(
        path,
      );
      if (groupVersion === null || path.includes("{plural}")) continue;
      const [, version = ""] = groupVersion;
      const group = /^\/apis\/([^/]+)\//.exec(path)?.[1];
      const prefix = group === undefined ? version : `${group}/${version}`;
      const kind = type.replace(/^.*?V\d+(?:(?:alpha|beta)\d+)?(?=[A-Z])/, "");
      kinds.set(`${prefix}/${kind}`, path.includes("{namespace}") ? type : `/${type}`);
    }
  }
  return kinds;
}

/** Fields of a model with their shapes; status, which no form may write, and what every object has, are left out. */
function readFields(text: string): (readonly [string, string])[] {
  const list = /attributeTypeMap = (\[[\s\S]*?\n\]);/.exec(text)?.[1];
  const parsed: unknown = list === undefined ? [] : JSON.parse(list);
  if (!Array.isArray(parsed)) throw new Error("attributeTypeMap is no list");
  return parsed.flatMap((field: { baseName: string; type: string; format: string }) =>
    ["apiVersion", "kind", "metadata", "status"].includes(field.baseName) && text.includes('"baseName": "apiVersion"')
      ? []
      : [[field.baseName, shapeOf(field.type, field.format)] as const],
  );
}

function shapeOf(type: string, format: string): string {
  const list = /^(?:Array|Set)<(.+)>$/.exec(type)?.[1];
  if (list !== undefined) return `[${shapeOf(list, format)}]`;
  const values = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1];
  if (values !== undefined) return `{${shapeOf(values, format)}}`;
  if (type === "number") return format.startsWith("int") ? "i" : "n";
  return scalars[type] ?? type;
}

function sorted(entries: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

if (require.main === module) {
  writeFileSync(join(__dirname, "builtin.json"), `${JSON.stringify(readBuiltinTable(), undefined, 2)}\n`);
}
