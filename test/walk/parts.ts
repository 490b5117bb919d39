import { type Manifest } from "../environment/scenario";

/** What a row may get in the walk: one of each way to make, keep and remove an object. */
export const partNames = ["settings", "keep", "once", "account", "far", "app"] as const;
export type PartName = (typeof partNames)[number];

export interface Part {
  readonly apiVersion: string;
  readonly kind: string;
  readonly list: string;
  /** The object stays when nobody wants it any more. */
  readonly retain?: boolean;
  /** The object is made once, and then left alone. */
  readonly once?: boolean;
  /** In a namespace of its own, where no owner reference can reach. */
  readonly far?: boolean;
  readonly needs?: PartName;
  /** The body; `{{ .size }}` is the row's own. */
  readonly body: Readonly<Record<string, unknown>>;
}

const size = { size: "{{ .size }}" };
const containers = [{ name: "app", image: "nginx:1.27" }];

export const parts: Readonly<Record<PartName, Part>> = {
  settings: { apiVersion: "v1", kind: "ConfigMap", list: "configMaps", body: { data: size } },
  keep: { apiVersion: "v1", kind: "ConfigMap", list: "configMaps", retain: true, body: { data: size } },
  once: { apiVersion: "v1", kind: "ConfigMap", list: "configMaps", once: true, body: { data: size } },
  account: { apiVersion: "v1", kind: "ServiceAccount", list: "serviceAccounts", needs: "settings", body: {} },
  far: { apiVersion: "v1", kind: "ConfigMap", list: "configMaps", far: true, body: { data: size } },
  app: {
    apiVersion: "apps/v1",
    kind: "Deployment",
    list: "deployments",
    needs: "settings",
    body: { spec: { replicas: "{{ .size }}", template: { spec: { containers } } } },
  },
};

/** What a form of the walk says. */
export interface FormContent {
  readonly parts: readonly PartName[];
  /** Other names for the same parts: every object is replaced by another one. */
  readonly renamed: boolean;
  /** Other ids for the same objects: nothing may happen. */
  readonly otherIds: boolean;
}

/** The name of a row's object. */
export function objectName(row: string, form: string, part: PartName, { renamed }: FormContent): string {
  return `${row}-${form}-${part}${renamed ? "-renamed" : ""}`;
}

/** The form's resource lists. @param farNamespace where `far` objects are */
export function resourceLists(form: string, content: FormContent, farNamespace: string): Record<string, unknown> {
  const id = (part: PartName) => (content.otherIds ? `${part}-other` : part);
  const lists: Record<string, unknown[]> = {};
  for (const name of content.parts) {
    const part = parts[name];
    const { apiVersion, kind, list, needs } = part;
    const spec: Manifest = { apiVersion, kind, ...part.body };
    (lists[list] ??= []).push({
      id: id(name),
      nameTemplate: objectName("{{ .uid }}", form, name, content),
      spec,
      ...(part.retain === true ? { deletionPolicy: "Retain" } : {}),
      ...(part.once === true ? { creationPolicy: "Once" } : {}),
      ...(part.far === true ? { targetNamespace: farNamespace } : {}),
      ...(needs !== undefined && content.parts.includes(needs) ? { dependIds: [id(needs)] } : {}),
    });
  }
  return lists;
}
