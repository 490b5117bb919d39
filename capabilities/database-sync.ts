import { Capability } from "pepr";
import { LynqHub } from "../crds/kinds";
import { operator } from "../lib/controllers/operator-process";

export const databaseSync = new Capability({
  name: "database-sync",
  description: "Keeps the LynqNodes of every LynqHub in step with the rows of its table.",
});

const { When, OnSchedule } = databaseSync;

When(LynqHub)
  .IsCreatedOrUpdated()
  .Watch(hub => {
    operator().lookAtHub(hub);
  });

// Each hub keeps its own interval; this only revives a loop that was lost. Coarse, since Pepr writes to its store on every tick.
OnSchedule({
  name: "hub-loops",
  every: 10,
  unit: "minutes",
  run: () => {
    operator().lookAtEveryHub();
  },
});
