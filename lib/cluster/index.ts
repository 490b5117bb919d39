/** Everything that talks to the API server. */

export * from "./access-review";
export * from "./backoff";
export * from "./client";
export * from "./client-options";
export * from "./clock";
export * from "./concurrency-limit";
export * from "./discovery";
export * from "./errors";
export * from "./fair-turns";
export * from "./find-object";
export * from "./events";
export * from "./informer";
export * from "./kubeconfig";
export * from "./lease";
export * from "./openapi";
export * from "./resource";
export * from "./work-queue";
export * from "./write-permit";
