/** A snapshot as V8 writes it (`*.heapsnapshot`; Chrome DevTools open it): tables of numbers, and the texts that they point to. */
export interface HeapSnapshot {
  readonly snapshot: {
    readonly meta: { readonly node_fields: readonly string[]; readonly node_types: readonly (readonly string[])[] };
  };
  readonly nodes: readonly number[];
  readonly strings: readonly string[];
}

export interface HeapClass {
  readonly name: string;
  readonly count: number;
  /** Of the objects themselves, without what they point to. */
  readonly bytes: number;
}

/** What lives in the heap, by class of its objects, the most bytes first; what is no object by V8's word for it, such as `(string)`. */
export function heapClasses({ snapshot, nodes, strings }: HeapSnapshot): HeapClass[] {
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name, size] = ["type", "name", "self_size"].map(field => fields.indexOf(field));
  if (type === undefined || name === undefined || size === undefined) return [];
  const classes = new Map<string, { count: number; bytes: number }>();
  for (let node = 0; node < nodes.length; node += fields.length) {
    const kind = types[type]?.[nodes[node + type] ?? 0] ?? "";
    const key = kind === "object" ? (strings[nodes[node + name] ?? 0] ?? "") : `(${kind})`;
    const known = classes.get(key) ?? { count: 0, bytes: 0 };
    known.count++;
    known.bytes += nodes[node + size] ?? 0;
    classes.set(key, known);
  }
  return [...classes].map(([key, { count, bytes }]) => ({ name: key, count, bytes })).sort((a, b) => b.bytes - a.bytes);
}
