import { type ClientRequest } from "node:http";
import { ConnectionError } from "./errors";
import { type WritePermit } from "./write-permit";

/** A write that is sent only if it is permitted when its connection is there, and that ends in time on both sides. */
export class PermittedWrite {
  private begun = false;
  private over = false;
  private cutOff: NodeJS.Timeout | undefined;

  /** @param fail ends the exchange */
  constructor(
    private readonly outgoing: ClientRequest,
    private readonly request: { readonly method: string; readonly timeoutMs: number; readonly body?: string },
    private readonly permit: WritePermit,
    private readonly fail: (error: Error) => void,
  ) {}

  /** Asks, and hands the bytes to the kernel in the same turn. False when it was not permitted; nothing has left then. */
  send(): boolean {
    // Aborted meanwhile: its bytes would not leave any more.
    if (this.over || this.outgoing.destroyed) return false;
    let leftMs: number;
    try {
      leftMs = Math.min(this.permit.begin(), this.request.timeoutMs);
    } catch (error) {
      this.fail(error instanceof Error ? error : new TypeError(String(error)));
      return false;
    }
    this.begun = true;
    this.cutOff = setTimeout(() => {
      const message = `${this.request.method} was not answered within the ${Math.round(leftMs)} ms that were left for writes.`;
      this.fail(new ConnectionError(message, { code: "TIMEOUT", requestSent: true }));
    }, leftMs);
    // The API server gives it up by itself, whatever becomes of this process.
    this.outgoing.path += `${this.outgoing.path.includes("?") ? "&" : "?"}timeout=${Math.max(1, Math.floor(leftMs))}ms`;
    this.outgoing.end(this.request.body);
    return true;
  }

  /** @param answered whether its response was read */
  finish(answered: boolean): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.cutOff);
    if (this.begun) this.permit.end(answered);
  }
}
