import { type GroupVersionKind } from "../../lib/blueprint/object";
import { type KindFacts } from "../../lib/blueprint/render";

/** Where the scope and the schema of kinds come from. */
export interface KindLookup {
  /** Undefined when the kind is not known: not served by the cluster, or none that every cluster has. */
  facts(gvk: GroupVersionKind): Promise<KindFacts | undefined>;
  /** A kind that is not known: rendered as namespaced and without types (`guess`), or a failure of its resource (`refuse`). */
  readonly unknownKinds: "guess" | "refuse";
  /** Closes connections, if there are any. */
  close(): void;
}
