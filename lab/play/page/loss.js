// Both losses against the step.

import { number, path, picture, svg } from "./text.js";

const margin = { left: 44, right: 12, top: 10, bottom: 34 };
const height = 240;

// Curve keeps the losses of a run and their running mean, corrected for its start, with the largest one.
export class Curve {
  constructor() { this.losses = []; this.means = []; this.mean = 0; this.weight = 0; this.largest = 0; }

  add(losses) {
    const keep = 0.95;
    for (const text of losses) {
      const v = Number(text);
      this.losses.push(v);
      if (Number.isFinite(v)) {
        this.mean = keep * this.mean + (1 - keep) * v;
        this.weight = keep * this.weight + (1 - keep);
        this.largest = Math.max(this.largest, this.mean / this.weight);
      }
      this.means.push(Number.isFinite(v) ? this.mean / this.weight : NaN);
    }
  }

  get last() { return this.losses.length ? this.means.at(-1) : NaN; }
}

// thin keeps the lowest and the highest of each group, so that no spike is lost.
function thin(values, points) {
  const group = Math.ceil(values.length / points);
  if (group <= 2) return values.map((v, i) => [i, v]);
  const kept = [];
  for (let from = 0; from < values.length; from += group) {
    let lo = -1, hi = -1, broken = -1;
    for (let i = from; i < Math.min(from + group, values.length); i++) {
      if (!Number.isFinite(values[i])) { broken = i; continue; }
      if (lo < 0 || values[i] < values[lo]) lo = i;
      if (hi < 0 || values[i] > values[hi]) hi = i;
    }
    for (const i of [...new Set([lo, hi, broken])].filter((i) => i >= 0).sort((p, q) => p - q)) kept.push([i, values[i]]);
  }
  return kept;
}

// drawLoss draws the curves of columns {key, curve, exploded} up to the setup's steps.
export function drawLoss(place, columns, steps, guessing) {
  const width = Math.max(240, place.clientWidth);
  const done = Math.max(20, ...columns.map((c) => c.curve.losses.length));
  const last = Math.min(steps, Math.max(done, 100));
  const largest = Math.max(0, ...columns.filter((c) => !c.exploded).map((c) => c.curve.largest));
  const most = Math.max(1.4 * guessing, Math.min(largest, 20 * guessing)) * 1.02;
  const x = (i) => margin.left + (i / last) * (width - margin.left - margin.right);
  const y = (v) => margin.top + (1 - Math.min(v, most) / most) * (height - margin.top - margin.bottom);
  const parts = [];
  const unit = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50].find((u) => most / u <= 6) ?? 100;
  for (let v = 0; v <= most; v += unit) {
    parts.push(svg("line", { class: "grid", x1: margin.left, x2: width - margin.right, y1: y(v), y2: y(v) }));
    parts.push(svg("text", { x: margin.left - 6, y: y(v) + 4, "text-anchor": "end" }, v === 0 ? "0" : String(Number(v.toFixed(2)))));
  }
  const tick = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000].find((u) => last / u <= 6) ?? 50000;
  for (let i = 0; i <= last; i += tick) parts.push(svg("text", { x: x(i), y: height - margin.bottom + 15, "text-anchor": "middle" }, String(i)));
  parts.push(svg("text", { x: (margin.left + width - margin.right) / 2, y: height - 3, "text-anchor": "middle" }, "step"));
  parts.push(svg("line", { class: "rule", x1: margin.left, x2: width - margin.right, y1: y(guessing), y2: y(guessing) }));
  const line = (kind, key, points) => svg("path", {
    class: `${kind} series-${key}`, d: path(points.map(([i, v]) => (Number.isFinite(v) ? [x(i), y(v)] : null))),
  });
  for (const { key, curve } of columns) parts.push(line("raw", key, thin(curve.losses, width / 2)));
  parts.push(svg("text", { x: margin.left + 6, y: y(guessing) + (y(guessing) + 20 < y(0) ? 15 : -8) }, `guessing, ${number(guessing)}`)); // over the curves
  const ends = [];
  for (const { key, curve, exploded } of columns) {
    if (!curve.losses.length) continue;
    parts.push(line("mean", key, thin(curve.means, width)));
    const at = curve.means.findLastIndex(Number.isFinite);
    if (at < 0) continue;
    let where = y(curve.means[at]);
    if (ends.some((e) => Math.abs(e - where) < 14)) where = ends[0] + (where < ends[0] ? -14 : 14);
    ends.push(where);
    const right = x(at) > width - 170;
    parts.push(svg("text", {
      class: `series-${key}`, x: x(at) + (right ? -6 : 6), y: Math.min(Math.max(where - 6, 12), height - margin.bottom - 4), "text-anchor": right ? "end" : "start",
    }, exploded ? `${key.toUpperCase()} exploded` : `${key.toUpperCase()} ${number(curve.last)}`));
  }
  const happened = ({ curve, exploded }) => (exploded ? "exploded" : curve.losses.length ? `loss ${number(curve.last)}` : "nothing yet");
  const sentence = columns.map((c) => `${c.key.toUpperCase()}: ${happened(c)} after ${c.curve.losses.length} steps`).join("; ");
  place.replaceChildren(picture(width, height, sentence, ...parts));
}
