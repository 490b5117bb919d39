// Runs one Lua script on several objects, each as the global `obj`, and prints the results as JSON. Standard input: {"script": "…", "objects": [ … ]}.
import { readFileSync } from "node:fs";
import { LuaFactory } from "wasmoon";

/** A Lua literal, so that the script sees tables, as Argo CD's scripts do. */
function literal(value) {
  if (value === null || value === undefined) return "nil";
  if (typeof value !== "object") return JSON.stringify(value);
  const fields = Array.isArray(value)
    ? value.map(literal)
    : Object.entries(value).map(([key, field]) => `[${JSON.stringify(key)}] = ${literal(field)}`);
  return `{ ${fields.join(", ")} }`;
}

const { script, objects } = JSON.parse(readFileSync(0, "utf8"));
const factory = new LuaFactory();
const results = [];
for (const object of objects) {
  const lua = await factory.createEngine();
  results.push(await lua.doString(`obj = ${literal(object)}\n${script}`));
  lua.global.close();
}
process.stdout.write(JSON.stringify(results));
