import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { transformSync } from "esbuild";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { SourceNames } from "./source-names";

describe("SourceNames", () => {
  const folder = mkdtempSync(join(tmpdir(), "lynq-names-"));
  const bundle = join(folder, "bundle.js");
  let code = "";

  beforeAll(() => {
    const source = `
export class Warehouse {
  private async countShelves(room: string): Promise<number> { return room.length; }
  go = () => this.countShelves("a");
}
export function openDoor(): void { console.log(new Warehouse()); }
openDoor();`;
    const made = transformSync(source, {
      loader: "ts",
      minifyIdentifiers: true,
      minifyWhitespace: true,
      sourcemap: true,
      sourcefile: "../../stage/lib/warehouse.ts",
      format: "iife",
    });
    code = made.code;
    writeFileSync(bundle, code);
    writeFileSync(`${bundle}.map`, made.map);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it("finds what a place of the bundle is called in its source", () => {
    const names = new SourceNames(bundle);
    const at = (text: string) => names.place("e", `file://${bundle}`, 0, code.indexOf(text));
    expect(at("async countShelves")).toBe("countShelves lib/warehouse.ts:3");
    expect(at("function")).toBe("openDoor lib/warehouse.ts:6");
  });

  it("finds what a class of the bundle is called in its source", () => {
    const minified = /class (\w+)/.exec(code)?.[1] ?? "";
    expect(minified).not.toBe("Warehouse");
    const names = new SourceNames(bundle);
    expect(names.ofClass(minified)).toBe("Warehouse lib/warehouse.ts");
    expect([names.ofClass("Map"), names.ofClass("(string)"), names.ofClass("zz")]).toEqual(["Map", "(string)", "zz"]);
  });

  it("leaves the names of what is not of the bundle", () => {
    const names = new SourceNames(join(folder, "no-bundle.js"));
    expect(names.place("(garbage collector)", "", -1, -1)).toBe("(garbage collector)");
    expect(names.place("", "/x/node_modules/mysql2/lib/packet.js", 6, 1)).toBe("(anonymous) mysql2/lib/packet.js:7");
    expect(names.place("run", "node:internal/timers", 3, 1)).toBe("run timers:4");
    expect(names.ofClass("qc")).toBe("qc");
  });
});
