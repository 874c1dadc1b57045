// Activations of up to eight layers, the first and the last among them, over one range.

import { number, picture, svg } from "./text.js";

const most = 8; // layers
const least = 72; // pixels of one, for the text below it
const height = 84, top = 4, base = 56;

// chosen returns which of n layers are shown in a width.
export function chosen(n, width) {
  const shown = Math.max(4, Math.min(most, Math.floor(width / least)));
  if (n <= shown) return [...Array(n).keys()];
  return Array.from({ length: shown }, (_, i) => Math.round((i * (n - 1)) / (shown - 1)));
}

// spread returns the densities of a layer's bins without its exact zeros, which ReLU makes many of and which would dwarf all
// others: they have a bar of their own.
function spread({ activations: h, zero }) {
  const total = h.counts.reduce((sum, c) => sum + c, 0);
  const bin = (h.hi - h.lo) / h.counts.length;
  const home = bin > 0 ? Math.min(h.counts.length - 1, Math.max(0, Math.floor(-h.lo / bin))) : 0;
  return h.counts.map((c, b) => (bin > 0 ? Math.max(0, c - (b === home ? Math.round(zero * total) : 0)) / total / bin : 0));
}

// drawHistograms draws layers of a view over one range, four times their largest root mean square. What lies beyond is in
// the last bar.
export function drawHistograms(place, layers, sentence) {
  const width = Math.max(200, place.clientWidth);
  const picks = chosen(layers.length, width).map((i) => ({ i, ...layers[i] }));
  const reach = 4 * Math.max(...picks.map(({ rms }) => (Number.isFinite(rms) ? rms : 0)));
  const lo = picks.some(({ activations: h }) => h.lo < -reach / 20) ? -reach : 0;
  const slot = width / picks.length, room = slot - 8;
  const parts = [];
  picks.forEach((layer, k) => {
    const { i, signal, zero, activations: h } = layer;
    const left = k * slot;
    const x = (v) => left + (reach > 0 ? Math.min(1, Math.max(0, (v - lo) / (reach - lo))) : 0) * room;
    const bar = (from, to, share) => {
      const w = Math.max(1.5, to - from), at = Math.min(from, left + room - w);
      return `M${at.toFixed(1)} ${base}v${(-Math.max(1, share * (base - top))).toFixed(1)}h${w.toFixed(1)}V${base}z`;
    };
    parts.push(svg("line", { class: "grid", x1: left, x2: left + room, y1: base, y2: base }));
    const broken = !Number.isFinite(Number(signal));
    if (h.counts?.length && !broken) {
      const heights = spread(layer);
      const highest = Math.max(...heights), bin = (h.hi - h.lo) / h.counts.length;
      const bars = heights.map((v, b) => (v > 0 ? bar(x(h.lo + b * bin), x(h.lo + (b + 1) * bin), v / highest) : ""));
      parts.push(svg("path", { class: "bars", d: bars.join("") }));
      if (zero > 0.05 || highest === 0) parts.push(svg("path", { class: "zeros", d: bar(x(Math.max(0, h.lo)) - 1, x(Math.max(0, h.lo)) + 1, 1) }));
    }
    const note = broken ? "not finite" : zero > 0.05 ? `${Math.round(100 * zero)}% are 0` : `±${number(signal)}`;
    parts.push(svg("text", { x: left, y: base + 13 }, `layer ${i + 1}`), svg("text", { x: left, y: base + 26 }, note));
  });
  place.replaceChildren(picture(width, height, sentence, ...parts));
}

// histogramsSentence says what stands out.
export function histogramsSentence(layers, activation) {
  const widest = (key) => layers.reduce((most, l, i) => (l[key] > layers[most][key] ? i : most), 0);
  const broken = layers.findIndex((l) => !Number.isFinite(Number(l.signal)));
  if (broken >= 0) return `Activations: not finite from layer ${broken + 1} on`;
  const dead = widest("dead"), full = widest("saturated");
  if (layers.every((l) => Number(l.activations.lo) === Number(l.activations.hi))) return "Activations: one spike, every unit is alike";
  const percent = (v) => `${Math.round(100 * v)}%`;
  if (layers[full].saturated > 0.2) return `Activations: ${percent(layers[full].saturated)} of layer ${full + 1} at the flat ends of ${activation}`;
  if (layers[dead].dead > 0.1) return `Activations: ${percent(layers[dead].dead)} of layer ${dead + 1}'s units never fire`;
  return "Activations, from layer to layer";
}
