import { type CreationPolicy, type DeletionPolicy } from "../../crds";

/**
 * Whether an object may have one name for every row: the first row makes it, nobody changes it afterwards, and it outlives them all; so there is nothing
 * that nodes could fight over.
 */
export function isSharedOnPurpose(resource: {
  readonly creationPolicy?: CreationPolicy | undefined;
  readonly deletionPolicy?: DeletionPolicy | undefined;
}): boolean {
  return resource.creationPolicy === "Once" && resource.deletionPolicy === "Retain";
}
