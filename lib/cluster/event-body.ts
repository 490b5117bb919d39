/** The core/v1 Event of something that happened, once or several times. */

import { randomBytes } from "node:crypto";
import { type KubernetesObject } from "../blueprint/object";

export type EventType = "Normal" | "Warning";

/** What an event is about; an object, or as much of it as is known. */
export interface EventSubject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
  };
}

export interface Occurrences {
  readonly subject: EventSubject;
  readonly type: EventType;
  readonly reason: string;
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly firstAt: number;
  lastAt: number;
  count: number;
}

/** The server's own limit, in bytes. */
const MESSAGE_LENGTH = 1024;

export function eventBody(event: Occurrences, source: { component: string; instance: string }): KubernetesObject {
  const { subject, type, reason, message, count } = event;
  const { name = "", namespace, uid, resourceVersion } = subject.metadata;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: eventName(name), namespace: eventNamespace(subject) },
    involvedObject: {
      apiVersion: subject.apiVersion,
      kind: subject.kind,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    type,
    reason,
    message,
    count,
    firstTimestamp: timestamp(event.firstAt),
    lastTimestamp: timestamp(event.lastAt),
    source: { component: source.component },
    reportingComponent: source.component,
    reportingInstance: source.instance,
  };
}

/** Events about objects of the cluster live in `default`, as everybody's do. */
export function eventNamespace(subject: EventSubject): string {
  const { namespace } = subject.metadata;
  return namespace === undefined || namespace === "" ? "default" : namespace;
}

/** The object's name and what makes it unique, within the 253 characters of a name. */
function eventName(subject: string): string {
  const readable = subject
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, "-")
    .slice(0, 230);
  return `${readable === "" ? "event" : readable}.${randomBytes(8).toString("hex")}`;
}

/** metav1.Time has whole seconds. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

export function clipMessage(message: string): string {
  if (Buffer.byteLength(message) <= MESSAGE_LENGTH) return message;
  // Bytes count, and a character must not be cut in two.
  let kept = Buffer.from(message)
    .subarray(0, MESSAGE_LENGTH - 3)
    .toString("utf8")
    .replace(/\uFFFD+$/, "");
  while (Buffer.byteLength(kept) > MESSAGE_LENGTH - 3) kept = kept.slice(0, -1);
  return `${kept}…`;
}
