import fc, { type AsyncCommand } from "fast-check";
import { type KubernetesObject } from "../../lib/blueprint/object";
import { eventually } from "../environment/eventually";
import { type Model, type ModelObject, objectKey } from "./model";
import { type FormContent, objectName, partNames, parts, resourceLists } from "./parts";
import { kubectlName, type Stage } from "./stage";

type Command = AsyncCommand<Model, Stage>;

const rowNames = ["r1", "r2", "r3", "r4"] as const;
const formNames = ["alpha", "beta"] as const;
/** Lynq takes the fifth correction of one object within a minute for a fight; a person does it less often. */
const MOST_CORRECTIONS = 3;

/** One step: whether it makes sense now, what it does to the real thing, and what must come of it. */
interface Step {
  readonly title: string;
  readonly possible: (model: Readonly<Model>) => boolean;
  readonly act: (stage: Stage, model: Model) => Promise<void>;
  readonly expect: (model: Model) => void;
}

/** A step that is waited for: the next one starts from a settled state. */
function command({ title, possible, act, expect }: Step): Command {
  return {
    check: model => possible(model),
    async run(model, stage) {
      await act(stage, model);
      expect(model);
      model.settle();
      await stage.settle(model);
    },
    toString: () => title,
  };
}

const rowName = fc.constantFrom(...rowNames);
const formName = fc.constantFrom(...formNames);
const size = fc.integer({ min: 1, max: 3 });
const content = fc.record<FormContent>({
  parts: fc.subarray([...partNames], { minLength: 1 }),
  renamed: fc.boolean(),
  otherIds: fc.boolean(),
});

const insert = fc.tuple(rowName, size).map(([row, rowSize]) =>
  command({
    title: `INSERT ${row} with size ${rowSize}`,
    possible: ({ rows }) => !rows.has(row),
    act: async stage => {
      await changeRows(stage, "INSERT INTO nodes VALUES (?, 1, ?, 0)", [row, rowSize]);
    },
    expect: ({ rows }) => rows.set(row, { active: true, size: rowSize, twin: false, paused: false }),
  }),
);

const resize = fc.tuple(rowName, size).map(([row, rowSize]) =>
  command({
    title: `UPDATE ${row} SET size = ${rowSize}`,
    possible: ({ rows }) => rows.has(row),
    act: async stage => {
      await changeRows(stage, "UPDATE nodes SET size = ? WHERE id = ?", [rowSize, row]);
    },
    expect: ({ rows }) => {
      const known = rows.get(row);
      if (known !== undefined) known.size = rowSize;
    },
  }),
);

const activate = fc.tuple(fc.subarray([...rowNames], { minLength: 1 }), fc.boolean()).map(([names, active]) =>
  command({
    title: `UPDATE ${names.join()} SET active = ${String(active)}`,
    possible: ({ rows }) => names.some(name => rows.has(name)),
    act: async stage => {
      await changeRows(stage, "UPDATE nodes SET active = ? WHERE id IN (?)", [active, names]);
    },
    expect: ({ rows }) => {
      for (const [name, row] of rows) if (names.some(one => one === name)) row.active = active;
    },
  }),
);

const remove = fc.subarray([...rowNames], { minLength: 1 }).map(names =>
  command({
    title: `DELETE ${names.join()}`,
    possible: ({ rows }) => names.some(name => rows.has(name)),
    act: async stage => {
      await changeRows(stage, "DELETE FROM nodes WHERE id IN (?)", [names]);
    },
    expect: ({ rows }) => {
      for (const name of names) rows.delete(name);
    },
  }),
);

const twin = fc.tuple(rowName, fc.boolean()).map(([row, doubled]) =>
  command({
    title: doubled ? `INSERT ${row} a second time` : `DELETE the second ${row}`,
    possible: ({ rows }) => rows.get(row)?.twin === !doubled,
    act: async stage => {
      await changeRows(
        stage,
        doubled ? "INSERT INTO nodes SELECT * FROM nodes WHERE id = ?" : "DELETE FROM nodes WHERE id = ? LIMIT 1",
        [row],
      );
    },
    expect: ({ rows }) => {
      const known = rows.get(row);
      if (known !== undefined) known.twin = doubled;
    },
  }),
);

