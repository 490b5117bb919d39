import { type ApiClient, Informer } from "../../../../lib/cluster";
import { HUBS, toHub } from "../../../../lib/controllers/kinds";
import { isTrue } from "../../../../lib/status";
import { now } from "../clock";
import { hubName } from "../form";

/** Follows whether the hub says that it can read its table. */
export class HubWatch {
  private readonly informer: Informer<boolean>;
  private readonly listeners = new Set<() => void>();

  constructor(
    client: ApiClient,
    private readonly namespace: string,
  ) {
    this.informer = new Informer<boolean>({
      client,
      resource: HUBS,
      namespace,
      toFact: object => isTrue(toHub(object).status?.conditions, "Ready"),
      onChange: () => {
        for (const listener of this.listeners) listener();
      },
    });
  }

  async start(): Promise<void> {
    this.informer.start();
    await this.informer.waitForSync();
  }

  stop(): Promise<void> {
    return this.informer.stop();
  }

  /** When the hub's Ready is so, now or later; undefined when it is not within the limit. */
  until(ready: boolean, limitMs: number): Promise<number | undefined> {
    return new Promise(resolve => {
      const settle = (at: number | undefined) => {
        clearTimeout(timer);
        this.listeners.delete(look);
        resolve(at);
      };
      const look = () => {
        if (this.informer.get(`${this.namespace}/${hubName}`) === ready) settle(now());
      };
      const timer = setTimeout(() => {
        settle(undefined);
      }, limitMs);
      this.listeners.add(look);
      look();
    });
  }
}
