/** Schemas of the kinds that this API server serves, from /openapi/v3. */

import { formatApiVersion, isPlainObject, type GroupVersionKind } from "../blueprint/object";
import { type SchemaNode } from "../blueprint/schema";
import { type ApiClient } from "./client";
import { systemClock, type Clock } from "./clock";
import { UnexpectedResponseError } from "./errors";
import { convertDocument, schemaKey } from "./openapi-schema";

export interface SchemaStoreOptions {
  /** An unknown kind reads the index again at most this often, in milliseconds. Default 10,000. */
  readonly refreshSpacingMs?: number;
  readonly clock?: Clock;
}

interface Document {
  /** URL with the content's hash: the same URL is the same document. */
  readonly url: string;
  readonly kinds: Promise<ReadonlyMap<string, SchemaNode>>;
}

export class SchemaStore {
  private index: Promise<ReadonlyMap<string, string>> | undefined;
  private indexAt = -Infinity;
  private readonly documents = new Map<string, Document>();
  private readonly spacing: number;
  private readonly clock: Clock;

  constructor(
    private readonly client: Pick<ApiClient, "request">,
    options: SchemaStoreOptions = {},
  ) {
    this.spacing = options.refreshSpacingMs ?? 10_000;
    this.clock = options.clock ?? systemClock;
  }

  /**
   * The schema of a kind; undefined when the server publishes none.
   * @throws ApiError, ConnectionError when the server cannot say
   */
  async schemaFor(gvk: GroupVersionKind): Promise<SchemaNode | undefined> {
    const found = await this.lookUp(gvk);
    if (found !== undefined || this.clock.now() - this.indexAt < this.spacing) return found;
    this.refresh();
    return this.lookUp(gvk);
  }

  /** Reads the index again at the next question; documents whose hash is the same are kept. */
  refresh(): void {
    this.index = undefined;
  }

  private async lookUp(gvk: GroupVersionKind): Promise<SchemaNode | undefined> {
    const path = gvk.group === "" ? `api/${gvk.version}` : `apis/${formatApiVersion(gvk)}`;
    const url = (await this.readIndex()).get(path);
    return url === undefined ? undefined : (await this.kinds(path, url)).get(schemaKey(gvk));
  }

  private readIndex(): Promise<ReadonlyMap<string, string>> {
    if (this.index !== undefined) return this.index;
    const reading: Promise<ReadonlyMap<string, string>> = this.client.request("GET", "/openapi/v3").then(parseIndex);
    this.index = reading;
    this.indexAt = this.clock.now();
    // A failure is told to those who wait and asked again by the next.
    reading.catch(() => {
      if (this.index === reading) this.index = undefined;
    });
    return reading;
  }

  private kinds(path: string, url: string): Promise<ReadonlyMap<string, SchemaNode>> {
    const known = this.documents.get(path);
    if (known?.url === url) return known.kinds;
    const document: Document = { url, kinds: this.client.request("GET", url).then(convertDocument) };
    this.documents.set(path, document);
    document.kinds.catch(() => {
      if (this.documents.get(path) === document) this.documents.delete(path);
    });
    return document.kinds;
  }
}

function parseIndex(value: unknown): ReadonlyMap<string, string> {
  if (!isPlainObject(value) || !isPlainObject(value.paths)) {
    throw new UnexpectedResponseError("GET /openapi/v3 answered with something that is not an index of documents.");
  }
  const urls = new Map<string, string>();
  for (const [path, item] of Object.entries(value.paths)) {
    if (isPlainObject(item) && typeof item.serverRelativeURL === "string") urls.set(path, item.serverRelativeURL);
  }
  return urls;
}
