import { constants } from "node:os";

/** Ends something at once, without waiting: it also runs while the process is already on its way out. */
export type EndNow = () => void;

const pending = new Set<EndNow>();
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** How long an orderly end may take after a signal (milliseconds). */
const patience = 30_000;

/** npm passes on the Ctrl-C that the terminal has sent to us already: within this time it is the same one (milliseconds). */
const sameSignal = 1_000;

let listening = false;
let endingSince: number | undefined;
let orderly: (() => Promise<void>) | undefined;

function endEverything(): void {
  // The newest first: the operator before the API server before etcd.
  for (const end of [...pending].reverse()) {
    pending.delete(end);
    try {
      end();
    } catch {
      // What cannot be ended must not keep the rest alive.
    }
  }
}

function onSignal(signal: (typeof signals)[number]): void {
  const leave = () => process.exit(128 + constants.signals[signal]);
  if (endingSince !== undefined && Date.now() - endingSince < sameSignal) return;
  if (endingSince !== undefined || orderly === undefined) {
    leave();
    return;
  }
  endingSince = Date.now();
  setTimeout(leave, patience).unref();
  orderly().then(leave, leave);
}

function listen(): void {
  listening = true;
  process.once("exit", endEverything);
  for (const signal of signals) {
    process.on(signal, () => {
      onSignal(signal);
    });
  }
}

/**
 * Makes sure that `end` runs when this process ends: by SIGINT, SIGTERM or SIGHUP, an uncaught error or `process.exit`.
 *
 * @returns takes the registration back, for what has been ended in good order.
 */
export function onShutdown(end: EndNow): () => void {
  if (!listening) listen();
  pending.add(end);
  return () => {
    pending.delete(end);
  };
}

/** Lets the first SIGINT, SIGTERM or SIGHUP run `end` for up to 30 s before everything else ends; a second one does not wait. */
export function endInOrder(end: () => Promise<void>): void {
  if (!listening) listen();
  orderly = end;
}
