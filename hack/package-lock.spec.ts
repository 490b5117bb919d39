import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "@jest/globals";

import { isPlainObject } from "../lib/blueprint/object";
import { projectFolder } from "./project";

const lock: unknown = JSON.parse(readFileSync(join(projectFolder, "package-lock.json"), "utf8"));
const packages = new Map(
  isPlainObject(lock) && isPlainObject(lock["packages"]) ? Object.entries(lock["packages"]) : [],
);

/** Where Node would look for a package, from the innermost folder outwards. */
function places(from: string, name: string): string[] {
  const inner = `${from === "" ? "" : `${from}/`}node_modules/${name}`;
  if (from === "") return [inner];
  const end = from.lastIndexOf("/node_modules/");
  return [inner, ...places(end < 0 ? "" : from.slice(0, end), name)];
}

describe("package-lock.json", () => {
  // A registry that lacks some of them makes npm leave them out, and `npm ci` then refuses the whole file on every machine.
  it("has the packages of every platform, so that npm ci accepts it", () => {
    const missing = [...packages].flatMap(([path, entry]) => {
      const optional = isPlainObject(entry) ? entry["optionalDependencies"] : undefined;
      return Object.keys(isPlainObject(optional) ? optional : {}).filter(
        name => !places(path, name).some(place => packages.has(place)),
      );
    });
    expect(missing).toEqual([]);
  });
});
