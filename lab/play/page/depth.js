// Signal and gradient from layer to layer, on a logarithmic scale.

import { number, path, picture, power, svg } from "./text.js";

const margin = { left: 40, right: 10, top: 8, bottom: 32 };
const height = 170;
const ceiling = 39; // the exponent of 10 at which infinities stand: float32 ends below

// sentences of a start. values: of each layer, the first hidden one first.
export function signalSentence(values) {
  const bad = values.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) return `The signal is not finite from layer ${bad + 1} on`;
  if (values[0] === 0) return "There is no signal at all";
  const dead = values.findIndex((v) => v < values[0] / 100);
  if (dead >= 0) return `The signal dies: a hundredth is left at layer ${dead + 1}`;
  const large = values.findIndex((v) => v > values[0] * 100);
  if (large >= 0) return `The signal explodes: a hundredfold at layer ${large + 1}`;
  if (values.length === 1) return "One hidden layer: the signal goes no further";
  const share = values.at(-1) / values[0];
  const what = share < 0.2 ? "fades" : share > 5 ? "grows" : "arrives";
  return `The signal ${what}: ×${number(share)} from layer 1 to ${values.length}`;
}

export function gradientSentence(values) {
  if (values.some((v) => !Number.isFinite(v))) return "The gradient is not finite";
  const from = values.at(-1);
  if (from === 0) return "No gradient comes back";
  if (values.length === 1) return "One hidden layer: the gradient goes no further";
  const share = values[0] / from;
  if (share === 0) return "Nothing of the gradient reaches layer 1";
  const what = share < 0.01 ? "Hardly any gradient reaches layer 1" : share > 100 ? "The gradient explodes on its way back"
    : share < 0.2 ? "The gradient fades on its way to layer 1" : share > 5 ? "The gradient grows on its way to layer 1" : "The gradient reaches layer 1";
  return `${what}: ×${number(share)}`;
}

// exponent returns where a value stands; nothing at all stands at the lowest end.
function exponent(v, lo) {
  if (v === 0) return lo;
  return Number.isFinite(v) ? Math.max(lo, Math.log10(v)) : ceiling;
}

// drawDepth draws the values now over those of the start and those of the other column. range holds the lowest and the
// highest exponent of both columns, so that they can be compared.
export function drawDepth(place, { now, start, other, otherName, range, sentence, quantity }) {
  const width = Math.max(140, place.clientWidth);
  const { lo, hi, zeros } = range;
  const count = now.length;
  const x = (i) => margin.left + (count < 2 ? 0.5 : i / (count - 1)) * (width - margin.left - margin.right);
  const y = (e) => margin.top + (hi - e) / (hi - lo) * (height - margin.top - margin.bottom);
  const line = (values, kind) => {
    const points = values.map((v, i) => [x(i), y(exponent(v, lo))]);
    if (count < 2) points.unshift([x(0) - 8, points[0][1]]); // or nothing of one layer would be seen
    return svg("path", { class: kind, d: path(points) });
  };
  const label = (values, at, text) => {
    const height = y(exponent(values[at], lo));
    return svg("text", { x: x(at), y: height < margin.top + 14 ? height + 14 : height - 5 }, text);
  };

  const parts = [];
  const every = Math.max(1, Math.ceil((hi - lo) / 5));
  for (let e = Math.ceil(lo); e <= hi; e++) {
    if (e % every || (zeros && e < lo + every / 2) || (hi === ceiling && e > hi - every / 2)) continue;
    parts.push(svg("line", { class: e === 0 ? "one" : "grid", x1: margin.left, x2: width - margin.right, y1: y(e), y2: y(e) }));
    parts.push(svg("text", { x: margin.left - 6, y: y(e) + 4, "text-anchor": "end" }, e === 0 ? "1" : power(e)));
  }
  if (zeros) parts.push(svg("text", { x: margin.left - 6, y: y(lo) + 4, "text-anchor": "end" }, "0"));
  const step = Math.max(1, Math.ceil(count / 6));
  for (let i = 0; i < count; i++) {
    const last = i === count - 1;
    if (last || (i % step === 0 && count - 1 - i >= 0.75 * step)) {
      parts.push(svg("text", { x: x(i), y: height - margin.bottom + 14, "text-anchor": "middle" }, String(i + 1)));
    }
  }
  parts.push(svg("text", { x: (margin.left + width - margin.right) / 2, y: height - 3, "text-anchor": "middle" }, `${quantity}, by layer`));
  if (hi === ceiling) parts.push(svg("text", { x: margin.left - 6, y: y(hi) + 4, "text-anchor": "end" }, "∞"));
  if (other?.length) parts.push(line(other, "other"));
  if (start !== now) parts.push(line(start, "past"));
  parts.push(line(now, "own")); // and the labels over the lines
  if (other?.length) parts.push(label(other, Math.floor(other.length / 2), otherName));
  if (start !== now) parts.push(label(start, Math.floor(count / 5), "start"));
  place.replaceChildren(picture(width, height, sentence, ...parts));
}

// rangeOf returns the exponents that hold all values and 1, and whether zeros stand below them.
export function rangeOf(...series) {
  const values = series.flat();
  const all = [0, ...values.filter((v) => v !== 0).map((v) => exponent(v, -ceiling))];
  const zeros = values.includes(0);
  let lo = Math.min(...all), hi = Math.max(...all);
  if (hi - lo < 2) { lo -= 1; hi += 1; }
  if (zeros) lo -= (hi - lo) / 4;
  return { lo, hi, zeros };
}
