import { type FormClaims, formClaims } from "../../blueprint/admission";
import { type ApiClient, Informer } from "../../cluster";
import { FORMS, toForm } from "../kinds";
import { log, loggable } from "../log";
import { LOOKUP_MS } from "./review";

/**
 * What the forms of all namespaces write, by a watch of the webhook's own: in a cluster it runs in another process than the operator.
 * Only what other forms need to know is kept, not the forms. It begins with the first form that is reviewed.
 */
export class Neighbours {
  private readonly informer: Informer<FormClaims | undefined>;

  constructor(client: ApiClient) {
    this.informer = new Informer({
      client,
      resource: FORMS,
      toFact: object => (object.metadata.deletionTimestamp === undefined ? formClaims(toForm(object)) : undefined),
      onError: error => {
        log.warn({ err: loggable(error) }, "the webhook's watch of forms had trouble; it goes on by itself");
      },
    });
  }

  /** @throws when the forms cannot be known in time */
  async claims(): Promise<readonly FormClaims[]> {
    this.informer.start();
    if (!this.informer.hasSynced()) await this.informer.waitForSync(AbortSignal.timeout(LOOKUP_MS));
    return [...this.informer.facts()].flatMap(([, claims]) => claims ?? []);
  }
}
