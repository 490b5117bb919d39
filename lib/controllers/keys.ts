/** Keys of our objects in stores and queues: `namespace/name`. */

interface Named {
  readonly metadata?: { readonly namespace?: string; readonly name?: string };
}

export function keyOf({ metadata }: Named): string {
  return `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
}

/** Of the hub that a form or node belongs to. */
export function hubKeyOf({ metadata, spec }: Named & { readonly spec: { readonly hubId?: string } }): string {
  return `${metadata?.namespace ?? ""}/${spec.hubId ?? ""}`;
}

/** Of the form that a node is made from. */
export function formKeyOf({ metadata, spec }: Named & { readonly spec: { readonly templateRef: string } }): string {
  return `${metadata?.namespace ?? ""}/${spec.templateRef}`;
}
