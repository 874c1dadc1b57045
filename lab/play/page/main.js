// The page: settings, two columns, training.

import { longest, quiet, read, setup, write } from "./address.js";
import { Column } from "./column.js";
import { rangeOf } from "./depth.js";
import { Engine, fetchModule } from "./engine.js";
import { drawLoss } from "./loss.js";
import { example, Own } from "./own.js";
import { presets } from "./presets.js";
import { sound } from "./sound.js";
import { fill, number } from "./text.js";

const $ = (id) => document.getElementById(id);
const still = matchMedia("(prefers-reduced-motion: reduce)");
const frame = 24; // milliseconds of computing between two pictures
const slowStep = 20; // milliseconds a step above which a picture is worth more than ten steps
const lookEvery = 500; // milliseconds between two measurements while training

let settings, columns, catalogue, own;
let running = false, opening = false, again = false, stepsPerFrame = 10;
let training; // a promise of its end, while it goes on

function say(problem) {
  $("problem").textContent = problem ? problem.message ?? String(problem) : "";
  $("problem").hidden = !problem;
}

// tell says what was refused while the page goes on with something else.
function tell(problems) {
  $("refused").textContent = problems.join("\n");
  $("refused").hidden = !problems.length;
}

const painted = () => new Promise((resolve) => { requestAnimationFrame(resolve); });
const layer = () => Math.max(1, Math.min(settings.depth, Math.round(Number($("layer").value)) || 1));

function showSettings() {
  const form = $("settings").elements;
  fill(form.data, [...catalogue.data, { name: catalogue.own, label: "your own" }], settings.data);
  fill(form.activation, catalogue.activations, settings.activation);
  fill(form.residual, [{ name: "", label: "none" }, ...catalogue.residuals], settings.residual);
  fill(form.optimizer, catalogue.optimizers, settings.optimizer);
  for (const key of ["depth", "width", "lr", "momentum", "batch", "steps", "seed"]) form[key].value = settings[key];
  $("depth-shown").textContent = settings.depth;
  form.momentum.disabled = !catalogue.momentum.includes(settings.optimizer);
  const mine = settings.data === catalogue.own;
  own.show(mine, settings.csv, mine && settings.csv.length > longest ? "too long for a link: send own.csv with it" : "");
  for (const c of columns) c.showScheme(settings[c.key], settings);
  for (const [i, button] of [...$("presets").children].entries()) {
    const same = Object.entries(presets[i].settings).every(([key, value]) => settings[key] === value);
    button.setAttribute("aria-pressed", same);
    if (same) $("look-for").textContent = presets[i].look;
  }
  if (![...$("presets").children].some((b) => b.getAttribute("aria-pressed") === "true")) {
    $("look-for").textContent = "Choose a lesson, or change anything below.";
  }
}

// change takes new settings, writes them into the address and opens both networks anew.
function change(some) {
  tell([]);
  settings = { ...settings, ...some };
  history.replaceState(null, "", write(settings, catalogue.own));
  showSettings();
  return open();
}

// adopt takes the settings of the address over those before. Where they cannot be, the address is mended.
async function adopt(before) {
  const { settings: taken, problems } = sound(read(location.hash), before, catalogue);
  for (const { key, engine } of columns) {
    const one = setup(taken, taken[key]);
    try { await engine.ask("command", { setup: one, other: one }); } catch (e) {
      problems.push(`${key.toUpperCase()}: ${e.message}; ${before[key]} is taken instead.`);
      taken[key] = before[key];
    }
  }
  settings = taken;
  if (problems.length) history.replaceState(null, "", write(settings, catalogue.own));
  tell(problems);
  showSettings();
  return open();
}

