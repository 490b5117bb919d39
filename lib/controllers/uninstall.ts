import { ApiError, type ApiClient, type ApiResource } from "../cluster";
import { API_GROUP } from "../metadata";
import { FORMS, HUBS, NODES } from "./kinds";

export const CRDS: ApiResource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  namespaced: false,
  verbs: ["get", "list", "watch"],
};

/**
 * Whether Lynq itself is being removed. A CustomResourceDefinition that is deleted takes all of its objects along, and nobody means their stacks by that:
 * a chart that is uninstalled, or a `kubectl delete -f` of everything (docs/safety.md, rule 7).
 */
export class Uninstall {
  private asking: Promise<boolean> | undefined;
  private next: Promise<boolean> | undefined;
  private last: { readonly askedAt: number; readonly answer: boolean } | undefined;

  constructor(
    private readonly client: Pick<ApiClient, "get">,
    private readonly now: () => number,
  ) {}

  /**
   * Asked after the deletion was seen, so that the answer is not older than what it is about. Deletions of one moment share it.
   *
   * @param seenAt when the deletion was seen, in milliseconds; now when left out
   * @throws ConnectionError, ApiError: nothing is known, try again
   */
  async isUnderWay(seenAt: number = Infinity): Promise<boolean> {
    if (this.last !== undefined && this.last.askedAt > seenAt) return this.last.answer;
    if (this.asking === undefined) return await this.start();
    this.next ??= this.asking.catch(() => false).then(() => this.start());
    return await this.next;
  }

  private start(): Promise<boolean> {
    this.next = undefined;
    const asking = this.ask().finally(() => {
      if (this.asking === asking) this.asking = undefined;
    });
    this.asking = asking;
    return asking;
  }

  private async ask(): Promise<boolean> {
    const askedAt = this.now();
    const going = await Promise.all([HUBS, FORMS, NODES].map(({ plural }) => this.isGoing(`${plural}.${API_GROUP}`)));
    const answer = going.includes(true);
    this.last = { askedAt, answer };
    return answer;
  }

  private async isGoing(name: string): Promise<boolean> {
    try {
      const { metadata } = await this.client.get(CRDS, { name }, { metadataOnly: true });
      return metadata.deletionTimestamp !== undefined;
    } catch (error) {
      if (error instanceof ApiError && error.isNotFound()) return true;
      throw error;
    }
  }
}
