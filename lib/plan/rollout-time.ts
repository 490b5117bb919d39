/** To the second, as Kubernetes writes times; rounded up, so that no wait is cut short. */
export function timeOf(ms: number): string {
  return new Date(Math.ceil(ms / 1000) * 1000).toISOString().replace(/\.\d{3}Z$/, "Z");
}
