// `node hack/run.mjs NAME …` runs hack/NAME.ts, on a fresh clone too: it needs nothing but Node and npm, and installs the rest.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const wantedNode = [20, 19];
const project = dirname(dirname(fileURLToPath(import.meta.url)));

/** Ends the script with one line. */
function refuse(line) {
  console.error(line);
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > wantedNode[0] || (major === wantedNode[0] && minor >= wantedNode[1])) return;
  refuse(
    `Node ${process.versions.node} is too old: install Node ${wantedNode.join(".")} or newer (https://nodejs.org)`,
  );
}

const packagesOf = path => JSON.parse(readFileSync(path, "utf8")).packages;

/** Whether node_modules holds what package-lock.json asks for: npm leaves its own list there, last, so that half an installation has none. */
function isInstalled() {
  const listed = join(project, "node_modules", ".package-lock.json");
  if (!existsSync(listed)) return false;
  const present = packagesOf(listed);
  const { "": _root, ...wanted } = packagesOf(join(project, "package-lock.json"));
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    const found = present[path];
    // Optional packages are those of other platforms, too.
    if (found === undefined) return optional === true;
    return found.version === version && found.integrity === integrity;
  });
}

function install() {
  const started = Date.now();
  const passed = () => `${((Date.now() - started) / 1_000).toFixed(1)} s`;
  const speak = () => console.error(`… npm ci installs the dependencies (${passed()})`);
  const first = setTimeout(speak, 1_000);
  const next = setInterval(speak, 5_000);
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  const options = { cwd: project, stdio: ["ignore", "pipe", "pipe"] };
  // npm itself says where it is; started without it, it is looked for on PATH.
  const child = npm === undefined ? spawn("npm", args, options) : spawn(process.execPath, [npm, ...args], options);
  let words = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", text => (words += text));
  return new Promise(resolve => {
    const finish = problem => {
      clearTimeout(first);
      clearInterval(next);
      if (problem === undefined) console.error(`npm ci installed the dependencies (${passed()})`);
      else refuse(`${words.trimEnd()}\nnpm ci ${problem}: see its words above`);
      resolve();
    };
    child.once("error", error => finish(`could not be started (${error.message})`));
    child.once("close", code => finish(code === 0 ? undefined : `failed (exit code ${code})`));
  });
}

checkNode();
const [name = "", ...rest] = process.argv.slice(2);
const script = join(project, "hack", `${name}.ts`);
if (!/^[a-z-]+$/.test(name) || !existsSync(script)) refuse("usage: node hack/run.mjs demo|test|lint|build [ARGUMENT…]");
if (!isInstalled()) await install();

// In this process, so that signals and the exit code need nobody to carry them.
const require = createRequire(import.meta.url);
process.argv = [process.argv[0], script, ...rest];
process.chdir(project);
require("tsx/cjs/api").register();
require(script);
