import { compileTemplate, type GoValue } from "../../lib/template";
import { ReferenceProgram } from "../conformance/reference-program";
import { formRow, formTexts } from "./template-form";

/** Forms rendered in a round, and rounds of each side, of which the best counts: other work on the machine only adds. */
const renders = 1_000;
const rounds = 15;
/** Rounds before anything is measured, so that what is measured is compiled. */
const warmUp = 3;

/** Nanoseconds a form. */
interface Measurement {
  readonly renderNanoseconds: number;
  readonly parseNanoseconds: number;
  readonly output: string;
}

function best(times: number, work: () => void): number {
  let shortest = Infinity;
  for (let round = -warmUp; round < rounds; round++) {
    const started = process.hrtime.bigint();
    for (let index = 0; index < times; index++) work();
    const passed = Number(process.hrtime.bigint() - started);
    if (round >= 0) shortest = Math.min(shortest, passed);
  }
  return shortest / times;
}

function measureOurs(): Measurement {
  const row = new Map<string, GoValue>(Object.entries(formRow));
  const templates = formTexts.map(text => compileTemplate(text));
  let length = 0;
  const renderNanoseconds = best(renders, () => {
    for (const template of templates) length += template.render(row).length;
  });
  const parseNanoseconds = best(renders / 20, () => {
    for (const text of formTexts) length += compileTemplate(text).source.length;
  });
  if (length === 0) throw new Error("nothing was rendered");
  const output = templates.map(template => `${template.render(row)}\n`).join("");
  return { renderNanoseconds, parseNanoseconds, output };
}

async function measureGo(reference: ReferenceProgram): Promise<Measurement> {
  const input = JSON.stringify({ templates: formTexts, data: formRow, renders, rounds });
  return JSON.parse(await reference.run(["-bench"], input)) as Measurement;
}

const faster = (ours: Measurement, than: Measurement): Measurement => ({
  ...ours,
  renderNanoseconds: Math.min(ours.renderNanoseconds, than.renderNanoseconds),
  parseNanoseconds: Math.min(ours.parseNanoseconds, than.parseNanoseconds),
});

const whole = (value: number) => Math.round(value).toLocaleString("en-US");

/**
 * `npm run bench -- template`: the same form and row here and in Go's text/template with Sprig, parsed once and rendered many times,
 * in turns, so that both see the same machine.
 */
export async function benchTemplates(): Promise<void> {
  const reference = await ReferenceProgram.ensure(console.error);
  const go = faster(await measureGo(reference), await measureGo(reference));
  const first = measureOurs();
  const goAgain = await measureGo(reference);
  const ours = faster(measureOurs(), first);
  const goBest = faster(go, goAgain);
  if (ours.output !== goBest.output) throw new Error("the two rendered different texts");

  const line = (name: string, { renderNanoseconds, parseNanoseconds }: Measurement) =>
    `${name.padEnd(34)} ${whole(1e9 / renderNanoseconds).padStart(10)} forms/s  ${(renderNanoseconds / 1e3).toFixed(1).padStart(8)} µs a form  ${(parseNanoseconds / 1e3).toFixed(1).padStart(8)} µs to parse it`;
  console.log(
    `a form of ${formTexts.length} texts, 5 resources; equal output; best of ${rounds} rounds of ${whole(renders)}`,
  );
  console.log(line(`Go ${reference.goVersion}, Sprig 3.3.0`, goBest));
  console.log(line(`lib/template, Node ${process.versions.node}`, ours));
  console.log(`render: ${(goBest.renderNanoseconds / ours.renderNanoseconds).toFixed(2)} times Go's speed`);
  console.log(`parse:  ${(goBest.parseNanoseconds / ours.parseNanoseconds).toFixed(2)} times Go's speed`);
}
