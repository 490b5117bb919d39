import { pause } from "../../hack/wait";

/** A ceiling for what never comes, far above what the slowest machine takes: how long things take is measured elsewhere. */
const LIMIT_MS = 180_000;
const INTERVAL_MS = 100;

/** Repeats an assertion until it holds; throws its last complaint when it never does. */
export async function eventually<T>(assertion: () => Promise<T> | T): Promise<T> {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > end) throw error;
      await pause(INTERVAL_MS);
    }
  }
}
