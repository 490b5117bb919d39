/** How to make another tool let go of an object without deleting it, told from what it has written on it; undefined when nothing tells. */
export function farewell(marks: Readonly<Record<string, string>>): string | undefined {
  const release = marks["meta.helm.sh/release-name"];
  if (release !== undefined) {
    const namespace = marks["meta.helm.sh/release-namespace"] ?? "default";
    return (
      `Helm has it in release ${release}: kubectl delete secret -n ${namespace} -l owner=helm,name=${release} makes Helm forget the release and keeps the objects; ` +
      "helm uninstall deletes them, with --keep-history, too, unless the chart says helm.sh/resource-policy: keep"
    );
  }
  const application = marks["argocd.argoproj.io/tracking-id"]?.split(":")[0] ?? marks["argocd.argoproj.io/instance"];
  if (application !== undefined) {
    return `Argo CD has it in Application ${application}: delete the Application with --cascade=false, or take the object out of its source with Prune=false`;
  }
  const kustomization = marks["kustomize.toolkit.fluxcd.io/name"];
  if (kustomization !== undefined) {
    return `Flux has it in Kustomization ${kustomization}: set spec.prune to false and let it reconcile before you take the object out`;
  }
  return undefined;
}