const applyForm = fc.tuple(formName, content).map(([form, formContent]) =>
  command({
    title: `apply form ${form}: ${formContent.parts.join()}${formContent.renamed ? ", other names" : ""}${formContent.otherIds ? ", other ids" : ""}`,
    possible: () => true,
    act: ({ scenario, farNamespace }) => scenario.form(form, resourceLists(form, formContent, farNamespace)),
    expect: ({ forms }) => forms.set(form, formContent),
  }),
);

const deleteForm = formName.map(form =>
  command({
    title: `kubectl delete lynqform ${form}`,
    possible: ({ forms }) => forms.has(form),
    act: ({ scenario }) => kubectl(scenario, ["delete", "lynqform", form]),
    expect: ({ forms, suspendedForms }) => {
      forms.delete(form);
      suspendedForms.delete(form);
    },
  }),
);

const deleteNode = fc.tuple(rowName, formName).map(([row, form]) =>
  command({
    title: `kubectl delete lynqnode ${row}-${form}`,
    possible: ({ nodes }) => nodes.has(`${row}-${form}`),
    act: ({ scenario }) => kubectl(scenario, ["delete", "lynqnode", `${row}-${form}`]),
    expect: model => {
      model.remove(`${row}-${form}`);
    },
  }),
);

/** One of the objects of a node, by its place among them. */
const someObject = fc.record({ row: rowName, form: formName, place: fc.nat(5) });

function pick(model: Readonly<Model>, { row, form, place }: { row: string; form: string; place: number }) {
  const mine = model.belongings(`${row}-${form}`);
  return mine[place % Math.max(1, mine.length)];
}

function correctable(model: Readonly<Model>, key: string): boolean {
  return (model.corrections.get(key) ?? 0) < MOST_CORRECTIONS;
}

function countCorrection(model: Model, key: string): void {
  model.corrections.set(key, (model.corrections.get(key) ?? 0) + 1);
}

const deleteObject = someObject.map(which => {
  const title = `kubectl delete object ${which.place} of ${which.row}-${which.form}`;
  return command({
    title,
    possible: model => {
      const [key] = pick(model, which) ?? [];
      return key !== undefined && correctable(model, key);
    },
    act: async (stage, model) => {
      const [, object] = pick(model, which) ?? [];
      if (object !== undefined) await deleteByHand(stage, object);
    },
    expect: model => {
      const [key] = pick(model, which) ?? [];
      if (key === undefined) return;
      model.objects.delete(key);
      countCorrection(model, key);
    },
  });
});

/** What somebody else's finalizer keeps, the operator waits for: it makes no second one, and lets nothing go that the object needs. */
const deleteHeldObject = someObject.map(which =>
  command({
    title: `kubectl delete object ${which.place} of ${which.row}-${which.form}, which a finalizer keeps for a while`,
    possible: model => {
      const [key] = pick(model, which) ?? [];
      return key !== undefined && correctable(model, key);
    },
    act: async (stage, model) => {
      const [, object] = pick(model, which) ?? [];
      if (object === undefined) return;
      await held(stage, object, async () => {
        await deleteByHand(stage, object, "--wait=false");
        await stage.scenario.afterSyncs();
        const { metadata } = await live(stage, object);
        if (metadata.deletionTimestamp === undefined || metadata.uid !== object.uid)
          throw new Error(`${object.name} was let go of while its finalizer kept it`);
      });
    },
    expect: model => {
      const [key] = pick(model, which) ?? [];
      if (key === undefined) return;
      model.objects.delete(key);
      countCorrection(model, key);
    },
  }),
);

const deleteNodeWithHeldObject = someObject.map(which => {
  const name = `${which.row}-${which.form}`;
  return command({
    title: `kubectl delete lynqnode ${name}, whose object ${which.place} a finalizer keeps for a while`,
    possible: model => pick(model, which) !== undefined,
    act: async (stage, model) => {
      const [, object] = pick(model, which) ?? [];
      if (object === undefined) return;
      const { uid } = (await stage.scenario.node(name)).metadata;
      await held(stage, object, async () => {
        await kubectl(stage.scenario, ["delete", "lynqnode", name, "--wait=false"]);
        await stage.scenario.afterSyncs();
        if (parts[object.part].retain === true) return;
        const { metadata } = await stage.scenario.node(name);
        if (metadata.uid !== uid || metadata.deletionTimestamp === undefined)
          throw new Error(`${name} went before everything that it had made`);
      });
    },
    expect: model => {
      model.remove(name);
    },
  });
});

