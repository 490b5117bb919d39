import { describe, expect, it } from "@jest/globals";
import { Discovery } from "./discovery";
import { apiErrorFrom } from "./errors";
import { ManualClock } from "./testing/manual-clock";

const deployment = { group: "apps", version: "v1", kind: "Deployment" };
const widget = { group: "acme.io", version: "v1", kind: "Widget" };

/** Answers with what is served now, and remembers what was asked. */
class Served {
  readonly asked: string[] = [];
  readonly groupVersions = new Map<string, object[]>();
  readonly groups = new Map<string, string[]>();
  failing = false;

  request(_method: string, path: string): Promise<unknown> {
    this.asked.push(path);
    if (this.failing) return Promise.reject(apiErrorFrom({ method: "GET", path }, 503, ""));
    const versions = this.groups.get(path);
    if (versions !== undefined) {
      return Promise.resolve({ kind: "APIGroup", versions: versions.map(version => ({ version })) });
    }
    const resources = this.groupVersions.get(path);
    if (resources === undefined) return Promise.reject(apiErrorFrom({ method: "GET", path }, 404, ""));
    return Promise.resolve({ kind: "APIResourceList", resources });
  }
}

function setUp(): { served: Served; clock: ManualClock; discovery: Discovery } {
  const served = new Served();
  served.groupVersions.set("/apis/apps/v1", [
    { name: "deployments/scale", kind: "Scale", namespaced: true, group: "autoscaling", verbs: ["get"] },
    { name: "deployments", kind: "Deployment", namespaced: true, verbs: ["get", "list", 3] },
    { name: "deployments/status", kind: "Deployment", namespaced: true, verbs: ["get"] },
    { name: "broken" },
  ]);
  served.groupVersions.set("/api/v1", [{ name: "namespaces", kind: "Namespace", namespaced: false, verbs: ["get"] }]);
  const clock = new ManualClock();
  return { served, clock, discovery: new Discovery(served, { clock }) };
}

describe("Discovery", () => {
  it("asks once per group and version, also when many ask at once", async () => {
    const { served, discovery } = setUp();
    const [first, second] = await Promise.all([discovery.resolve(deployment), discovery.resolve(deployment)]);
    expect(first).toEqual({ ...deployment, plural: "deployments", namespaced: true, verbs: ["get", "list"] });
    expect(second).toBe(first);
    expect(await discovery.resolve(deployment)).toBe(first);
    expect((await discovery.resolve({ group: "", version: "v1", kind: "Namespace" }))?.namespaced).toBe(false);
    expect(served.asked).toEqual(["/apis/apps/v1", "/api/v1"]);
  });

  it("does not take a subresource for a kind", async () => {
    const { discovery } = setUp();
    expect(await discovery.resolve({ ...deployment, kind: "Scale" })).toBeUndefined();
  });

  it("asks again for an unknown kind, but not more often than allowed", async () => {
    const { served, clock, discovery } = setUp();
    expect(await discovery.resolve(widget)).toBeUndefined();
    served.groupVersions.set("/apis/acme.io/v1", [{ name: "widgets", kind: "Widget", namespaced: true, verbs: [] }]);
    expect(await discovery.resolve(widget)).toBeUndefined();
    expect(served.asked).toHaveLength(1);
    await clock.advance(10_000);
    expect((await discovery.resolve(widget))?.plural).toBe("widgets");
    expect(served.asked).toHaveLength(2);
  });

  it("learns at once of a CRD that it is told about, and forgets nothing else", async () => {
    const { served, discovery } = setUp();
    await discovery.resolve(deployment);
    await discovery.resolve(widget);
    served.groupVersions.set("/apis/acme.io/v1", [{ name: "widgets", kind: "Widget", namespaced: false, verbs: [] }]);
    discovery.invalidate("acme.io");
    expect((await discovery.resolve(widget))?.namespaced).toBe(false);
    await discovery.resolve(deployment);
    expect(served.asked).toEqual(["/apis/apps/v1", "/apis/acme.io/v1", "/apis/acme.io/v1"]);
  });

  it("finds a kind in another version of its group when its own is not served any more", async () => {
    const { served, discovery } = setUp();
    served.groups.set("/apis/acme.io", ["v2", "v1"]);
    served.groupVersions.set("/apis/acme.io/v2", [{ name: "widgets", kind: "Widget", namespaced: true, verbs: [] }]);
    expect(await discovery.resolveAnyVersion(widget)).toMatchObject({ version: "v2", plural: "widgets" });
    expect(await discovery.resolveAnyVersion({ ...widget, kind: "Gadget" })).toBeUndefined();
    expect(await discovery.resolveAnyVersion({ ...widget, group: "gone.io" })).toBeUndefined();
  });

  it("does not keep an answer from before an invalidation", async () => {
    const { served, discovery } = setUp();
    const early = discovery.resolve(widget);
    served.groupVersions.set("/apis/acme.io/v1", [{ name: "widgets", kind: "Widget", namespaced: true, verbs: [] }]);
    discovery.invalidate("acme.io");
    expect(await early).toBeUndefined();
    expect((await discovery.resolve(widget))?.plural).toBe("widgets");
  });

  it("does not take a failing server for a missing kind", async () => {
    const { served, discovery } = setUp();
    served.failing = true;
    await expect(discovery.resolve(deployment)).rejects.toThrow("503");
    served.failing = false;
    expect((await discovery.resolve(deployment))?.plural).toBe("deployments");
  });

  it("knows no kind with an impossible version, and asks nobody", async () => {
    const { served, discovery } = setUp();
    expect(await discovery.resolve({ group: "apps", version: "v1/../v2", kind: "Deployment" })).toBeUndefined();
    expect(served.asked).toEqual([]);
  });
});
