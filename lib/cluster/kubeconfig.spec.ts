import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { KubeconfigError, loadConnection } from "./kubeconfig";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lynq-kubeconfig-"));
  mkdirSync(join(folder, "pki"));
  writeFileSync(join(folder, "pki", "ca.crt"), "CA from a file");
  writeFileSync(join(folder, "pki", "token"), "file-token\n");
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const base64 = (text: string): string => Buffer.from(text).toString("base64");

interface Parts {
  cluster?: object;
  user?: object;
  context?: object;
  name?: string;
  current?: string;
}

function write(file: string, { cluster = {}, user = {}, context = {}, name = "dev", current = name }: Parts): string {
  const path = join(folder, file);
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": current,
    contexts: [{ name, context: { cluster: `${name}-cluster`, user: `${name}-user`, ...context } }],
    clusters: [{ name: `${name}-cluster`, cluster: { server: `https://${name}.example:6443/`, ...cluster } }],
    users: [{ name: `${name}-user`, user }],
  };
  writeFileSync(path, stringify(config));
  return path;
}

function load(kubeconfig: string, context?: string) {
  return loadConnection({ kubeconfig, env: {}, ...(context === undefined ? {} : { context }) });
}

describe("loadConnection from a kubeconfig", () => {
  it("reads server, embedded certificates and namespace", async () => {
    const path = write("embedded", {
      cluster: { "certificate-authority-data": base64("CA"), "tls-server-name": "api.internal" },
      user: { "client-certificate-data": base64("CERT"), "client-key-data": base64("KEY"), token: "t" },
      context: { namespace: "shop" },
    });
    const { token, ...connection } = load(path);
    expect(connection).toEqual({
      server: "https://dev.example:6443",
      namespace: "shop",
      tls: { insecureSkipVerify: false, ca: "CA", cert: "CERT", key: "KEY", serverName: "api.internal" },
    });
    expect(await token?.get()).toBe("t");
  });

  it("finds files from the kubeconfig's own folder, and lets tokenFile win over token", async () => {
    const path = write("files", {
      cluster: { "certificate-authority": "pki/ca.crt" },
      user: { tokenFile: join(folder, "pki", "token"), token: "stale" },
    });
    const { tls, token, namespace } = load(path);
    expect([tls.ca, await token?.get(), namespace]).toEqual(["CA from a file", "file-token", "default"]);
  });

  it("merges several files: the first to name something wins", () => {
    const first = write("first", { name: "a", current: "" });
    const second = write("second", { name: "b" });
    const third = write("third", { name: "a", cluster: { server: "https://shadowed.example" } });
    const paths = [first, join(folder, "missing"), second, third].join(":");
    expect(load(paths).server).toBe("https://b.example:6443");
    expect(load(paths, "a").server).toBe("https://a.example:6443");
  });

  it("impersonates as told", () => {
    const path = write("impersonate", { user: { token: "t", as: "jane", "as-groups": ["ops"], "as-uid": "7" } });
    expect(load(path).impersonate).toEqual({ user: "jane", groups: ["ops"], uid: "7" });
  });

  it("comes from KUBECONFIG, and that wins over a pod's ServiceAccount", () => {
    const env = { KUBECONFIG: write("env", {}), KUBERNETES_SERVICE_HOST: "10.0.0.1" };
    expect(loadConnection({ env, serviceAccountFolder: join(folder, "pki") }).server).toBe("https://dev.example:6443");
  });

  it.each([
    ["a context that is not there", {}, "nope", 'has no context "nope"; it has: dev.'],
    ["a server that is no URL", { cluster: { server: "dev:6443" } }, undefined, 'no usable server URL: "dev:6443"'],
    ["a proxy", { cluster: { "proxy-url": "http://p" } }, undefined, "proxy-url, which is not supported"],
    ["a file that is not there", { cluster: { "certificate-authority": "pki/none" } }, undefined, "pki/none"],
    [
      "an old sign-in",
      { user: { "auth-provider": { name: "gcp" } } },
      undefined,
      "auth-provider, which is not supported",
    ],
    ["a password", { user: { username: "u", password: "geheim" } }, undefined, "username, which is not supported"],
    ["an exec plugin without a command", { user: { exec: {} } }, undefined, "names no command"],
    ["no current context", { current: "" }, undefined, "no current-context"],
  ])("refuses %s", (_name, parts, context, message) => {
    const path = write("refused", parts);
    expect(() => load(path, context)).toThrow(KubeconfigError);
    expect(() => load(path, context)).toThrow(message);
  });

  it("never quotes a broken file: it may hold a token", () => {
    const path = join(folder, "broken");
    writeFileSync(path, "users: [{token: geheim\n  - }");
    expect(() => load(path)).toThrow(`${path} is not valid YAML.`);
    writeFileSync(path, "geheim");
    expect(() => load(path)).toThrow(/^(?!.*geheim).*holds no mapping/);
  });

  it("says where it looked when there is nothing", () => {
    expect(() => load(join(folder, "none"))).toThrow("No kubeconfig exists at");
    expect(() => loadConnection({ env: { HOME: join(folder, "nobody") } })).toThrow("No cluster is configured");
  });
});

describe("loadConnection in a pod", () => {
  it("uses the ServiceAccount, with brackets for an IPv6 address", async () => {
    const account = join(folder, "account");
    mkdirSync(account);
    writeFileSync(join(account, "token"), "pod-token");
    writeFileSync(join(account, "ca.crt"), "CA");
    writeFileSync(join(account, "namespace"), "lynq-system\n");
    const env = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443", HOME: folder };
    const { token, ...connection } = loadConnection({ env, serviceAccountFolder: account });
    expect(connection).toEqual({
      server: "https://[fd00::1]:443",
      tls: { ca: "CA", insecureSkipVerify: false },
      namespace: "lynq-system",
    });
    expect(await token?.get()).toBe("pod-token");
  });
});
