#!/usr/bin/env node
// `lynq`, and `kubectl-lynq` for kubectl. Runs the bundle of cli/bundle.mjs where it is as new as the sources, otherwise the sources.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { bundlePath, isBundleCurrent } from "./bundle.mjs";

const require = createRequire(import.meta.url);

function load() {
  if (isBundleCurrent()) return require(bundlePath);
  try {
    require("tsx/cjs/api").register();
  } catch {
    console.error("lynq: its dependencies are not installed; run npm ci in the folder of the package");
    process.exit(2);
  }
  return require(fileURLToPath(new URL("process.ts", import.meta.url)));
}

await load().runProcess(process.argv.slice(2));
