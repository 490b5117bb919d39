import { readFileSync } from "node:fs";
import { join } from "node:path";

import { type KubernetesObject } from "../../lib/blueprint/object";
import { firstLine } from "../log";
import { projectFolder } from "../project";
import { ClusterReader, type Kind, type Reference } from "./cluster-reader";
import { commandLine } from "./command-line";
import { type DemoCluster } from "./demo-cluster";
import { conditionMismatch, conditionsOf, type ExpectedCondition } from "./conditions";
import { mismatch } from "./mismatch";
import { Patience, type Probe, StepFailed } from "./patience";
import { namespacesOf, type Scene } from "./scene";
import { duration, type Screen } from "./screen";
import { table } from "./table";

export interface KubectlOptions {
  readonly input?: string;
  /** How the input is made, as the shell would have it: `sed … hub.yaml`. */
  readonly pipedFrom?: string;
  /** How many lines of its output are shown, of each section where there are some. */
  readonly lines?: number;
  /** The lines with which the parts start that are worth showing; all of it when left out. */
  readonly sections?: readonly string[];
}

/** What a scene can do and see; prints all of it, and counts what it has seen. */
export class Stage {
  passed = 0;
  failed = 0;
  #namespace = "default";
  readonly #reader: ClusterReader;
  readonly #patience: Patience;

  constructor(
    private readonly screen: Screen,
    private readonly cluster: DemoCluster,
  ) {
    this.#reader = new ClusterReader(cluster.kubeconfigPath);
    this.#patience = new Patience(screen);
  }

  get database(): DemoCluster["database"] {
    return this.cluster.database;
  }

  get namespace(): string {
    return this.#namespace;
  }

  get hasWebhooks(): boolean {
    return this.cluster.hasWebhooks;
  }

  say(text: string): void {
    this.screen.say(`\n${text}`);
  }

