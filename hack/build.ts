import { firstLine } from "./log";
import { ensureBuilt } from "./operator/build";

/** `npm run build`: the module in dist/, built anew if its sources have changed. */
ensureBuilt(line => {
  console.log(line);
}).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : firstLine(error));
  process.exitCode = 1;
});
