import { childKindNames } from "./kinds";
import { Milestone } from "./milestone";
import { type NamespaceWatch } from "./observers/watch";

/** Reached when `count` LynqNodes and all of their objects are gone, of those whose name the test takes. */
export function goneObjects(watch: NamespaceWatch, count: number, concerns: (name: string) => boolean): Milestone {
  const gone = new Milestone("LynqNodes and objects that are gone", count * (childKindNames.length + 1));
  watch.onNode((name, fact) => {
    if (concerns(name)) gone.mark(`LynqNode/${name}`, fact === undefined);
  });
  for (const kind of childKindNames)
    watch.onChild(kind, (name, fact) => {
      if (concerns(name)) gone.mark(`${kind}/${name}`, fact === undefined);
    });
  return gone;
}