  /** Makes a namespace with the password of the database in it, and the current one of every command that follows. */
  async enter(scene: Scene): Promise<void> {
    const { namespace } = scene;
    for (const each of namespacesOf(scene)) await this.#absent(`Namespace ${each}`);
    await this.#aside(`create namespace ${namespace}`);
    await this.#aside(`config set-context --current --namespace=${namespace}`);
    this.#namespace = namespace;
    const metadata = { name: "mysql-secret" };
    const stringData = { password: this.database.readerPassword };
    const secret = JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata, stringData });
    await this.#aside("create secret generic mysql-secret --from-literal=password=…", ["create", "-f", "-"], secret);
  }

  /** Deletes the hubs of the scene, and with them everything that they made. */
  async leave(): Promise<void> {
    await this.kubectl("delete lynqhubs --all");
    await this.check("the hub is deleted, and with it every node and its resources", async () => {
      const left = await this.list("LynqNode");
      return left.length === 0 ? undefined : `${left.length} nodes are left`;
    });
    await this.#aside(`delete namespace ${this.#namespace} --wait=false`);
    await this.database.clear();
  }

  /** Runs a statement in the database of the shop. */
  async sql(statement: string): Promise<void> {
    this.screen.command("mysql>", statement.endsWith(";") ? statement : `${statement};`);
    const started = Date.now();
    const rows = await this.#patience.step("the database", () => this.database.query(statement));
    this.screen.output(rows.length === 0 ? "" : table(rows), Date.now() - started);
  }

  /** Runs the statements of a file of examples/, one by one. */
  async sqlFile(example: string): Promise<void> {
    const text = readFileSync(join(projectFolder, "examples", example), "utf8");
    for (const statement of text.split(/;\s*$/m).map(each => each.trim()))
      if (statement !== "") await this.sql(statement);
  }

  /** Runs kubectl, words separated by spaces, or one by one where a word has spaces. */
  async kubectl(command: string | readonly string[], options: KubectlOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.#run(command, options);
    if (code !== 0) throw new StepFailed(`kubectl ended with exit code ${code}: ${firstLine(stderr)}`);
    return stdout;
  }

  /** Applies files of examples/; the address of the database takes the place of the articles'. */
  async apply(...examples: readonly string[]): Promise<void> {
    for (const example of examples) {
      const path = `examples/${example}`;
      const text = readFileSync(join(projectFolder, path), "utf8");
      const { host, port } = this.database;
      const article = "mysql.default.svc.cluster.local";
      if (!text.includes(article)) {
        await this.kubectl(`apply -f ${path}`);
        continue;
      }
      const input = text.replaceAll(article, host).replaceAll("3306", String(port));
      await this.kubectl("apply -f -", { input, pipedFrom: `sed 's/${article}/${host}/; s/3306/${port}/' ${path}` });
    }
  }

  /** Applies a file that the API server must refuse with these words. */
  async refused(example: string, ...words: readonly string[]): Promise<void> {
    const { code, stderr } = await this.#run(`apply -f examples/${example}`, {});
    const missing = code === 0 ? "it was accepted" : words.find(each => !stderr.includes(each));
    await this.check(`refused, and says: ${words.join(" · ")}`, () =>
      Promise.resolve(missing === undefined ? undefined : `missing: ${missing}`),
    );
  }

  find(reference: Reference): Promise<KubernetesObject | undefined> {
    return this.#reader.find(reference, this.#namespace);
  }

  /** @throws StepFailed when there is no such object. */
  async get(reference: Reference): Promise<KubernetesObject> {
    const found = await this.find(reference);
    if (found === undefined) throw new StepFailed(`there is no ${reference}`);
    return found;
  }

  list(kind: Kind, namespace = this.#namespace, labelSelector?: string): Promise<readonly KubernetesObject[]> {
    return this.#reader.list(kind, namespace, labelSelector);
  }

  /** Waits until the API server shows these fields. */
  async see(what: string, reference: Reference, expected: object): Promise<void> {
    await this.check(what, async () => {
      const found = await this.find(reference);
      return found === undefined ? `there is no ${reference} yet` : mismatch(found, expected);
    });
  }

  /** Waits until a node of this name is ready, as it is now. */
  async ready(what: string, node: string): Promise<void> {
    await this.check(what, async () => {
      const found = await this.find(`LynqNode ${node}`);
      if (found === undefined) return `there is no LynqNode ${node} yet`;
      const status = found["status"];
      const outdated = mismatch(status, { observedGeneration: found.metadata.generation }, ".status");
      return outdated ?? conditionMismatch(status, { type: "Ready", status: "True" });
    });
  }

  /** Waits until a condition of an object is as expected. */
  async condition(what: string, reference: Reference, expected: ExpectedCondition): Promise<void> {
    await this.check(what, async () => {
      const found = await this.find(reference);
      return found === undefined ? `there is no ${reference} yet` : conditionMismatch(found["status"], expected);
    });
  }

  /** Waits until these objects are gone. */
  async gone(what: string, ...references: readonly Reference[]): Promise<void> {
    await this.check(what, async () => {
      for (const reference of references)
        if ((await this.find(reference)) !== undefined) return `${reference} still exists`;
      return undefined;
    });
  }

  /** Waits until an event about this object has been told; with these very words, if they are given. */
  async event(what: string, name: string, reason: string, message?: string): Promise<void> {
    await this.check(what, async () => {
      const events = await this.#reader.events(name, this.#namespace);
      const told = events.some(each => each.reason === reason && (message === undefined || each.message === message));
      return told
        ? undefined
        : `its events are: ${events.map(each => `${each.reason}: ${each.message}`).join(" | ") || "none"}`;
    });
  }

  /** When the status of an object last changed to this condition. @throws StepFailed when it has none */
  async since(reference: Reference, type: string): Promise<number> {
    const found = conditionsOf((await this.get(reference))["status"]).find(each => each["type"] === type);
    if (typeof found?.["lastTransitionTime"] !== "string")
      throw new StepFailed(`${reference} has no condition ${type}`);
    return Date.parse(found["lastTransitionTime"]);
  }

  /** The UIDs of objects that exist, to tell later whether they are still the same ones. */
  async uids(...references: readonly Reference[]): Promise<ReadonlyMap<Reference, string>> {
    const found = await Promise.all(
      references.map(async each => [each, (await this.get(each)).metadata.uid ?? ""] as const),
    );
    return new Map(found);
  }

  /** Checks that the objects are the very same ones as before. */
  async same(what: string, before: ReadonlyMap<Reference, string>): Promise<void> {
    await this.check(what, async () => {
      for (const [reference, uid] of before) {
        const now = (await this.find(reference))?.metadata.uid;
        if (now !== uid)
          throw new StepFailed(`${reference} ${now === undefined ? "is gone" : "is another object now"}`);
      }
      return undefined;
    });
  }

  /** Does something to the machine that is no command of the audience's. */
  async act(what: string, work: () => Promise<void>): Promise<void> {
    this.screen.command("#", what);
    const started = Date.now();
    await this.#patience.step(what, work);
    this.screen.output("", Date.now() - started);
  }

  /** Lets time pass, with something to read meanwhile. */
  async pass(what: string, milliseconds: number, report: () => Promise<string>): Promise<void> {
    const started = Date.now();
    await this.#patience.wait(what, async () => (Date.now() - started < milliseconds ? report() : undefined));
    this.screen.note(`  ${what}: ${duration(Date.now() - started)}`);
  }

  /** Waits until the probe has nothing to complain about, and counts it. */
  async check(what: string, probe: Probe): Promise<void> {
    const started = Date.now();
    try {
      await this.#patience.wait(what, probe);
    } catch (error) {
      throw new StepFailed(`${what}: ${firstLine(error)}`);
    }
    this.passed++;
    this.screen.passed(what, Date.now() - started);
  }

  /** Waits, without a word unless it takes long, for what an earlier scene has left to go. */
  async #absent(reference: Reference): Promise<void> {
    await this.#patience.wait(`${reference} of an earlier scene goes`, async () =>
      (await this.find(reference)) === undefined ? undefined : "it still exists",
    );
  }

  /** A command that is no part of the story. The words that are shown may leave out a password. */
  async #aside(shown: string, words: readonly string[] = shown.split(" "), input?: string): Promise<void> {
    this.screen.note(`$ kubectl ${shown}`);
    const { code, stderr } = await this.#patience.step("kubectl", () =>
      this.cluster.kubectl(words, input === undefined ? {} : { input }),
    );
    if (code !== 0) throw new StepFailed(`kubectl ${shown}: ${firstLine(stderr)}`);
  }

  async #run(command: string | readonly string[], { input, pipedFrom, lines, sections }: KubectlOptions) {
    const words = typeof command === "string" ? command.split(" ") : command;
    const typed = commandLine(["kubectl", ...words]);
    this.screen.command("$", pipedFrom === undefined ? typed : `${pipedFrom} | ${typed}`);
    const started = Date.now();
    const result = await this.#patience.step("kubectl", () =>
      this.cluster.kubectl(words, input === undefined ? {} : { input }),
    );
    this.screen.output(`${result.stdout}${result.stderr}`, Date.now() - started, { lines, sections });
    return result;
  }
}
