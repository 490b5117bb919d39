import { formatApiVersion, type GroupVersionKind } from "../../lib/blueprint/object";
import { type KindFacts } from "../../lib/blueprint/render";
import { type SchemaNode } from "../../lib/blueprint/schema";
import table from "./builtin.json";
import { type BuiltinTable } from "./generate";
import { type KindLookup } from "./kind-lookup";

type Draft = { -readonly [Field in keyof SchemaNode]: SchemaNode[Field] };

const scalars: Readonly<Record<string, SchemaNode>> = {
  s: { type: "string" },
  b: { type: "boolean" },
  i: { type: "integer" },
  n: { type: "number" },
  x: { intOrString: true },
  "*": { preserveUnknown: true },
};

const { kinds, types }: BuiltinTable = table;

/** Version of Kubernetes whose kinds are known without a cluster. */
export const builtinVersion: string = table.kubernetes;

/** Scopes and schemas of the kinds that every cluster serves, without a cluster. */
export class BuiltinKinds implements KindLookup {
  readonly unknownKinds = "guess";
  private readonly nodes = new Map<string, SchemaNode>();

  /** @param clusterScoped kinds of custom resources that are not namespaced, as `Kind` or `Kind.group` */
  constructor(private readonly clusterScoped: ReadonlySet<string> = new Set()) {}

  facts(gvk: GroupVersionKind): Promise<KindFacts | undefined> {
    const named = this.clusterScoped.has(gvk.kind) || this.clusterScoped.has(`${gvk.kind}.${gvk.group}`);
    const root = kinds[`${formatApiVersion(gvk)}/${gvk.kind}`];
    if (root === undefined) return Promise.resolve(named ? { namespaced: false } : undefined);
    return Promise.resolve({ namespaced: !root.startsWith("/"), schema: this.type(root.replace("/", "")) });
  }

  close(): void {
    // There is nothing to close.
  }

  private type(name: string): SchemaNode {
    const known = this.nodes.get(name);
    if (known !== undefined) return known;
    const node: Draft = {};
    // Known before it is filled: a type that refers to itself finds this node.
    this.nodes.set(name, node);
    const fields = (types[name] ?? "").split(" ").filter(field => field !== "");
    if (fields.length === 0) {
      node.preserveUnknown = true;
      return node;
    }
    node.type = "object";
    node.properties = new Map(
      fields.map(field => {
        const colon = field.lastIndexOf(":");
        return [field.slice(0, colon), this.shape(field.slice(colon + 1))];
      }),
    );
    return node;
  }

  private shape(shape: string): SchemaNode {
    const inner = shape.slice(1, -1);
    if (shape.startsWith("[")) return { type: "array", items: this.shape(inner) };
    if (shape.startsWith("{")) return { type: "object", additionalProperties: this.shape(inner) };
    return scalars[shape] ?? this.type(shape);
  }
}
