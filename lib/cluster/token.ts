/** Bearer tokens that may change while we run. */

import { readFile } from "node:fs/promises";

export interface TokenSource {
  /** The token to send now. `refresh` asks for a new one because the server refused the last. */
  get(refresh?: boolean): Promise<string>;
}

export function staticToken(token: string): TokenSource {
  return { get: () => Promise.resolve(token) };
}

/** Kubelet rotates a projected token well before it expires; client-go re-reads once a minute as well. */
const REREAD_MS = 60_000;

/** Reads a token file again about once a minute, and keeps the last good token when it cannot be read. */
export function fileToken(path: string, now: () => number = Date.now): TokenSource {
  let cached: string | undefined;
  let readAt = 0;
  let reading: Promise<string> | undefined;

  const read = async (): Promise<string> => {
    try {
      const token = (await readFile(path, "utf8")).trim();
      if (token === "") throw new Error(`The token file ${path} is empty.`);
      cached = token;
    } catch (error) {
      if (cached === undefined) throw error;
    }
    readAt = now();
    return cached;
  };

  return {
    get: (refresh = false) => {
      if (cached !== undefined && !refresh && now() - readAt < REREAD_MS) return Promise.resolve(cached);
      reading ??= read().finally(() => {
        reading = undefined;
      });
      return reading;
    },
  };
}
