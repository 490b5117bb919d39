import { abortReason } from "./clock";

/** Something that happens once, and that many may wait for. */
export class Gate {
  private opened = false;
  private readonly waiters = new Set<() => void>();

  get isOpen(): boolean {
    return this.opened;
  }

  open(): void {
    this.opened = true;
    for (const waiter of this.waiters) waiter();
    this.waiters.clear();
  }

  /** Resolves when the gate is open. Rejects with the reason of whichever signal is aborted first. */
  wait(signals: readonly AbortSignal[] = []): Promise<void> {
    if (this.opened) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.waiters.delete(onOpen);
        for (const signal of signals) signal.removeEventListener("abort", onAbort);
      };
      const onOpen = (): void => {
        leave();
        resolve();
      };
      const onAbort = (): void => {
        leave();
        const aborted = signals.find(signal => signal.aborted);
        if (aborted !== undefined) reject(abortReason(aborted));
      };
      this.waiters.add(onOpen);
      for (const signal of signals) signal.addEventListener("abort", onAbort, { once: true });
      if (signals.some(signal => signal.aborted)) onAbort();
    });
  }
}
