import { describe, expect, it } from "@jest/globals";
import { join } from "node:path";
import { Readable } from "node:stream";
import { main } from "./lynq";

const examples = join(__dirname, "..", "examples");
const form = join(examples, "how-it-works", "form.yaml");
const hub = join(examples, "how-it-works", "hub.yaml");
const broken = join(examples, "refused", "unknown-function.yaml");

async function run(
  args: string[],
  { isTTY = false, env = {} }: { isTTY?: boolean; env?: Record<string, string> } = {},
): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const stdout = { isTTY, write: (text: string) => (out += text) };
  const stderr = { isTTY, write: (text: string) => (err += text) };
  return { code: await main(args, { stdin: Readable.from([]), stdout, stderr, env }), out, err };
}

describe("lynq", () => {
  it.each([
    [["--help"], /^lynq: /],
    [["help"], /^lynq: /],
    [["render", "--help"], /Examples:\n {2}lynq render -f form\.yaml --set uid=acme/],
    [["lint", "-h"], /Examples:\n {2}lynq lint -f form\.yaml --hub hub\.yaml/],
    [["help", "lint"], /Examples:\n {2}lynq lint/],
    [["--version"], /^\d+\.\d+\.\d+\n$/],
  ])("%j is answered on stdout", async (args, text) => {
    expect(await run(args)).toEqual({ code: 0, out: expect.stringMatching(text), err: "" });
  });

  it.each([
    [["rendr"], "lynq: there is no command rendr; did you mean render? (see lynq --help)"],
    [["--nope"], "lynq: there is no option --nope (see lynq --help)"],
    [["lint"], "lynq lint: which files? give -f FILE (see lynq lint --help)"],
    [
      ["lint", "-f", "nowhere.yaml"],
      "lynq lint: cannot read nowhere.yaml: there is no such file (see lynq lint --help)",
    ],
    [["lint", "-f", examples], `lynq lint: cannot read ${examples}: it is a folder (see lynq lint --help)`],
    [["lint", "--hubb", hub], "lynq lint: unknown option --hubb; did you mean --hub? (see lynq lint --help)"],
    [["render", "--set", "uid=x"], "lynq render: which form? give -f FILE (see lynq render --help)"],
    [["render", "-f", form], "which row? give --row FILE, --set uid=NAME, or --database-url URL with --uid"],
    [["render", "-f", form, "--uid", "x"], "--uid needs --database-url; to make up a row write --set uid=NAME"],
    [["render", "-f", form, "--database-url", "mysql://u@h"], "which row of the table? give --uid"],
    [
      ["render", "-f", form, "--database-url", "hunter2", "--uid", "x"],
      "the database URL is no URL; write mysql://user",
    ],
    [["render", "-f", form, "--set", "uid=x", "--uid", "x"], "--row and --set give it: one of both"],
    [["render", "-f", form, "--set", "uid"], '--set "uid" is no assignment; write --set NAME=VALUE'],
    [["render", "-f", form, "--set", "uid=x", "--context", "c"], "--context needs --with-cluster"],
  ])("%j is refused in one line", async (args, message) => {
    const { code, out, err } = await run(args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(message);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  it("without anything shows how it is used", async () => {
    expect(await run([])).toEqual({ code: 2, out: "", err: expect.stringMatching(/^lynq: /) });
  });

  it("lint says whether all is well by its exit code, warnings aside", async () => {
    expect(await run(["lint", "-f", form, "--hub", hub])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/: warning: [^\n]+\n1 form and 1 hub: no errors, 1 warning\n$/),
    });
    expect(await run(["lint", "-f", broken])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/:14:29: error: spec[^\n]+\n1 form and 0 hubs: 1 error, 1 warning\n$/),
    });
  });

  it("lint reads a file once, however often it is named", async () => {
    expect((await run(["lint", "-f", form, "-f", form, "--hub", hub, "-f", hub])).out).toContain("1 form and 1 hub:");
  });

  it("render prints objects on stdout, and the rest on stderr", async () => {
    const { code, out, err } = await run([
      "render",
      "-f",
      form,
      "--hub",
      hub,
      "--set",
      "uid=acme",
      "--set",
      "planId=gold",
    ]);
    expect(code).toBe(0);
    expect(out.match(/^---$/gm)).toHaveLength(2);
    expect(out).toContain("    plan: gold\n");
    expect(err).toBe("# not given, and so empty like NULL: .region (column deployment_region)\n");
  });

  it("render ends with 1 when something is refused", async () => {
    expect(await run(["render", "-f", broken, "--set", "uid=acme"])).toEqual({
      code: 1,
      out: "",
      err: expect.stringMatching(
        /:14:29: error: spec\.configMaps\[0\]\.spec\.data\.text: line 1, column 12: unknown function "uper"/,
      ),
    });
    expect(await run(["render", "-f", form, "--hub", hub, "--set", "uid="])).toEqual({
      code: 1,
      out: "",
      err: 'lynq render: the row "" would be quarantined: the uid is empty\n',
    });
  });

  it("tells in one line that a database does not answer, without the password", async () => {
    const env = { LYNQ_DATABASE_URL: "mysql://reader:hunter2@127.0.0.1:1/nodes" };
    const { code, out, err } = await run(["render", "-f", form, "--hub", hub, "--uid", "acme"], { env });
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^lynq render: [^\n]*127\.0\.0\.1:1[^\n]*\n$/);
    expect(err).not.toContain("hunter2");
  });

  it("a row of a database needs the hub that knows its table", async () => {
    const args = ["render", "-f", form, "--database-url", "mysql://u@127.0.0.1:1/d", "--uid", "acme"];
    expect(await run(args)).toMatchObject({ code: 1, err: expect.stringContaining("give --hub") });
  });

  it.each([
    ["a terminal", { isTTY: true }, true],
    ["a terminal with NO_COLOR", { isTTY: true, env: { NO_COLOR: "1" } }, false],
    ["a dumb terminal", { isTTY: true, env: { TERM: "dumb" } }, false],
    ["a pipe", { isTTY: false }, false],
  ])("colours for %s", async (_, surroundings, coloured) => {
    const { out } = await run(["lint", "-f", broken], surroundings);
    expect(out.includes("\u001b[31merror:\u001b[39m")).toBe(coloured);
    expect(out.includes("\u001b")).toBe(coloured);
  });
});
