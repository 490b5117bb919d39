/** Everything that talks to the API server. */

export * from "./access-review";
export * from "./backoff";
export * from "./client";
export * from "./client-options";
export * from "./clock";
export * from "./concurrency-limit";
export * from "./discovery";
export * from "./errors";
export * from "./find-object";
export { type EventSubject, type EventType } from "./event-body";
export * from "./events";
export { type ChangeType, type OnChange } from "./fact-store";
export * from "./informer";
export * from "./kubeconfig";
export * from "./openapi";
export * from "./resource";
export { type ListPage } from "./response";
export { DEFAULT_RETRY, type RetryPolicy } from "./retry";
export { fileToken, staticToken, type TokenSource } from "./token";
export { ExecCredentialError } from "./exec-credential";
export * from "./work-queue";
