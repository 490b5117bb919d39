import { readFileSync } from "node:fs";
import { httpsGet } from "../../hack/https-get";
import { environmentDetails } from "./scenario";

/** One series of a scrape. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What the operator tells at `/metrics` now. */
export class Scrape {
  private constructor(
    readonly text: string,
    readonly series: readonly Series[],
  ) {}

  static async take(): Promise<Scrape> {
    const { operator } = environmentDetails();
    if (operator === undefined) throw new Error("no operator runs");
    const { status, body } = await httpsGet(`${operator.url}/metrics`, readFileSync(operator.caPath, "utf8"));
    if (status !== 200) throw new Error(`/metrics answers ${status}: ${body}`);
    return new Scrape(
      body,
      body.split("\n").flatMap(line => (line === "" || line.startsWith("#") ? [] : [seriesOf(line)])),
    );
  }

  /** Series of a name that have these labels, among others. */
  find(name: string, labels: Readonly<Record<string, string>> = {}): Series[] {
    const wanted = Object.entries(labels);
    return this.series.filter(
      one => one.name === name && wanted.every(([label, value]) => one.labels[label] === value),
    );
  }

  /** The value of the one series of that name with these labels. @throws Error when there is none, or are several */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const found = this.find(name, labels);
    const [one] = found;
    if (one === undefined || found.length > 1)
      throw new Error(`there are ${found.length} series ${name} ${JSON.stringify(labels)}`);
    return one.value;
  }
}

const LINE = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)$/;
const LABEL = /(?<name>[a-zA-Z_]\w*)="(?<value>(?:[^"\\]|\\.)*)"(?:,|$)/gy;

/** One line of Prometheus' text format. @throws Error for a line that is none */
function seriesOf(line: string): Series {
  const { name = "", labels: text = "", value = "" } = LINE.exec(line)?.groups ?? {};
  const labels: Record<string, string> = {};
  let length = 0;
  for (const match of text.matchAll(LABEL)) {
    labels[match.groups?.["name"] ?? ""] = match.groups?.["value"] ?? "";
    length += match[0].length;
  }
  // Node's own metrics are no number before the first sample; Prometheus reads it in any case.
  const isNumber = !Number.isNaN(Number(value)) || /^nan$/i.test(value);
  const number = value === "+Inf" ? Infinity : Number(value);
  if (name === "" || length !== text.length || !(value === "+Inf" || isNumber))
    throw new Error(`no line of metrics: ${line}`);
  return { name, labels, value: number };
}
