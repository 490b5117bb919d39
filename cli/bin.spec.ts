import { describe, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const project = join(__dirname, "..");
const bin = join(__dirname, "bin.mjs");
const form = join(project, "examples", "how-it-works", "form.yaml");
const hub = join(project, "examples", "how-it-works", "hub.yaml");

function node(args: string[], input = ""): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { input, encoding: "utf8", cwd: tmpdir() });
  return { status, stdout, stderr };
}

describe("the bin", () => {
  it("is what package.json names, for kubectl, too", () => {
    const manifest: unknown = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
    expect(manifest).toMatchObject({ bin: { lynq: "cli/bin.mjs", "kubectl-lynq": "cli/bin.mjs" } });
  });

  it("renders what comes by a pipe", () => {
    const input = `${readFileSync(form, "utf8")}\n---\n${readFileSync(hub, "utf8")}`;
    const { status, stdout, stderr } = node([bin, "render", "-f", "-", "--set", "uid=acme"], input);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^# not given/)]);
    expect(stdout.match(/^kind: .*$/gm)).toEqual(["kind: Deployment", "kind: Service"]);
  });

  it("ends with 1 for problems and with 2 for wrong usage, and names the standard input", () => {
    expect(node([bin, "lint", "-f", "-"], "kind: LynqForm\nspec: 1\n")).toMatchObject({
      status: 1,
      stdout: expect.stringContaining("stdin:2:7: error: spec: must be an object, not 1\n"),
      stderr: "",
    });
    expect(node([bin, "lint", "--nope"])).toEqual({
      status: 2,
      stdout: "",
      stderr: "lynq lint: unknown option --nope (see lynq lint --help)\n",
    });
  });

  it("does the same as one bundled file, without node_modules", () => {
    const folder = mkdtempSync(join(tmpdir(), "lynq-bundle-"));
    try {
      const bundle = join(folder, "dist", "cli", "lynq.js");
      mkdirSync(join(folder, "dist", "cli"), { recursive: true });
      symlinkSync(join(project, "crds"), join(folder, "crds"));
      const build = `import { bundle } from ${JSON.stringify(pathToFileURL(join(__dirname, "bundle.mjs")).href)}; await bundle(process.argv[1]);`;
      expect(node(["--input-type=module", "-e", build, bundle])).toEqual({ status: 0, stdout: "", stderr: "" });
      const args = ["render", "-f", form, "--hub", hub, "--set", "uid=acme"];
      const run = "require(process.argv[1]).runProcess(process.argv.slice(2))";
      const bundled = node(["-e", run, bundle, ...args]);
      expect(bundled.status).toBe(0);
      expect(bundled).toEqual(node([bin, ...args]));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