// open begins both networks. What changes meanwhile is opened next: a slider asks faster than engines answer.
async function open() {
  running = false;
  if (opening) { again = true; return; }
  opening = true;
  showControls();
  await training;
  $("laboratory").setAttribute("aria-busy", "true");
  $("speed").textContent = "";
  do {
    again = false;
    const wanted = settings;
    try {
      await Promise.all(columns.map((c) => c.open(wanted, layer())));
      say();
      $("layer").max = wanted.depth;
      $("command").textContent = await columns[0].engine.ask("command", { setup: setup(wanted, wanted.a), other: setup(wanted, wanted.b) });
      if (!again) drawAll();
    } catch (e) { say(e); }
  } while (again);
  opening = false;
  $("laboratory").setAttribute("aria-busy", "false");
  showControls();
}

function drawLooks() {
  const ranges = {};
  for (const key of ["signal", "gradient"]) {
    ranges[key] = rangeOf(...columns.flatMap((c) => [c.view, c.start].map((v) => v.layers.map((l) => Number(l[key])))));
  }
  columns.forEach((c, i) => c.draw(columns[1 - i], ranges));
}

function drawFrame() {
  for (const c of columns) c.drawMaps();
  drawLoss($("loss"), columns, settings.steps, Number(columns[0].view.guessing));
  showPosition();
}

function drawAll() {
  if (!columns.every((c) => c.view)) return; // nothing could be opened yet
  drawLooks();
  drawFrame();
}

function showPosition() {
  const losses = document.createElement("span");
  losses.className = "losses";
  for (const { key, curve, exploded } of columns.filter((c) => c.curve.losses.length)) {
    const loss = document.createElement("span");
    loss.className = key;
    loss.textContent = `${key.toUpperCase()} ${exploded ? "exploded" : number(curve.last)}`;
    losses.append(loss, " ");
  }
  $("position").replaceChildren(`step ${Math.max(...columns.map((c) => c.step))} of ${settings.steps} `, losses);
}

function showControls() {
  const over = columns.every((c) => c.done);
  const usable = !opening && $("problem").hidden;
  $("train").textContent = running ? "Pause" : "Train";
  $("train").disabled = !usable || over;
  $("step").disabled = !usable || over || running;
  $("reset").disabled = opening;
}

// train goes on until it is paused or over. Engines compute the next steps while the page draws the last ones.
async function train() {
  running = true;
  tell([]);
  showControls();
  let looked = performance.now(), drawn = 0, frames = 0, since = looked, steps = 0;
  const compute = () => {
    const began = performance.now(), n = stepsPerFrame;
    return Promise.all(columns.map((c) => c.train(n, layer()))).then((results) => ({ results, n, took: performance.now() - began }));
  };
  let coming = compute();
  while (running) {
    const { results, n, took } = await coming;
    columns.forEach((c, i) => c.accept(results[i]));
    const over = columns.every((c) => c.done);
    const least = took > slowStep * n ? 1 : 10;
    stepsPerFrame = Math.max(least, Math.min(200, Math.round(n * Math.min(2, Math.max(0.5, frame / took)))));
    const now = performance.now();
    if (over) running = false;
    if (now - looked > lookEvery || over) {
      await Promise.all(columns.map((c) => c.look()));
      looked = performance.now();
      drawLooks();
    }
    coming = running ? compute() : undefined;
    frames++;
    steps += Math.max(...results.map((r) => r.progress.losses.length));
    if (!still.matches || now - drawn > 1000 || !running) {
      await painted();
      drawFrame();
      drawn = now;
    }
    if (now - since > 1000) {
      const rate = (x) => Math.round((1000 * x) / (now - since));
      $("speed").textContent = `${rate(frames)} frames and ${rate(steps)} steps of each network a second`;
      frames = steps = 0;
      since = now;
    }
  }
  if (coming) {
    const { results } = await coming;
    columns.forEach((c, i) => c.accept(results[i]));
  }
  if (!opening) await finish();
}

async function finish() {
  await Promise.all(columns.map((c) => c.look()));
  drawAll();
}

async function stepOnce() {
  const results = await Promise.all(columns.map((c) => c.train(1, layer())));
  columns.forEach((c, i) => c.accept(results[i]));
  await finish();
  showControls();
}

