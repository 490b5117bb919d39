import { type Stage } from "./stage";

/** One part of the story, playable on its own. */
export interface Scene {
  readonly title: string;
  /** What is about to be seen, in a sentence or two. */
  readonly about: string;
  /** The namespace of its hubs, forms and nodes. */
  readonly namespace: string;
  /** Namespaces that its rows and commands create. */
  readonly creates?: readonly string[];
  /** Whether it shows the webhooks. */
  readonly needsWebhooks?: boolean;
  /** A statement for the audience to try when the scene is the last one. */
  readonly tryIt?: string;
  readonly play: (stage: Stage) => Promise<void>;
}

/** Every namespace that exists because of a scene. */
export const namespacesOf = ({ namespace, creates = [] }: Scene): readonly string[] => [namespace, ...creates];
