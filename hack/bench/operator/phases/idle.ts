import { pause } from "../../../wait";
import { syncIntervalMs } from "../form";
import { type Phase, untilQuiet } from "./phase";

/** Nothing changes. */
export const idle: Phase = async context => {
  const { idleSeconds } = context.arguments;
  const rested = await untilQuiet(context);
  context.neverRests = !rested;
  const reading = await context.world.meter.begin();
  await pause(idleSeconds * 1_000);
  const cost = await reading.end();
  const intervals = cost.seconds / (syncIntervalMs / 1_000);
  return {
    phase: "idle",
    title: `${idleSeconds} s in which nothing changes`,
    nodes: undefined,
    seconds: { idle: cost.seconds },
    samples: {},
    cost,
    notes: {
      "came to rest": rested ? "yes" : "no",
      "requests a minute": ((cost.requests.reads + cost.requests.writes) * 60) / cost.seconds,
      "queries an interval": cost.database.queries / intervals,
      "bytes an interval": cost.database.bytesSent / intervals,
    },
  };
};