// guarded shows what goes wrong in an action.
const guarded = (action) => async () => { try { await action(); } catch (e) { running = false; say(e); showControls(); } };

function copy(button, text) {
  const label = button.textContent;
  navigator.clipboard.writeText(text()).then(() => { button.textContent = "Copied"; }, () => { button.textContent = "Copying is not allowed"; })
    .finally(() => setTimeout(() => { button.textContent = label; }, 1500));
}

function wire() {
  $("presets").replaceChildren(...presets.map((p) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = p.name;
    button.onclick = () => { for (const c of columns) c.forgetPrediction(); change(p.settings); };
    return button;
  }));
  const form = $("settings");
  form.onsubmit = (e) => e.preventDefault();
  form.oninput = (e) => { if (e.target.name === "depth") change({ depth: Number(e.target.value) }); };
  form.onchange = (e) => {
    const { name, value } = e.target;
    if (!name || name === "depth") return;
    const { settings: some, problems } = sound({ [name]: value }, settings, catalogue);
    if (problems.length) { showSettings(); tell(problems); return; }
    if (value === catalogue.own && !settings.csv) some.csv = example(columns[0].plane);
    change(some);
  };
  own = new Own(catalogue.maxOwn, { use: (csv) => change({ data: catalogue.own, csv }), failed: (problem) => tell([problem]) });
  window.ondragover = (e) => { if (e.dataTransfer?.types.includes("Files")) e.preventDefault(); };
  window.ondrop = (e) => {
    const [file] = e.dataTransfer?.files ?? [];
    if (!file) return;
    e.preventDefault(); // or the browser leaves the page for the file
    if (!file.name.endsWith(".safetensors")) { own.take(file); return; }
    const column = columns.find((c) => c.element.contains(e.target));
    if (column) column.load(file);
    else tell(["Weights are of one network: drop them on A or on B."]);
  };
  $("train").onclick = () => {
    if (running) running = false;
    else training ??= guarded(train)().finally(() => { training = undefined; showControls(); });
  };
  $("step").onclick = guarded(stepOnce);
  $("reset").onclick = () => open();
  $("layer").onchange = guarded(async () => {
    $("layer").value = layer();
    if (running) return;
    await Promise.all(columns.map(async (c) => { c.picture = await c.take(layer()); }));
    drawFrame();
  });
  for (const c of columns) c.loaded = guarded(async () => { c.picture = await c.take(layer()); drawAll(); showControls(); });
  $("share").onclick = (e) => copy(e.target, () => location.href);
  $("copy-command").onclick = (e) => copy(e.target, () => $("command").textContent);
  window.onhashchange = () => adopt(settings);
  window.onresize = () => { if (!opening) drawAll(); };
  matchMedia("(prefers-color-scheme: dark)").onchange = () => { if (!opening) drawAll(); };
}

async function main() {
  const megabytes = (n) => (n / 1e6).toFixed(1);
  const { module, size } = await fetchModule((n, total) => {
    $("loading").textContent = `Loading the engine: ${megabytes(n)}${total ? ` of ${megabytes(total)}` : ""} MB`;
  });
  columns = ["a", "b"].map((key) => new Column(key, new Engine(module), { changed: (scheme) => change({ [key]: scheme }), failed: say }));
  catalogue = await columns[0].engine.ask("catalogue", {});
  const { scheme, ...defaults } = { ...quiet, csv: "", ...catalogue.default };
  for (const c of columns) c.offer(catalogue);
  for (const { name, lo, hi } of catalogue.bounds) Object.assign($("settings").elements[name], { min: lo, max: hi });
  $("columns").append(...columns.map((c) => c.element));
  wire();
  $("laboratory").inert = false;
  await adopt({ ...defaults, a: scheme, b: "xavier-normal" });
  $("loading").textContent = `The engine, Heft compiled to WebAssembly (${megabytes(size)} MB), runs in this page: nothing leaves it.`;
}

main().catch((e) => { $("loading").hidden = true; say(e); });
