import { isMap, isScalar, parseDocument } from "yaml";
import { type SourceText } from "../manifests/manifest";
import { RowError } from "./record-source";

/**
 * The columns of a row as text, null for NULL, from a JSON (or YAML) object.
 *
 * Numbers keep their digits (`19.90`, and integers beyond 2^53), true and false become 1 and 0 as MySQL gives a BOOLEAN,
 * lists and objects become JSON.
 *
 * @throws RowError when the text is no object
 */
export function readRow({ name, text }: SourceText): ReadonlyMap<string, string | null> {
  const document = parseDocument(text, { prettyErrors: false });
  const { contents, errors } = document;
  // The parser's own words may quote the row.
  if (errors.length > 0) throw new RowError(`${name} is neither JSON nor YAML`);
  if (!isMap(contents)) throw new RowError(`${name} is no row: it must be one object of columns and values`);
  return new Map(
    contents.items.map(({ key, value }) => [String(isScalar(key) ? key.value : key), columnText(value)] as const),
  );
}

function columnText(node: unknown): string | null {
  if (!isScalar(node)) return JSON.stringify(node);
  const { value, source } = node;
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number" || typeof value === "bigint") return source ?? String(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}
