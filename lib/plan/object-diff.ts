import { canonicalJson } from "../blueprint/content-hash";
import { type Location } from "../blueprint/json-path";
import { type KubernetesObject, parseGroupVersionKind } from "../blueprint/object";
import { type SchemaNode } from "../blueprint/schema";
import { isSecret } from "../blueprint/secret-data";
import { type Leaf, leavesOf } from "./object-leaves";

/** What is shown in the place of a value that is not for everybody to read. */
export const MASK = "***";

/** One leaf of an object that is not as it was. */
export interface LeafChange {
  /** As the API server names fields: `.spec.template.spec.containers[name="web"].image`. */
  readonly path: string;
  readonly change: "added" | "removed" | "changed";
  /** Absent for a leaf that is added; {@link MASK} where it is sensitive. */
  readonly before?: unknown;
  /** Absent for a leaf that is removed; {@link MASK} where it is sensitive. */
  readonly after?: unknown;
}

export interface DiffOptions {
  /** Says by which fields the entries of a list are told apart; see {@link leavesOf}. */
  readonly schema?: SchemaNode | undefined;
  /** Hides sensitive values in a text. A leaf in which it finds one is masked, on both sides. */
  readonly redact?: (text: string) => string;
  /** Paths of leaves, as they are named here, that a sensitive value has a part in; masked with all that is below, on both sides. */
  readonly sensitivePaths?: ReadonlySet<string>;
  /** Shows nothing of what was there before: it may hold sensitive values that nobody knows any more. */
  readonly hideBefore?: boolean;
}

/** What the API server keeps for itself; it differs without anybody having changed anything. */
const KEPT_BY_SERVER: ReadonlySet<string> = new Set([
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "selfLink",
  "uid",
]);
const NONE: ReadonlySet<string> = new Set();
/** kubectl's copy of a whole object, and so of all that is sensitive in it. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * The leaves in which an object, as it is, differs from what the API server answers to a write, dry or not. Both come from the server, with its defaults
 * and its notation, so that what differs does so in earnest. Status and what the server keeps for itself are left out. Data of a Secret is always masked.
 *
 * @param before undefined for an object that is not there: all leaves are added
 * @param after undefined for an object that goes: all leaves are removed
 */
export function diffObjects(
  before: KubernetesObject | undefined,
  after: KubernetesObject | undefined,
  options: DiffOptions = {},
): LeafChange[] {
  const [old, now] = [before, after].map(object => leavesOf(object && content(object), options.schema));
  const shown = after ?? before;
  if (shown === undefined || old === undefined || now === undefined) return [];
  const inSecret = isSecret(parseGroupVersionKind(shown.apiVersion, shown.kind));
  const paths = [...new Set([...now.keys(), ...old.keys()])].sort();
  return paths.flatMap(path => {
    const [was, is] = [old.get(path), now.get(path)];
    if (was !== undefined && is !== undefined && canonicalJson(was.value) === canonicalJson(is.value)) return [];
    const masked = [was, is].some(
      leaf =>
        leaf !== undefined &&
        (isCopy(leaf.location, inSecret) ||
          tells(leaf, options.redact) ||
          isWithin(path, options.sensitivePaths ?? NONE)),
    );
    return [
      {
        path,
        change: was === undefined ? "added" : is === undefined ? "removed" : "changed",
        ...(was === undefined ? {} : { before: masked || options.hideBefore === true ? MASK : was.value }),
        ...(is === undefined ? {} : { after: masked ? MASK : is.value }),
      } as const,
    ];
  });
}

function content(object: KubernetesObject): unknown {
  const metadata = Object.entries(object.metadata).filter(([key]) => !KEPT_BY_SERVER.has(key));
  return { ...object, metadata: Object.fromEntries(metadata), status: undefined };
}

/** Data of a Secret, or a copy of it. */
function isCopy(location: Location, inSecret: boolean): boolean {
  return inSecret && (location[0] === "data" || location[0] === "stringData" || location.includes(LAST_APPLIED));
}

function tells({ value }: Leaf, redact: DiffOptions["redact"]): boolean {
  if (redact === undefined || value === null) return false;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return redact(text) !== text;
}

/** Whether a path is one of these, or below one of them. */
export function isWithin(path: string, paths: ReadonlySet<string>): boolean {
  for (const outer of paths) {
    if (path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`)) return true;
  }
  return false;
}
