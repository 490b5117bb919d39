import { afterEach, describe, expect, it } from "@jest/globals";
import { AccessReviews } from "./access-review";
import { ApiClient } from "./client";
import { type ScriptedServer, startServer } from "./testing/scripted-server";
import { ManualClock } from "./testing/manual-clock";

const create = { verb: "create", group: "apps", resource: "deployments", namespace: "shop", name: undefined };
const jane = { username: "jane", uid: "1", groups: ["dev"], extra: { scopes: ["a", "b"] } };

let server: ScriptedServer | undefined;

afterEach(() => server?.close());

async function reviews(answer: unknown, clock = new ManualClock()): Promise<AccessReviews> {
  server = await startServer((_request, response) => {
    response.writeHead(201, { "Content-Type": "application/json" });
    response.end(JSON.stringify(answer));
  });
  return new AccessReviews(new ApiClient(server.connection), { clock });
}

const signal = new AbortController().signal;

describe("access reviews", () => {
  it("ask as the user with everything that the API server knows of her", async () => {
    const asked = await reviews({ status: { allowed: false } });
    expect(await asked.isAllowed(jane, create, signal)).toBe(false);
    expect(server?.requests).toHaveLength(1);
    expect(server?.requests[0]).toMatchObject({
      method: "POST",
      path: "/apis/authorization.k8s.io/v1/subjectaccessreviews",
    });
    expect(JSON.parse(server?.requests[0]?.body ?? "")).toEqual({
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      spec: {
        user: "jane",
        uid: "1",
        groups: ["dev"],
        extra: { scopes: ["a", "b"] },
        resourceAttributes: { verb: "create", group: "apps", resource: "deployments", namespace: "shop" },
      },
    });
  });

  it("remember for a while what is allowed, to whom and where", async () => {
    const clock = new ManualClock();
    const asked = await reviews({ status: { allowed: true } }, clock);
    expect(await asked.isAllowed(jane, create, signal)).toBe(true);
    expect(await asked.isAllowed(jane, create, signal)).toBe(true);
    expect(server?.requests).toHaveLength(1);
    await asked.isAllowed({ ...jane, groups: [] }, create, signal);
    await asked.isAllowed(jane, { ...create, namespace: "other" }, signal);
    await asked.isAllowed(jane, { ...create, verb: "delete" }, signal);
    expect(server?.requests).toHaveLength(4);
    await clock.advance(10_000);
    await asked.isAllowed(jane, create, signal);
    expect(server?.requests).toHaveLength(5);
  });

  it("never remember what is refused, so that a right counts from the moment it is granted", async () => {
    const asked = await reviews({ status: { allowed: false } });
    await asked.isAllowed(jane, create, signal);
    await asked.isAllowed(jane, create, signal);
    expect(server?.requests).toHaveLength(2);
  });

  it.each([{}, { status: {} }, { status: { allowed: "true" } }, []])(
    "take nothing else for a yes: %j",
    async answer => {
      const asked = await reviews(answer);
      await expect(asked.isAllowed(jane, create, signal)).rejects.toThrow(
        "the SubjectAccessReview was answered without status.allowed",
      );
    },
  );
});
