import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { Agent, get } from "node:https";
import { type Socket } from "node:net";
import { pause } from "../../hack/wait";
import { environmentDetails } from "../environment/scenario";

/** Node closes an idle connection after 5 s by default. */
const IDLE_MS = 7_000;

describe("a connection of the API server to the webhook", () => {
  let agent: Agent;

  beforeAll(() => {
    agent = new Agent({ keepAlive: true, maxSockets: 1, ca: readFileSync(operator().caPath) });
  });

  afterAll(() => {
    agent.destroy();
  });

  it("stays open while it is idle, so that no request is lost on it", async () => {
    const first = await ask();
    await pause(IDLE_MS);
    expect(first.closed).toBe(false);
    expect(await ask()).toBe(first);
  });

  function ask(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      get(`${operator().url}/healthz`, { agent }, answer => {
        const { socket } = answer;
        answer.resume().once("end", () => {
          resolve(socket);
        });
      }).once("error", reject);
    });
  }
});

function operator(): { readonly url: string; readonly caPath: string } {
  const { operator: running } = environmentDetails();
  if (running === undefined) throw new Error("the environment runs no operator");
  return running;
}
