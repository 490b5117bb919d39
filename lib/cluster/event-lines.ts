/** Splits the text of a watch into its lines of JSON, each one event. */

import { isPlainObject } from "../blueprint/object";
import { UnexpectedResponseError } from "./errors";

export interface WatchEvent {
  /** ADDED, MODIFIED, DELETED, BOOKMARK or ERROR. */
  readonly type: string;
  readonly object: unknown;
}

/** Whole lines only: a line cut off by a broken connection is not an event. */
export class EventLines {
  /** Pieces of the unfinished line; joined once, however many chunks a large object takes. */
  private pending: string[] = [];

  /** Events that this chunk completes. @throws UnexpectedResponseError for a line that is no event */
  push(chunk: string): WatchEvent[] {
    const events: WatchEvent[] = [];
    let start = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", start)) {
      this.pending.push(chunk.slice(start, end));
      const line = this.pending.length === 1 ? (this.pending[0] ?? "") : this.pending.join("");
      this.pending = [];
      start = end + 1;
      if (line.trim() !== "") events.push(parseEvent(line));
    }
    if (start < chunk.length) this.pending.push(chunk.slice(start));
    return events;
  }
}

function parseEvent(line: string): WatchEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new UnexpectedResponseError("The watch sent a line that is not JSON.");
  }
  if (!isPlainObject(value) || typeof value.type !== "string") {
    throw new UnexpectedResponseError("The watch sent a line that is not an event.");
  }
  return { type: value.type, object: value.object };
}
