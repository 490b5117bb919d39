import { type LynqNodeObject } from "../../crds";
import { ApiError } from "../../lib/cluster";
import { SECRETS } from "../../lib/controllers/kinds";
import { readValues, type SensitiveValues } from "../../lib/controllers/node-values";
import { LABEL_SENSITIVE_VALUES } from "../../lib/metadata";
import { type CommandCluster } from "../cluster/connection";

/** The Secrets of the nodes of a namespace, by one list. */
export class NodeSecrets {
  private constructor(
    private readonly secrets: ReadonlyMap<string, SensitiveValues> | undefined,
    /** Why they cannot be read. */
    readonly refusal: string | undefined,
  ) {}

  /** @throws ApiError, ConnectionError */
  static async read({ client, namespace }: CommandCluster, nodes: readonly LynqNodeObject[]): Promise<NodeSecrets> {
    if (nodes.every(({ spec }) => spec.sensitiveValuesRef === undefined)) return new NodeSecrets(new Map(), undefined);
    try {
      const { items } = await client.list(SECRETS, { namespace, labelSelector: `${LABEL_SENSITIVE_VALUES}=true` });
      return new NodeSecrets(new Map(items.map(item => [item.metadata.name ?? "", readValues(item)])), undefined);
    } catch (error) {
      if (!(error instanceof ApiError && error.isForbidden())) throw error;
      return new NodeSecrets(undefined, error.serverMessage);
    }
  }

  of({ spec }: LynqNodeObject): SensitiveValues | "unreadable" | undefined {
    const name = spec.sensitiveValuesRef?.name;
    if (name === undefined) return undefined;
    return this.secrets === undefined ? "unreadable" : this.secrets.get(name);
  }
}
