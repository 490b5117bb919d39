/** Keys that wait their turn: first come, first served within a flow, and the flows in turn. */

import { Fifo } from "./fifo";

/** One lane of a work queue. Removed keys leave a gap that `take` steps over. */
export class Lane<Key extends string> {
  private readonly flows = new Map<string, Fifo<{ readonly key: Key; removed: boolean }>>();
  private readonly rotation = new Fifo<string>();
  private readonly places = new Map<Key, { readonly key: Key; removed: boolean }>();

  get size(): number {
    return this.places.size;
  }

  /** At the end of its flow; a key that waits already keeps its place. */
  add(key: Key, flow: string): void {
    if (this.places.has(key)) return;
    const place = { key, removed: false };
    this.places.set(key, place);
    let waiting = this.flows.get(flow);
    if (waiting === undefined) {
      waiting = new Fifo();
      this.flows.set(flow, waiting);
      this.rotation.push(flow);
    }
    waiting.push(place);
  }

  remove(key: Key): void {
    const place = this.places.get(key);
    if (place === undefined) return;
    place.removed = true;
    this.places.delete(key);
  }

  take(): Key | undefined {
    for (let flow = this.rotation.shift(); flow !== undefined; flow = this.rotation.shift()) {
      const key = this.takeFrom(flow);
      if (key !== undefined) return key;
    }
    return undefined;
  }

  /** The flow goes to the end of the rotation, or leaves it when nothing of it waits. */
  private takeFrom(flow: string): Key | undefined {
    const waiting = this.flows.get(flow);
    let place = waiting?.shift();
    while (place?.removed === true) place = waiting?.shift();
    if (place !== undefined) this.places.delete(place.key);
    if (waiting === undefined || waiting.length === 0) this.flows.delete(flow);
    else this.rotation.push(flow);
    return place?.key;
  }
}
