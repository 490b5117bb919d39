import { firstLine } from "../log";
import { type Scene } from "./scene";
import { type Screen } from "./screen";
import { type Stage } from "./stage";

/** Plays scenes one after the other; the last one stays as it is in the end. One that fails does not keep the others from being played. */
export async function play(scenes: readonly Scene[], stage: Stage, screen: Screen): Promise<void> {
  for (const [index, scene] of scenes.entries()) {
    screen.heading(`${index + 1}/${scenes.length} ${scene.title}`);
    if (scene.needsWebhooks === true && !stage.hasWebhooks) {
      screen.note("left out: the webhooks are not registered, see --webhook-host");
      continue;
    }
    screen.say(scene.about);
    for (const act of [
      async () => {
        await stage.enter(scene);
        await scene.play(stage);
      },
      async () => {
        if (index + 1 < scenes.length) await stage.leave();
      },
    ])
      try {
        await act();
      } catch (error) {
        stage.failed++;
        screen.failed(scene.title, firstLine(error));
      }
  }
}
