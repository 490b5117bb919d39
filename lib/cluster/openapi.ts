/** Schemas of the kinds that this API server serves, from /openapi/v3. */

import { formatApiVersion, isPlainObject, type GroupVersionKind } from "../blueprint/object";
import { type SchemaNode } from "../blueprint/schema";
import { documentUnits, type SchemaUnits } from "../blueprint/validation/schema-units";
import { type ApiClient } from "./client";
import { systemClock, type Clock } from "./clock";
import { ApiError, UnexpectedResponseError } from "./errors";
import { convertDocument, schemaKey } from "./openapi-schema";

export interface SchemaStoreOptions {
  /** An unknown kind reads the index again at most this often, in milliseconds. Default 10,000. */
  readonly refreshSpacingMs?: number;
  readonly clock?: Clock;
}

/** What one document says of its kinds. */
interface Content {
  readonly nodes: ReadonlyMap<string, SchemaNode>;
  readonly units: SchemaUnits;
}

interface Document {
  /** URL with the content's hash: the same URL is the same document. */
  readonly url: string;
  readonly content: Promise<Content>;
}

/** The schema of a kind, for typing leaves and for validation. */
export interface KindSchema {
  readonly node: SchemaNode;
  readonly validation: { readonly schemas: SchemaUnits; readonly unit: string };
}

/** Documents that are kept; a cluster has a few dozen, of which forms use a handful. The one that was not used for longest gives way. */
const MOST_DOCUMENTS = 64;

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
    return (await this.kindSchema(gvk))?.node;
  }

  /**
   * Both views on the schema of a kind; undefined when the server publishes none.
   * @throws ApiError, ConnectionError when the server cannot say
   */
  async kindSchema(gvk: GroupVersionKind): Promise<KindSchema | undefined> {
    const found = await this.lookUpAnew(gvk);
    if (found !== undefined || this.clock.now() - this.indexAt < this.spacing) return found;
    this.refresh();
    return this.lookUp(gvk);
  }

  /**
   * Reads the index again at the next question; documents whose hash is the same are kept.
   *
   * @param olderThanMs only if it was read longer ago than this
   */
  refresh(olderThanMs = 0): void {
    if (this.clock.now() - this.indexAt >= olderThanMs) this.index = undefined;
  }

  /** Length of the texts of all schemas that are kept. */
  async keptBytes(): Promise<number> {
    const contents = await Promise.all([...this.documents.values()].map(({ content }) => content));
    return contents.reduce((total, { units }) => total + units.bytes, 0);
  }

  /** The URL of a document that has changed since the index was read answers with a redirection. */
  private async lookUpAnew(gvk: GroupVersionKind): Promise<KindSchema | undefined> {
    try {
      return await this.lookUp(gvk);
    } catch (error) {
      if (!(error instanceof ApiError && error.status >= 300 && error.status < 400)) throw error;
      this.refresh();
      return await this.lookUp(gvk);
    }
  }

  private async lookUp(gvk: GroupVersionKind): Promise<KindSchema | undefined> {
    const path = gvk.group === "" ? `api/${gvk.version}` : `apis/${formatApiVersion(gvk)}`;
    const url = (await this.readIndex()).get(path);
    if (url === undefined) return undefined;
    const { nodes, units } = await this.content(path, url);
    const key = schemaKey(gvk);
    const node = nodes.get(key);
    const unit = units.kinds.get(key);
    return node === undefined || unit === undefined ? undefined : { node, validation: { schemas: units, unit } };
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

  private content(path: string, url: string): Promise<Content> {
    const known = this.documents.get(path);
    if (known?.url === url) {
      // A Map keeps the order of insertion: used last, it goes last.
      this.documents.delete(path);
      this.documents.set(path, known);
      return known.content;
    }
    const document: Document = { url, content: this.client.request("GET", url).then(readContent) };
    this.documents.set(path, document);
    const [oldest] = this.documents.keys();
    if (this.documents.size > MOST_DOCUMENTS && oldest !== undefined) this.documents.delete(oldest);
    document.content.catch(() => {
      if (this.documents.get(path) === document) this.documents.delete(path);
    });
    return document.content;
  }
}

function readContent(document: unknown): Content {
  return { nodes: convertDocument(document), units: documentUnits(document) };
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
