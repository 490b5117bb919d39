import { WebSocket } from "undici";

import { isPlainObject } from "../../lib/blueprint/object";
import { SetupError } from "../errors";

/** The debugger's end of a Node process (`--inspect`, or SIGUSR1 to one that runs): profiles, snapshots, and questions to the process itself. */
export class Inspector {
  private readonly answers = new Map<number, (message: Record<string, unknown>) => void>();
  private readonly listeners = new Map<string, (params: Record<string, unknown>) => void>();
  private count = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener("message", ({ data }: { data: unknown }) => {
      const message: unknown = JSON.parse(String(data));
      if (!isPlainObject(message)) return;
      const { id, method, params } = message;
      if (typeof id === "number") {
        this.answers.get(id)?.(message);
        this.answers.delete(id);
      } else if (typeof method === "string") this.listeners.get(method)?.(isPlainObject(params) ? params : {});
    });
    socket.addEventListener("close", () => {
      for (const answer of this.answers.values())
        answer({ error: { message: "the process has closed its inspector" } });
      this.answers.clear();
    });
  }

  /** @param address `host:port`. @throws SetupError when no Node process listens there */
  static async connect(address: string): Promise<Inspector> {
    let targets: unknown;
    try {
      targets = await (await fetch(`http://${address}/json/list`)).json();
    } catch {
      throw new SetupError(`no Node process lets itself be inspected at ${address}`);
    }
    const target: unknown = Array.isArray(targets) ? targets[0] : undefined;
    if (!isPlainObject(target)) throw new SetupError(`${address} answers, but not as a Node process`);
    // The process names its own address, which is another one behind a port-forward.
    const path = new URL(String(target["webSocketDebuggerUrl"])).pathname;
    const socket = new WebSocket(`ws://${address}${path}`);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => {
        resolve();
      });
      socket.addEventListener("error", () => {
        reject(new SetupError(`the Node process at ${address} refused the inspector's connection`));
      });
    });
    return new Inspector(socket);
  }

  /** As {@link Inspector.connect}, to a process that is about to listen; waits for 30 s at most. */
  static async connectPatiently(address: string): Promise<Inspector> {
    for (const end = Date.now() + 30_000; ; ) {
      try {
        return await Inspector.connect(address);
      } catch (error) {
        if (!(error instanceof SetupError) || Date.now() > end) throw error;
        await new Promise(resolve => setTimeout(resolve, 50));
      }
    }
  }

  /** One command of the DevTools protocol. @throws Error with the process's words */
  async send(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const id = ++this.count;
    const answer = new Promise<Record<string, unknown>>(resolve => this.answers.set(id, resolve));
    this.socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await answer;
    if (isPlainObject(error)) throw new Error(`${method}: ${String(error["message"])}`);
    return isPlainObject(result) ? result : {};
  }

  on(method: string, listener: (params: Record<string, unknown>) => void): void {
    this.listeners.set(method, listener);
  }

  /** The value of an expression in the process; `require` is at hand. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      includeCommandLineAPI: true,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails !== undefined) throw new Error(`the process could not evaluate ${expression}`);
    return isPlainObject(result) ? result["value"] : undefined;
  }

  close(): void {
    this.socket.close();
  }
}
