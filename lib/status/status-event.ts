/** An event on one of our objects, without its time and source. */
export interface StatusEvent {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

/** The API server refuses a longer note. */
export const MAXIMUM_NOTE = 1024;