const reconcileNow = fc.tuple(rowName, formName).map(([row, form]) => {
  const name = `${row}-${form}`;
  return command({
    title: `lynq reconcile node/${name}`,
    possible: model => {
      const node = model.nodes.get(name);
      return node !== undefined && !model.isSuspended(node);
    },
    act: ({ scenario }) => reconcile(scenario, "lynqnode", name, () => scenario.node(name)),
    expect: () => undefined,
  });
});

const editObject = someObject.map(which => {
  const editable = (model: Readonly<Model>): readonly [string, ModelObject] | undefined => {
    const picked = pick(model, which);
    if (picked === undefined) return undefined;
    const { once = false, kind } = parts[picked[1].part];
    return kind === "ConfigMap" && !once && correctable(model, picked[0]) ? picked : undefined;
  };
  return command({
    title: `kubectl edit object ${which.place} of ${which.row}-${which.form}`,
    possible: model => editable(model) !== undefined,
    act: async (stage, model) => {
      const [, object] = editable(model) ?? [];
      if (object === undefined) return;
      const patch = JSON.stringify({ data: { size: "edited" } });
      const namespace = stage.namespaceOf(object);
      await kubectl(stage.scenario, [
        "patch",
        kubectlName(object),
        `--namespace=${namespace}`,
        "--type=merge",
        "-p",
        patch,
      ]);
    },
    expect: model => {
      const [key, object] = editable(model) ?? [];
      if (key === undefined || object === undefined) return;
      object.size = "edited";
      countCorrection(model, key);
    },
  });
});

const squat = fc.tuple(rowName, formName, fc.boolean()).map(([row, form, renamed]) => {
  const name = objectName(row, form, "far", { parts: [], renamed, otherIds: false });
  const key = objectKey("far", name);
  return command({
    title: `somebody else makes ${key}`,
    possible: ({ objects, foreign }) => !objects.has(key) && !foreign.has(key),
    act: async ({ scenario, farNamespace }, model) => {
      await kubectl(scenario, ["create", "configmap", name, `--namespace=${farNamespace}`]);
      const { uid = "" } = (await scenario.get("v1", "ConfigMap", name, farNamespace)).metadata;
      model.foreign.set(key, uid);
    },
    expect: () => undefined,
  });
});

const unsquat = fc.tuple(rowName, formName, fc.boolean()).map(([row, form, renamed]) => {
  const name = objectName(row, form, "far", { parts: [], renamed, otherIds: false });
  const key = objectKey("far", name);
  return command({
    title: `somebody else removes ${key}`,
    possible: ({ foreign }) => foreign.has(key),
    act: stage => deleteByHand(stage, { part: "far", name, far: true }),
    expect: ({ foreign }) => foreign.delete(key),
  });
});

const suspendNode = fc.tuple(rowName, formName, fc.boolean()).map(([row, form, suspended]) => {
  const name = `${row}-${form}`;
  return command({
    title: `${suspended ? "suspend" : "resume"} node ${name}`,
    possible: ({ nodes }) => nodes.get(name)?.suspended === !suspended,
    act: ({ scenario }) =>
      kubectl(scenario, ["annotate", "lynqnode", name, suspended ? "lynq.sh/suspend=true" : "lynq.sh/suspend-"]),
    expect: ({ nodes }) => {
      const node = nodes.get(name);
      if (node !== undefined) node.suspended = suspended;
    },
  });
});

const suspendRow = fc.tuple(rowName, fc.boolean()).map(([row, paused]) =>
  command({
    title: `UPDATE ${row} SET paused = ${String(paused)}`,
    possible: ({ rows }) => rows.get(row)?.paused === !paused,
    act: async stage => {
      await changeRows(stage, "UPDATE nodes SET paused = ? WHERE id = ?", [paused, row]);
    },
    expect: ({ rows }) => {
      const known = rows.get(row);
      if (known !== undefined) known.paused = paused;
    },
  }),
);

const suspendForm = fc.tuple(formName, fc.boolean()).map(([form, suspended]) =>
  command({
    title: `${suspended ? "suspend" : "resume"} form ${form}`,
    possible: ({ forms, suspendedForms }) => forms.has(form) && suspendedForms.has(form) === !suspended,
    act: ({ scenario }) =>
      kubectl(scenario, [
        "patch",
        "lynqform",
        form,
        "--type=merge",
        "-p",
        JSON.stringify({ spec: { suspend: suspended } }),
      ]),
    expect: ({ suspendedForms }) => {
      if (suspended) suspendedForms.add(form);
      else suspendedForms.delete(form);
    },
  }),
);

