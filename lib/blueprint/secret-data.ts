import { type GroupVersionKind, isPlainObject } from "./object";

export function isSecret({ group, kind }: GroupVersionKind): boolean {
  return group === "" && kind === "Secret";
}

/**
 * Writes `stringData` as `data`. The API server does the same, but ownership stays with `stringData`: an edit of the live `data` would not be seen, and a
 * key that a form drops would stay (kubernetes/kubernetes#108008).
 */
export function foldStringData(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { stringData, ...rest } = body;
  if (!isPlainObject(stringData)) return { ...body };
  const folded = Object.entries(stringData).map(([key, text]) => [
    key,
    Buffer.from(typeof text === "string" ? text : JSON.stringify(text), "utf8").toString("base64"),
  ]);
  return { ...rest, data: { ...(isPlainObject(rest["data"]) ? rest["data"] : {}), ...Object.fromEntries(folded) } };
}
