import { describe, expect, it } from "@jest/globals";
import { type KubernetesObject } from "../blueprint/object";
import { ApiError } from "../cluster";
import { Uninstall } from "./uninstall";

const crd = (name: string, deletionTimestamp?: string): KubernetesObject => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name, ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
});
const notFound = new ApiError({
  method: "GET",
  path: "/",
  status: 404,
  reason: "NotFound",
  serverMessage: "gone",
  causes: [],
});

/** Answers each round of three reads when it is told to. */
function server(answer: (name: string) => KubernetesObject | Error) {
  const waiting: (() => void)[] = [];
  let reads = 0;
  const client = {
    get: async (_: unknown, { name }: { name: string }) => {
      reads++;
      await new Promise<void>(resolve => waiting.push(resolve));
      const said = answer(name);
      if (said instanceof Error) throw said;
      return said;
    },
  };
  const reply = async () => {
    for (const one of waiting.splice(0)) one();
    await new Promise(resolve => setImmediate(resolve));
  };
  let time = 0;
  return { uninstall: new Uninstall(client, () => ++time), reply, reads: () => reads, now: () => time };
}

describe("whether Lynq is being removed", () => {
  it.each<[string, (name: string) => KubernetesObject | Error, boolean]>([
    ["all definitions are there", name => crd(name), false],
    [
      "one is being deleted",
      name => crd(name, name.startsWith("lynqforms.") ? "2026-07-06T12:00:00Z" : undefined),
      true,
    ],
    ["one is gone", name => (name.startsWith("lynqhubs.") ? notFound : crd(name)), true],
  ])("%s", async (_, answer, expected) => {
    const { uninstall, reply } = server(answer);
    const asked = uninstall.isUnderWay();
    await reply();
    expect(await asked).toBe(expected);
  });

  it("is asked anew for who comes while it is being asked, and once for all of them", async () => {
    let deleting = false;
    const { uninstall, reply, reads } = server(name => crd(name, deleting ? "2026-07-06T12:00:00Z" : undefined));
    const first = uninstall.isUnderWay();
    const later = [uninstall.isUnderWay(), uninstall.isUnderWay()];
    await reply();
    deleting = true;
    expect(await first).toBe(false);
    await reply();
    expect(await Promise.all(later)).toEqual([true, true]);
    expect(reads()).toBe(6);
  });

  it("is not asked again about a deletion that was seen before the last question", async () => {
    let deleting = false;
    const { uninstall, reply, reads, now } = server(name => crd(name, deleting ? "2026-07-06T12:00:00Z" : undefined));
    const seenBefore = now();
    const asked = uninstall.isUnderWay();
    await reply();
    expect(await asked).toBe(false);
    const seenAfter = now();
    deleting = true;
    expect(await uninstall.isUnderWay(seenBefore)).toBe(false);
    expect(reads()).toBe(3);
    const anew = uninstall.isUnderWay(seenAfter);
    await reply();
    expect(await anew).toBe(true);
  });
});