const approve = fc.constant(
  command({
    title: "approve the held deletions",
    possible: ({ held }) => held !== undefined,
    act: async ({ scenario }) => {
      const { status } = await scenario.hubObject();
      const digest = status?.deletionHeld?.digest ?? "";
      await kubectl(scenario, ["annotate", "--overwrite", "lynqhub", "hub", `lynq.sh/approve-deletion=${digest}`]);
    },
    expect: model => {
      model.approve();
    },
  }),
);

const restart = fc.constantFrom("kill" as const, "stop" as const).map(how =>
  command({
    title: `${how} the operator, and start it`,
    possible: () => true,
    act: async ({ scenario }) => {
      await scenario.environment.act(`operator/${how}`);
      await scenario.environment.act("operator/start");
    },
    expect: () => undefined,
  }),
);

/** Where every walk starts: three rows, and a form with one of each. */
export async function begin(stage: Stage, model: Model): Promise<void> {
  const first = rowNames.slice(0, 3);
  await stage.scenario.sql("INSERT INTO nodes VALUES ?", [first.map(row => [row, true, 1, false])]);
  for (const row of first) model.rows.set(row, { active: true, size: 1, twin: false, paused: false });
  const everything = { parts: partNames, renamed: false, otherIds: false };
  await stage.scenario.form("alpha", resourceLists("alpha", everything, stage.farNamespace));
  model.forms.set("alpha", everything);
  model.settle();
  await stage.settle(model);
}

/** Every step of the walk; what makes things comes more often, so that there is something to break. */
export const steps: fc.Arbitrary<Command>[] = [
  insert,
  insert,
  applyForm,
  applyForm,
  resize,
  activate,
  remove,
  twin,
  deleteForm,
  deleteNode,
  deleteObject,
  deleteHeldObject,
  deleteNodeWithHeldObject,
  editObject,
  squat,
  unsquat,
  suspendNode,
  suspendRow,
  suspendForm,
  reconcileNow,
  approve,
  restart,
];

/** Changes rows. What nobody can see in the cluster, because nodes are held or frozen, is known to the hub afterwards all the same. */
async function changeRows({ scenario }: Stage, statement: string, values: readonly unknown[]): Promise<void> {
  await scenario.sql(statement, values);
  await reconcile(scenario, "lynqhub", "hub", () => scenario.hubObject());
}

/** Asks to be looked at again, and waits for the answer. */
async function reconcile(
  scenario: Stage["scenario"],
  kind: string,
  name: string,
  read: () => Promise<{ status?: { lastHandledReconcileAt?: string } }>,
): Promise<void> {
  const asked = new Date().toISOString();
  await kubectl(scenario, ["annotate", "--overwrite", kind, name, `lynq.sh/reconcile-at=${asked}`]);
  await eventually(async () => {
    const answered = (await read()).status?.lastHandledReconcileAt;
    if (answered !== asked) throw new Error(`${kind} ${name} has answered ${answered ?? "nothing"}, not ${asked}`);
  });
}

type Named = Pick<ModelObject, "part" | "name" | "far">;

async function deleteByHand(stage: Stage, object: Named, ...options: readonly string[]): Promise<void> {
  await kubectl(stage.scenario, [
    "delete",
    kubectlName(object),
    `--namespace=${stage.namespaceOf(object)}`,
    ...options,
  ]);
}

/** Does something while somebody else's finalizer is on an object. */
async function held(stage: Stage, object: Named, act: () => Promise<void>): Promise<void> {
  const finalizers = (names: readonly string[] | null) => {
    const patch = JSON.stringify({ metadata: { finalizers: names } });
    const namespace = `--namespace=${stage.namespaceOf(object)}`;
    return kubectl(stage.scenario, ["patch", kubectlName(object), namespace, "--type=merge", "-p", patch]);
  };
  await finalizers(["example.com/hold"]);
  try {
    await act();
  } finally {
    await finalizers(null);
  }
}

function live(stage: Stage, object: Named): Promise<KubernetesObject> {
  const { apiVersion, kind } = parts[object.part];
  return stage.scenario.get(apiVersion, kind, object.name, stage.namespaceOf(object));
}

async function kubectl(scenario: Stage["scenario"], args: readonly string[]): Promise<void> {
  const { code, stderr } = await scenario.kubectl(args);
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr.trim()}`);
}
