/** Why a resource of a form cannot become an object for this record. */
export class RenderError extends Error {
  override readonly name = "RenderError";

  constructor(
    /** Path in the form: `spec.deployments[0].spec.spec.replicas`. */
    readonly path: string,
    readonly reason: string,
  ) {
    super(`${path}: ${reason}`);
  }
}

/** Why a form cannot be compiled at all; admission names the same problems first. */
export class BlueprintError extends Error {
  override readonly name = "BlueprintError";

  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    super(`${path}: ${reason}`);
  }
}
