import { nearestName } from "../template/suggestion";

/** `; did you mean x?` for the known name that was probably meant, or nothing when none is close. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? "" : `; did you mean ${nearest}?`;
}
