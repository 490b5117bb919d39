import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createInterface } from "node:readline";

import { isPlainObject } from "../../../../lib/blueprint/object";

/** Requests by `verb resource` or `verb resource/subresource`, watches apart. */
export interface RequestCounts {
  readonly byKind: Readonly<Record<string, number>>;
  readonly reads: number;
  readonly writes: number;
  readonly watchesOpened: number;
  /** Answers from 400 on, watches included, by code. */
  readonly refused: Readonly<Record<string, number>>;
}

const readVerbs = ["get", "list"];

/** The audit log of one API server, in which only the operator is written down (audit-policy.yaml). */
export class AuditLog {
  private readonly open = new Set<string>();
  private followedTo = 0;

  constructor(private readonly path: string) {}

  /** Where the log ends now. */
  async position(): Promise<number> {
    try {
      return (await stat(this.path)).size;
    } catch {
      // Nothing has been written yet.
      return 0;
    }
  }

  /** Requests that were answered between two positions. */
  async count(from: number, to: number): Promise<RequestCounts> {
    const byKind: Record<string, number> = {};
    const refused: Record<string, number> = {};
    let reads = 0;
    let writes = 0;
    let watchesOpened = 0;
    for await (const event of this.events(from, to)) {
      const { verb } = event;
      if (event.code >= 400) refused[event.code] = (refused[event.code] ?? 0) + 1;
      if (verb === "watch") {
        if (event.stage === "ResponseStarted") watchesOpened++;
        continue;
      }
      const kind = `${verb} ${event.resource}`;
      byKind[kind] = (byKind[kind] ?? 0) + 1;
      if (readVerbs.includes(verb)) reads++;
      else writes++;
    }
    return { byKind, reads, writes, watchesOpened, refused };
  }

  /** Watches that are open now. */
  async openWatches(): Promise<number> {
    const end = await this.position();
    for await (const { verb, stage, id } of this.events(this.followedTo, end)) {
      if (verb !== "watch") continue;
      if (stage === "ResponseStarted") this.open.add(id);
      else this.open.delete(id);
    }
    this.followedTo = end;
    return this.open.size;
  }

  /** When the last request but watches was answered before `to`; undefined when there was none since `from`. */
  async lastRequestAt(from: number, to: number): Promise<number | undefined> {
    let last: number | undefined;
    for await (const { verb, at } of this.events(from, to)) if (verb !== "watch") last = at;
    return last;
  }

  private async *events(from: number, to: number): AsyncGenerator<AuditEvent> {
    if (to <= from) return;
    const lines = createInterface({
      input: createReadStream(this.path, { start: from, end: to - 1 }),
      crlfDelay: Infinity,
    });
    for await (const line of lines) if (line !== "") yield readEvent(line);
  }
}

interface AuditEvent {
  readonly id: string;
  readonly stage: string;
  readonly verb: string;
  /** Plural with its subresource; the first parts of the path for what is no object. */
  readonly resource: string;
  readonly code: number;
  readonly at: number;
}

function readEvent(line: string): AuditEvent {
  const event: unknown = JSON.parse(line);
  if (!isPlainObject(event)) throw new Error(`the audit log has a line that is no event: ${line.slice(0, 200)}`);
  const { objectRef, responseStatus } = event;
  return {
    id: String(event["auditID"]),
    stage: String(event["stage"]),
    verb: String(event["verb"]),
    resource: isPlainObject(objectRef) ? resourceOf(objectRef) : pathStart(String(event["requestURI"])),
    code: isPlainObject(responseStatus) ? Number(responseStatus["code"]) : 0,
    at: Date.parse(String(event["stageTimestamp"])),
  };
}

function resourceOf({ resource, subresource }: Record<string, unknown>): string {
  return typeof subresource === "string" ? `${String(resource)}/${subresource}` : String(resource);
}

/** `/openapi`, `/apis`: discovery and schemas. */
const pathStart = (uri: string): string => `/${uri.split(/[/?]/)[1] ?? ""}`;
