import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "@jest/globals";
import { ensureBuilt } from "../../hack/operator/build";
import { environmentDetails } from "../environment/scenario";

describe("the operator", () => {
  it("does not start with a setting that means nothing, and says which", async () => {
    const { bundlePath } = await ensureBuilt(() => undefined);
    const operator = spawn(process.execPath, [bundlePath], {
      env: { PATH: process.env.PATH, KUBECONFIG: environmentDetails().kubeconfigPath, LYNQ_AUTHORIZE: "enforced" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise<number | null>(resolve => operator.once("exit", resolve));
    const said = await text(operator.stderr);
    expect(said).toContain('SettingsError: LYNQ_AUTHORIZE is "enforced"; it must be off, warn or enforce.');
    expect(await ended).toBe(1);
  });
});
