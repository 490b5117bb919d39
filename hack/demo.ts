import { type DemoArguments, parseArguments, usage } from "./demo/arguments";
import { type DemoCluster } from "./demo/demo-cluster";
import { startOnContext } from "./demo/existing-cluster";
import { play } from "./demo/play";
import { startPrivateCluster } from "./demo/private-cluster";
import { type Scene } from "./demo/scene";
import { scenes } from "./demo/scenes";
import { Screen } from "./demo/screen";
import { Stage } from "./demo/stage";
import { SetupError } from "./errors";
import { firstLine, seconds } from "./log";
import { endInOrder } from "./shutdown";

/** What the audience can do now. */
function invite(
  screen: Screen,
  { kubeconfigPath, kubectlPath, database, operatorLogPath }: DemoCluster,
  last: Scene | undefined,
): void {
  screen.heading("It stays up: try it yourself, Ctrl-C ends it");
  screen.say(`export KUBECONFIG=${kubeconfigPath}`);
  screen.say(`${kubectlPath} get lynq`);
  screen.say(database.clientCommand);
  if (last?.tryIt !== undefined) screen.say(`  ${last.tryIt};`);
  screen.note(`The operator's log: ${operatorLogPath}`);
}

/** Undefined when the user has to agree first. */
async function start(
  { context, webhookHost, yes }: DemoArguments,
  chosen: readonly Scene[],
  screen: Screen,
): Promise<DemoCluster | undefined> {
  screen.heading("Setting up");
  const log = (line: string) => {
    screen.note(line);
  };
  if (context === undefined) return await startPrivateCluster(log);
  const say = (line: string) => {
    screen.say(line);
  };
  return await startOnContext({ context, webhookHost, scenes: chosen, yes, log, say });
}

/** `npm run demo`: sets everything up, plays the story, and stays or ends. */
async function demo(): Promise<void> {
  const started = Date.now();
  const screen = Screen.ofProcess();
  const wanted = parseArguments(process.argv.slice(2), scenes.length);
  if (wanted.help) {
    screen.say(usage);
    screen.say(
      ["\nThe scenes:", ...scenes.map(({ title }, index) => `${String(index + 1).padStart(4)}  ${title}`)].join("\n"),
    );
    return;
  }
  const chosen = scenes.filter((_, index) => wanted.scenes.length === 0 || wanted.scenes.includes(index + 1));
  const cluster = await start(wanted, chosen, screen);
  if (cluster === undefined) {
    screen.say("\nNothing was created. Add --yes to go on.");
    process.exitCode = 1;
    return;
  }
  // Silenced when everything ends, while the clean-up still has something to say.
  const story = Screen.ofProcess();
  endInOrder(async () => {
    story.close();
    screen.say("\nCleaning up");
    await cluster.stop();
    screen.say("Nothing is left running.");
  });
  screen.note(`everything runs after ${seconds(Date.now() - started)}`);

  const stage = new Stage(story, cluster);
  await play(chosen, stage, story);
  if (stage.failed > 0 || stage.passed === 0) process.exitCode = 1;
  const sum = `${stage.passed} passed, ${stage.failed} failed`;
  if (wanted.check) {
    await cluster.stop();
    screen.say(`\nin ${seconds(Date.now() - started)}, with the set-up`);
    screen.say(sum);
    return;
  }
  screen.say(`\n${sum}`);
  invite(screen, cluster, chosen.at(-1));
  // Keeps the process, and with it everything, until a signal ends both.
  setInterval(() => undefined, 60_000);
}

demo().catch((error: unknown) => {
  console.error(error instanceof SetupError ? error.message : `the demo could not go on: ${firstLine(error)}`);
  process.exit(1);
});
