import { ApiClient, type ClusterConnection, Elector, leaseTiming, type Term } from "../cluster";
import { type ElectionSettings } from "./election-settings";
import { log, loggable } from "./log";

/** Settles with the other processes of the cluster who works, by a Lease (docs/decisions/leader-election.md). */
export class Election {
  private readonly client: ApiClient;
  private elector: Elector | undefined;

  /** @param identity of this process, and of no other one ever */
  constructor(
    connection: ClusterConnection,
    private readonly settings: ElectionSettings,
    private readonly identity: string,
    userAgent: string,
  ) {
    // Connections of its own: a renewal does not wait behind the work, and is tried anew rather than again.
    const timeoutMs = leaseTiming(settings.leaseSeconds).renewDeadlineMs / 2;
    this.client = new ApiClient(connection, { maxSockets: 2, retry: { attempts: 1 }, timeoutMs, userAgent });
  }

  start(onTerm: (term: Term) => void): void {
    const { namespace, leaseSeconds, shard } = this.settings;
    this.elector = new Elector({
      client: this.client,
      namespace,
      slot: shard,
      identity: this.identity,
      timing: leaseTiming(leaseSeconds),
      onTerm,
      onWaiting: reason => {
        log.info(reason);
      },
      onError: error => {
        log.warn({ err: loggable(error) }, "the Lease could not be looked at or renewed; tried again");
      },
    });
    this.elector.start();
  }

  /** Gives the Lease back. The work is to be stopped before. */
  async stop(): Promise<void> {
    await this.elector?.stop();
    this.client.close();
  }
}
