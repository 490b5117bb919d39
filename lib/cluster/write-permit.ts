/** Who may write, asked for every single write. */
export interface WritePermit {
  /** @throws NotPermittedError */
  check(): void;
  /**
   * A write is about to be sent, in this turn of the event loop.
   *
   * @returns milliseconds for which it may be under way
   * @throws NotPermittedError: it must not be sent
   */
  begin(): number;
  /** The write that was begun is over. @param answered false when nobody knows whether the API server has done it */
  end(answered: boolean): void;
}

/** The write was not sent: this process may not write any more. */
export class NotPermittedError extends Error {
  override readonly name = "NotPermittedError";
}
