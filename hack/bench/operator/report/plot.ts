import { type SizeResult } from "../run";

/** One line of a plot: seconds at which things got there, sorted. */
interface Curve {
  readonly name: string;
  readonly colour: string;
  readonly times: readonly number[];
}

const panel = { width: 560, height: 260, left: 56, top: 46, right: 20, bottom: 44 } as const;
const colours = ["#1f6feb", "#d1242f", "#57606a", "#9a6700"] as const;

const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A round step that divides `range` into about five parts. */
function stepOf(range: number): number {
  const rough = Math.max(range, 1e-9) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5].find(each => each * power >= rough) ?? 10) * power;
}

function curvesOf({ phases, floor }: SizeResult): Curve[] {
  const fill = phases.find(({ phase }) => phase === "fill");
  const named = [
    ["operator: LynqNodes Ready", fill?.curves?.["Ready"]],
    ["operator: Deployments available", fill?.curves?.["available"]],
    ["floor: Deployments available", floor?.available],
  ] as const;
  return named.flatMap(([name, times], index) =>
    times === undefined || times.length === 0 ? [] : [{ name, times, colour: colours[index] ?? "black" }],
  );
}

/** At most this many points of a line: more are not seen. */
const mostPoints = 400;

/** Some of the times, the last among them, each with the share of all that had got there. */
function shown(times: readonly number[]): readonly (readonly [at: number, share: number])[] {
  const stride = Math.ceil(times.length / mostPoints);
  return times.flatMap((at, index) => {
    const done = index + 1;
    return done % stride === 0 || done === times.length ? [[at, done / times.length] as const] : [];
  });
}

function drawPanel(size: SizeResult, top: number): string {
  const curves = curvesOf(size);
  const width = panel.width - panel.left - panel.right;
  const height = panel.height - panel.top - panel.bottom;
  const end = Math.max(1, ...curves.map(({ times }) => times.at(-1) ?? 0));
  const x = (seconds: number) => (panel.left + (seconds / end) * width).toFixed(1);
  const y = (share: number) => (top + panel.top + (1 - share) * height).toFixed(1);
  const parts = [
    `<text x="${panel.left}" y="${top + 18}" font-weight="bold">${escape(`Cold fill of ${size.rows} rows: ${size.operator}`)}</text>`,
  ];
  for (const share of [0, 0.25, 0.5, 0.75, 1])
    parts.push(
      `<line x1="${panel.left}" x2="${panel.left + width}" y1="${y(share)}" y2="${y(share)}" stroke="#d0d7de"/>`,
      `<text x="${panel.left - 6}" y="${y(share)}" dy="4" text-anchor="end">${share * 100} %</text>`,
    );
  const step = stepOf(end);
  for (let at = 0; at <= end + 1e-9; at += step)
    parts.push(
      `<text x="${x(at)}" y="${top + panel.height - 24}" text-anchor="middle">${Number(at.toFixed(3))} s</text>`,
    );
  curves.forEach(({ name, colour, times }, index) => {
    const points = shown(times).map(([at, share]) => `${x(at)},${y(share)}`);
    parts.push(
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${[`${x(0)},${y(0)}`, `${x(times[0] ?? 0)},${y(0)}`, ...points].join(" ")}"/>`,
      `<text x="${panel.left + index * 175}" y="${top + 36}" fill="${colour}">${escape(name)}</text>`,
    );
  });
  return parts.join("\n");
}

/** How every fill went, one panel each, as an SVG document. */
export function plot(sizes: readonly SizeResult[]): string {
  const height = panel.height * sizes.length;
  const panels = sizes.map((size, index) => drawPanel(size, index * panel.height)).join("\n");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${panel.width} ${height}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="white"/>
${panels}
</svg>
`;
}
