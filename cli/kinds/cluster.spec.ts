import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { main } from "../lynq";

const answers: Readonly<Record<string, unknown>> = {
  "/apis/example.com/v1": {
    kind: "APIResourceList",
    resources: [{ name: "tenants", kind: "Tenant", namespaced: false, verbs: ["get", "patch"] }],
  },
  "/openapi/v3": { paths: { "apis/example.com/v1": { serverRelativeURL: "/openapi/v3/apis/example.com/v1?hash=1" } } },
  "/openapi/v3/apis/example.com/v1?hash=1": {
    components: {
      schemas: {
        Tenant: {
          type: "object",
          properties: { spec: { type: "object", properties: { seats: { type: "integer" } } } },
          "x-kubernetes-group-version-kind": [{ group: "example.com", version: "v1", kind: "Tenant" }],
        },
      },
    },
  },
};

describe("lynq render --with-cluster", () => {
  const folder = mkdtempSync(join(tmpdir(), "lynq-cluster-"));
  const form = join(folder, "form.yaml");
  const kubeconfig = join(folder, "kubeconfig");
  const asked: string[] = [];
  let server: Server;

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method ?? ""} ${request.url ?? ""}`);
      const answer = answers[request.url ?? ""];
      response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(answer ?? { kind: "Status", code: 404, reason: "NotFound" }));
    });
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const cluster = { name: "c", cluster: { server: `http://127.0.0.1:${port}` } };
    const context = { name: "here", context: { cluster: "c", user: "" } };
    writeFileSync(kubeconfig, JSON.stringify({ clusters: [cluster], contexts: [context], users: [] }));
    const resource = (id: string, kind: string) =>
      `    - {id: ${id}, nameTemplate: "${id}-{{ .uid }}", spec: {apiVersion: example.com/v1, kind: ${kind}, spec: {seats: "{{ .seats }}"}}}\n`;
    writeFileSync(
      form,
      "apiVersion: operator.lynq.sh/v1\nkind: LynqForm\nmetadata: {name: f}\nspec:\n  hubId: h\n  manifests:\n" +
        resource("a", "Tenant") +
        resource("b", "Other"),
    );
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await new Promise(resolve => server.close(resolve));
  });

  async function run(...options: string[]): Promise<{ code: number; out: string; err: string }> {
    let out = "";
    let err = "";
    const before = process.env["KUBECONFIG"];
    process.env["KUBECONFIG"] = kubeconfig;
    try {
      const args = ["render", "-f", form, "--set", "uid=x", "--set", "seats=5", "--with-cluster", ...options];
      const stdout = { write: (text: string) => (out += text) };
      const stderr = { write: (text: string) => (err += text) };
      return { code: await main(args, { stdin: Readable.from([]), stdout, stderr, env: {} }), out, err };
    } finally {
      if (before === undefined) delete process.env["KUBECONFIG"];
      else process.env["KUBECONFIG"] = before;
    }
  }

  it("takes scope and types from the cluster, which is only read", async () => {
    const { code, out, err } = await run("--context", "here");
    expect(out).toContain("kind: Tenant\nmetadata:\n  name: a-x\n  labels:");
    expect(out).toContain("spec:\n  seats: 5\n");
    expect(err).toMatch(
      /^[^\n]*form\.yaml:8:\d+: error: spec\.manifests\[1\]\.spec\.kind: this cluster does not serve Other of example\.com\/v1\n$/,
    );
    expect(code).toBe(1);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter(request => !request.startsWith("GET "))).toEqual([]);
  });

  it("says in one line that a context does not exist", async () => {
    expect(await run("--context", "there")).toEqual({
      code: 1,
      out: "",
      err: expect.stringMatching(/^lynq render: [^\n]*has no context "there"; it has: here\.\n$/),
    });
  });
});
