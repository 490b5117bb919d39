import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";

import { createScratch, type Scratch } from "../scratch";
import { download, verify } from "./download";

// `printf hello | sha512sum`
const digest =
  "9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca72323c3d99ba5c11d7c7acc6e14b8c5da0c4663475c2e5c3adef46f73bcdec043";

describe("verify", () => {
  it("accepts the content that was published", () => {
    expect(() => {
      verify(Buffer.from("hello"), digest, "https://example.org/x");
    }).not.toThrow();
  });

  it("refuses any other content, and says where it came from", () => {
    expect(() => {
      verify(Buffer.from("hellO"), digest, "https://example.org/x");
    }).toThrow(/^https:\/\/example\.org\/x has SHA-512 .* not 9b71d224bd62f378…$/);
  });
});

describe("download", () => {
  let scratch: Scratch;
  let target: string;
  const asked: string[] = [];
  const answerWith = (answers: (url: string) => Response) =>
    jest.spyOn(globalThis, "fetch").mockImplementation(input => {
      const url = typeof input === "string" ? input : "href" in input ? input.href : input.url;
      asked.push(url);
      return Promise.resolve(answers(url));
    });
  const get = (binary: Parameters<typeof download>[0]) => download(binary, target, join(scratch.path, "work"));

  beforeEach(() => {
    scratch = createScratch();
    mkdirSync(join(scratch.path, "bin"));
    target = join(scratch.path, "bin", "file");
    asked.length = 0;
  });
  afterEach(() => {
    jest.restoreAllMocks();
    scratch.remove();
  });

  it("checks a Kubernetes binary against the digest that is published beside it", async () => {
    const published = createHash("sha512").update("binary").digest("hex");
    answerWith(url => new Response(url.endsWith(".sha512") ? published : "binary"));
    await get("kube-scheduler");
    expect(readFileSync(target, "utf8")).toBe("binary");
    expect(statSync(target).mode & 0o777).toBe(0o755);
    expect(asked[0]).toMatch(/\/v1\.\d+\.\d+\/bin\/[a-z]+\/[a-z0-9]+\/kube-scheduler$/);
  });

  it("refuses one with another digest", async () => {
    answerWith(url => new Response(url.endsWith(".sha512") ? digest : "binary"));
    await expect(get("kube-scheduler")).rejects.toThrow("has SHA-512");
  });

  it.each(["etcd", "kube-apiserver", "kubectl"] as const)(
    "refuses an archive of %s with another digest",
    async name => {
      answerWith(() => new Response("archive"));
      await expect(get(name)).rejects.toThrow(/envtest-v1.*\.tar\.gz has SHA-512/);
    },
  );

  it("checks helm's archive against the SHA-256 that is published beside it", async () => {
    answerWith(url => new Response(url.endsWith(".sha256") ? digest.slice(0, 64) : "archive"));
    await expect(get("helm")).rejects.toThrow(/\/helm-v4\.\d+\.\d+-[a-z0-9-]+\.tar\.gz has SHA-256/);
  });

  it("names the address that has nothing", async () => {
    answerWith(() => new Response("", { status: 404 }));
    await expect(get("kwok")).rejects.toThrow(/^https:.*\/kwok-[a-z0-9-]+ answered 404$/);
  });

  it("names the address that does not answer", async () => {
    jest.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("fetch failed"));
    await expect(get("kwok")).rejects.toThrow(/^https:.*\/kwok-[a-z0-9-]+ could not be read$/);
  });
});
