import { type LynqNodeObject } from "../../crds";
import { type KnownRow } from "../blueprint/validation/trial-record";
import { type ApiClient } from "../cluster";
import { LABEL_FORM, LABEL_HUB } from "../metadata";
import { labelValue } from "../record/label-value";
import { NODES, toNode } from "./kinds";

/** As many rows as a form is tried with. */
const MOST = 20;

/**
 * Rows that a hub has read, as its nodes keep them, without sensitive values: those of the form's own nodes, or, while it has none, of any node of the hub. The
 * webhooks run in other processes than the operator and see no database, but both see nodes.
 *
 * @throws ApiError, ConnectionError
 */
export async function knownRows(
  client: ApiClient,
  form: { readonly namespace: string; readonly name: string; readonly hubId: string },
  signal: AbortSignal,
): Promise<KnownRow[]> {
  const hub = `${LABEL_HUB}=${labelValue(form.hubId)}`;
  for (const labelSelector of [`${hub},${LABEL_FORM}=${labelValue(form.name)}`, hub]) {
    const pages = client.pages(NODES, { namespace: form.namespace, labelSelector, limit: MOST, signal });
    const { value: page } = await pages.next();
    const rows = rowsOf((page?.items ?? []).map(toNode), form);
    if (rows.length > 0) return rows;
  }
  return [];
}

/** The rows of some nodes, each once. A node that is going, or that the Go operator has left without values, tells nothing. */
export function rowsOf(
  nodes: Iterable<LynqNodeObject>,
  form: { readonly name: string; readonly hubId: string },
): KnownRow[] {
  const rows = new Map<string, KnownRow>();
  for (const { metadata, spec } of nodes) {
    const { uid, values, templateRef, hubId } = spec;
    if (values === undefined || hubId !== form.hubId || metadata.deletionTimestamp !== undefined) continue;
    const own = templateRef === form.name && metadata.name !== undefined ? { nodeName: metadata.name } : {};
    if (own.nodeName !== undefined || !rows.has(uid)) rows.set(uid, { uid, values, ...own });
    if (rows.size === MOST) break;
  }
  return [...rows.values()];
}
