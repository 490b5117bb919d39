import { type LynqNodeObject } from "../../../crds";
import { listResources } from "../../blueprint/compile";
import { type GroupVersionKind, parseGroupVersionKind } from "../../blueprint/object";
import { ApiError, type ApiClient, type Discovery } from "../../cluster";
import { FORMS, toForm } from "../kinds";

export interface PossibleKinds {
  /** Kinds of objects that its status lists; of a name that several groups have, all of them. */
  readonly applied: readonly GroupVersionKind[];
  /** Kinds that its form names. */
  readonly possible: readonly GroupVersionKind[];
}

const NONE: PossibleKinds = { applied: [], possible: [] };

/**
 * Of which kinds the Go operator may have made objects for a node that we have never looked at. Its status names kinds without their groups, and
 * what it wrote into the node's spec our CRD does not keep.
 */
export class PredecessorKinds {
  private readonly byName = new Map<string, readonly GroupVersionKind[]>();

  constructor(
    private readonly client: ApiClient,
    private readonly discovery: Discovery,
  ) {}

  /** None for a node of ours: its inventory tells. @throws ConnectionError, ApiError: try again */
  async of(node: LynqNodeObject): Promise<PossibleKinds> {
    if (node.spec.formRevision !== undefined) return NONE;
    const names = new Set((node.status?.appliedResources ?? []).map(applied => applied.split("/", 1)[0] ?? ""));
    const applied = await Promise.all([...names].map(name => this.named(name)));
    return { applied: applied.flat(), possible: await this.ofForm(node) };
  }

  private async named(kind: string): Promise<readonly GroupVersionKind[]> {
    const known = this.byName.get(kind);
    if (known !== undefined) return known;
    const found = await this.discovery.resolveName(kind);
    if (found.length > 0) this.byName.set(kind, found);
    return found;
  }

  private async ofForm({ metadata: { namespace }, spec }: LynqNodeObject): Promise<GroupVersionKind[]> {
    try {
      const form = toForm(await this.client.get(FORMS, { namespace, name: spec.templateRef }));
      return listResources(form.spec).flatMap(({ resource: { spec: body } }) => {
        const { apiVersion, kind } = body;
        return typeof apiVersion === "string" && typeof kind === "string"
          ? [parseGroupVersionKind(apiVersion, kind)]
          : [];
      });
    } catch (error) {
      if (error instanceof ApiError && error.isNotFound()) return [];
      throw error;
    }
  }
}
