// A chart of the bits per note by epoch, as SVG. Its scales are pure.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 560, HEIGHT = 220, LEFT = 44, RIGHT = 12, TOP = 26, BOTTOM = 30; // pixels

/** A function from [low, high] to [start, stop]. */
export const scale = (low, high, start, stop) => (value) => start + ((value - low) / (high - low || 1)) * (stop - start);

/** Round values from `low` to `high`, about `most` of them. @returns {number[]} */
export function ticks(low, high, most = 5) {
  if (!(high > low)) return [low];
  const rough = (high - low) / most, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** The lines of a training: each with its name and its points [epoch, bits], without what is not known. */
export function seriesOf(history, baseline, t) {
  const column = (name) => history.filter((row) => Number.isFinite(row[name]) && row[name] !== null).map((row) => [row.epoch, row[name]]);
  const lines = [{ name: t("seriesValidation"), kind: "validation", points: column("validationBits") }, { name: t("seriesTraining"), kind: "train", points: column("trainBits") }];
  const epochs = history.map((row) => row.epoch);
  if (Number.isFinite(baseline) && baseline !== null && epochs.length) lines.push({ name: t("seriesBaseline"), kind: "baseline", points: [[0, baseline], [epochs.at(-1), baseline]] });
  return lines.filter(({ points }) => points.length);
}

function node(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

/**
 * The chart of some lines.
 * @param {{name: string, kind: string, points: number[][]}[]} lines
 * @param {{label: string, xLabel: string, format: (value: number) => string, epoch: (value: number) => string}} words
 */
export function chartOf(lines, { label, xLabel, format, epoch }) {
  const svg = node("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "bits-chart", role: "img", "aria-label": label });
  const all = lines.flatMap(({ points }) => points), xs = all.map(([x]) => x), ys = all.map(([, y]) => y);
  const [low, high] = [Math.min(...ys), Math.max(...ys)], margin = (high - low || 1) * 0.06, last = Math.max(...xs) || 1;
  const x = scale(0, last, LEFT, WIDTH - RIGHT), y = scale(low - margin, high + margin, HEIGHT - BOTTOM, TOP);
  for (const value of ticks(low - margin, high + margin)) {
    svg.append(node("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }), node("text", { class: "tick", x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, format(value)));
  }
  for (const value of ticks(0, last, 6)) svg.append(node("text", { class: "tick", x: x(value), y: HEIGHT - BOTTOM + 15, "text-anchor": "middle" }, epoch(value)));
  svg.append(node("text", { class: "tick", x: WIDTH - RIGHT, y: HEIGHT - 2, "text-anchor": "end" }, xLabel));
  lines.forEach(({ name, kind, points }, index) => {
    const [first] = points; // a line of one point would not be seen
    svg.append(points.length === 1 ? node("circle", { class: `line ${kind}`, cx: x(first[0]), cy: y(first[1]), r: 2 })
      : node("polyline", { class: `line ${kind}`, points: points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(" ") }));
    const left = LEFT + index * 130;
    svg.append(node("line", { class: `line ${kind}`, x1: left, x2: left + 22, y1: 10, y2: 10 }), node("text", { class: "tick", x: left + 28, y: 14 }, name));
  });
  return svg;
}
