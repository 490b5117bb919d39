import { type LynqFormSpec } from "../../../crds";
import { type KubernetesObject } from "../../../lib/blueprint/object";
import { type ApiResource } from "../../../lib/cluster";
import { FORMS, HUBS, NODES } from "../../../lib/controllers/kinds";
import { mustKubectl } from "../../cluster/cluster";
import { errorMessage } from "../../errors";
import { waitUntil } from "../../wait";
import { hubManifest } from "./form";
import { TenantTable, tenantRows } from "./rows";
import { namespace, type World } from "./world";

const group = "bench.example.com";
const name = "gadgets";
const count = 10;

/** A kind that no operator knows beforehand. */
export const GADGETS: ApiResource = { group, version: "v1", kind: "Gadget", plural: name, namespaced: true, verbs: [] };

const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${name}.${group}` },
  spec: {
    group,
    scope: "Namespaced",
    names: { kind: "Gadget", listKind: "GadgetList", plural: name, singular: "gadget" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: { type: "object", properties: { size: { type: "integer" }, owner: { type: "string" } } },
            },
          },
        },
      },
    ],
  },
};

const spec: LynqFormSpec = {
  hubId: name,
  manifests: [
    {
      id: "gadget",
      nameTemplate: "{{ .uid }}",
      waitForReady: false,
      spec: { apiVersion: `${group}/v1`, kind: "Gadget", spec: { size: 7, owner: "{{ .uid }}" } },
    },
  ],
};

const form: KubernetesObject = {
  apiVersion: "operator.lynq.sh/v1",
  kind: "LynqForm",
  metadata: { namespace, name: "gadget" },
  spec,
};

/** The size that the form gives each of them. */
export const gadgetSize = 7;

/** Objects of a custom kind that a hub of their own makes, for as long as `work` takes. */
export async function withGadgets<T>(world: World, work: (names: readonly string[]) => Promise<T>): Promise<T> {
  const { admin, cluster } = world;
  await mustKubectl(cluster, ["apply", "-f", "-"], JSON.stringify(definition));
  await mustKubectl(cluster, ["wait", "--for=condition=Established", `crd/${name}.${group}`]);
  const table = await TenantTable.create(world.hub.database, name);
  const rows = tenantRows(count, "g");
  await table.insert(rows);
  const hub = hubManifest({ ...world.hub, table: name });
  await admin.create(HUBS, { ...hub, metadata: { ...hub.metadata, name } });
  await waitUntil("the form of the custom kind", () => admin.create(FORMS, form).then(() => undefined, errorMessage));
  await waitUntil("objects of the custom kind", async () => {
    const { items } = await admin.list(GADGETS, { namespace, metadataOnly: true });
    return items.length === count ? undefined : `${items.length} of ${count}`;
  });
  try {
    return await work(rows.map(({ id }) => id));
  } finally {
    await admin.delete(HUBS, { namespace, name });
    await waitUntil(
      "the end of the custom kind's nodes",
      async () => {
        const { items } = await admin.list(NODES, {
          namespace,
          labelSelector: `lynq.sh/hub=${name}`,
          metadataOnly: true,
        });
        return items.length === 0 ? undefined : `${items.length} are left`;
      },
      { limit: 300_000 },
    );
    await admin.delete(FORMS, { namespace, name: form.metadata.name ?? "" });
  }
}
