import { eventually } from "./eventually";
import { type Manifest, type Scenario } from "./scenario";

/** A kind that only this spec knows, in an API group named after its namespace. */
export interface CustomKind {
  readonly apiVersion: string;
  readonly kind: "Widget";
  /** The body of a resource in a form. `size` is an integer and `phase` text in the kind's schema; other fields are kept as they are. */
  body(spec: Record<string, unknown>): Manifest;
  /** Says, as the kind's controller would, whether an object of it is ready. */
  report(name: string, ready: boolean): Promise<void>;
  /** Deletes the kind, and with it every object of it. */
  remove(): Promise<void>;
}

/** Installs the CRD and waits until it is served. */
export async function installCustomKind(scenario: Scenario): Promise<CustomKind> {
  const group = `${scenario.namespace}.example.com`;
  const definition = `widgets.${group}`;
  const fields = { size: { type: "integer" }, phase: { type: "string" } };
  const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  await scenario.apply({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: definition },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind: "Widget", listKind: "WidgetList", plural: "widgets", singular: "widget" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: {
            openAPIV3Schema: { type: "object", properties: { spec: { ...open, properties: fields }, status: open } },
          },
        },
      ],
    },
  });
  const run = async (...args: string[]) => {
    const { code, stderr } = await scenario.kubectl(args);
    if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr.trim()}`);
  };
  // It is established a moment before it is served.
  await eventually(() => run("get", definition));
  const apiVersion = `${group}/v1`;
  return {
    apiVersion,
    kind: "Widget",
    body: spec => ({ apiVersion, kind: "Widget", spec }),
    report: async (name, ready) => {
      const conditions = [
        { type: "Ready", status: ready ? "True" : "False", reason: "Reported", message: "by the test" },
      ];
      const patch = JSON.stringify({ status: { conditions } });
      await run("patch", definition, name, "--subresource=status", "--type=merge", "--patch", patch);
    },
    remove: () => run("delete", "crd", definition, "--ignore-not-found"),
  };
}
