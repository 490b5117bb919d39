import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { projectFolder } from "../../hack/project";
import { eventually } from "./eventually";
import { Scenario } from "./scenario";
import { StackState } from "./stack-state";

/** The folder of the article's example. */
export const exampleFolder = join(projectFolder, "examples", "migration");
const example = (name: string) => readFileSync(join(exampleFolder, name), "utf8");

/** A customer who has a namespace, and a row that is switched off. */
export class Customer {
  constructor(
    readonly scenario: Scenario,
    /** Of the row, and name of the namespace. */
    readonly uid: string,
  ) {}

  /** kubectl in the customer's namespace. @throws Error with its words */
  async kubectl(args: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await this.scenario.kubectl([`--namespace=${this.uid}`, ...args], input);
    if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr.trim()}`);
    return stdout;
  }
}

/** A tool that ran the customer's stack so far. */
export interface Tool {
  readonly how: string;
  /** Its field manager. */
  readonly manager: string;
  /** Installs the stack, or takes it again. */
  install(customer: Customer, replicas: number): Promise<void>;
  /** Forgets the stack without deleting it. */
  letGo(customer: Customer): Promise<void>;
}

/** The steps of the article: what runs is refused, let go, taken over, and given back; nothing restarts, and nothing is lost. */
export function describeTakeover(tool: Tool): void {
  describe(`a stack that ${tool.how}`, () => {
    let scenario: Scenario;
    let customer: Customer;
    let before: StackState;
    let uid: string;

    beforeAll(async () => {
      scenario = await Scenario.open("migration");
      uid = `${scenario.namespace}-acme`;
      customer = new Customer(scenario, uid);
      await scenario.createNamespace(uid);
      for (const statement of example("tables.sql").replaceAll("acme-corp", uid).trim().split(";\n"))
        await scenario.sql(statement);
      await scenario.hub({ name: "my-hub", uid: "node_id", activate: "is_active", extra: { replicas: "replicas" } });
    });

    afterAll(() => scenario.close());

    const stack = () =>
      StackState.read(scenario, uid, [
        ["apps/v1", "Deployment", `${uid}-app`],
        ["v1", "Service", `${uid}-svc`],
        ["v1", "ConfigMap", `${uid}-settings`],
      ]);
    const running = (count: number) =>
      eventually(async () => {
        const now = await stack();
        expect(now.pods).toHaveLength(count);
        return now;
      });
    const settings = async () => (await scenario.get("v1", "ConfigMap", `${uid}-settings`, uid))["data"];

    it("runs before Lynq knows of it", async () => {
      await tool.install(customer, 5);
      before = await running(5);
    });

    it("Stuck says who has which fields, and touches nothing", async () => {
      await scenario.apply(example("form-stuck.yaml"));
      await scenario.sql("UPDATE nodes SET is_active = true");
      await eventually(async () => {
        const messages = (await scenario.events(`${uid}-web-app`, "ResourceConflict")).map(({ message }) => message);
        expect(messages).toContain(
          `Resource conflict detected for ${uid}/${uid}-app (Kind: Deployment, Policy: Stuck). ` +
            "Another controller or user may be managing this resource. Consider using ConflictPolicy=Force " +
            "to take ownership or resolve the conflict manually. " +
            `Error: Apply failed with 1 conflict: conflict with "${tool.manager}" using apps/v1: .spec.replicas`,
        );
        // Its values agree; that does not make it ours.
        expect(messages).toContainEqual(
          expect.stringContaining(
            `the object exists and is managed by "${tool.manager}"; its values agree, but it is not Lynq's`,
          ),
        );
      });
      await scenario.afterSyncs();
      expect(await stack()).toEqual(before);
    });

    it("is let go by its tool, and nothing is deleted", async () => {
      await tool.letGo(customer);
      before = await running(5);
    });

    it("is taken over by Force: no pod restarts, no field is lost", async () => {
      await scenario.apply(example("form-force.yaml"));
      const { status } = await scenario.ready(`${uid}-web-app`);
      expect(status).toMatchObject({ desiredResources: 3, readyResources: 3, failedResources: 0 });
      expect(status?.appliedResources).toEqual([
        `ConfigMap/${uid}/${uid}-settings@settings`,
        `Deployment/${uid}/${uid}-app@app`,
        `Service/${uid}/${uid}-svc@svc`,
      ]);
      const after = await stack();
      expect(after.withoutOwnership()).toEqual(before.withoutOwnership());
      for (const managers of after.managers) expect(managers).toEqual(expect.arrayContaining([tool.manager, "lynq"]));
    });

    it("follows the row from then on, without a quarrel about what was the tool's", async () => {
      await scenario.sql("UPDATE nodes SET replicas = 6");
      expect((await running(6)).pods).toEqual(expect.arrayContaining([...before.pods]));
      expect((await scenario.ready(`${uid}-web-app`)).status).toMatchObject({ conflictedResources: 0 });
    });

    it("keeps what the tool set, too, when the form drops it", async () => {
      const form = (data: string) => example("form-force.yaml").replace('tenant: "{{ .uid }}"', data);
      await scenario.apply(form("plan: basic"));
      await eventually(async () => {
        expect(await settings()).toEqual({ tenant: uid, theme: "dark", plan: "basic" });
      });
      await scenario.apply(form("theme: dark"));
      await eventually(async () => {
        expect(await settings()).toEqual({ tenant: uid, theme: "dark" });
      });
      await scenario.ready(`${uid}-web-app`);
    });

    it("is given back: the row is switched off, and the tool takes the same objects again", async () => {
      const mine = await stack();
      await scenario.sql("UPDATE nodes SET is_active = false");
      await scenario.gone("operator.lynq.sh/v1", "LynqNode", `${uid}-web-app`);
      expect((await stack()).withoutOwnership()).toEqual(mine.withoutOwnership());

      await tool.install(customer, 7);
      const after = await running(7);
      expect(after.uids).toEqual(before.uids);
      expect(after.pods).toEqual(expect.arrayContaining([...mine.pods]));
    });

    it("is the tool's again: the row that comes back stops at what the tool has changed", async () => {
      const mine = await stack();
      await scenario.apply(example("form-stuck.yaml"));
      await scenario.sql("UPDATE nodes SET is_active = true");
      await eventually(async () => {
        expect((await scenario.node(`${uid}-web-app`)).status).toMatchObject({ conflictedResources: 1 });
      });
      await scenario.afterSyncs();
      const after = await stack();
      expect(after.pods).toEqual(mine.pods);
      expect(after.objects[0]).toEqual(mine.objects[0]);
    });
  });
}
