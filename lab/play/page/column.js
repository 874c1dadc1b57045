// One column: a scheme, its network in an engine, and the pictures of both.

import { setup } from "./address.js";
import { drawDepth, gradientSentence, signalSentence } from "./depth.js";
import { drawHistograms, histogramsSentence } from "./histograms.js";
import { Curve } from "./loss.js";
import { drawMap, drawUnits, perRow, unitAt } from "./maps.js";
import { divide, join, rule, say } from "./scheme.js";
import { fill, number } from "./text.js";

const longest = 1 << 26; // bytes of a file of weights: those of the largest network of this page have less

export class Column {
  // key is a or b; changed gets the column's new scheme; failed gets errors.
  constructor(key, engine, { changed, failed }) {
    Object.assign(this, { key, engine, failed, curve: new Curve(), unit: -1 });
    const part = document.getElementById("column").content.cloneNode(true);
    this.element = part.firstElementChild;
    this.find = (name) => this.element.querySelector("." + name);
    this.element.classList.add(key);
    this.element.setAttribute("aria-label", `column ${key.toUpperCase()}`);
    this.element.querySelector("h2").textContent = key.toUpperCase();
    for (const radio of this.element.querySelectorAll("input[type=radio]")) {
      radio.name = `prediction-${key}`;
      radio.onchange = () => { this.prediction = radio.value; this.judge(); };
    }
    this.find("name").onchange = (e) => changed(join(e.target.value, divide(this.scheme).rules));
    this.find("text").onchange = (e) => changed(e.target.value.trim());
    this.find("rule-add").onclick = () => {
      const layer = Math.max(1, Math.min(this.place.depth + 1, Math.round(Number(this.find("rule-layer").value)) || 1));
      const { base, rules } = divide(this.scheme);
      const own = rule(layer, this.find("rule-name").value, this.place);
      changed(join(base, [...rules.filter((r) => !r.startsWith(own.split("=")[0] + "=")), own]));
    };
    this.changed = changed;
    this.find("save").onclick = () => this.save();
    this.find("load").onchange = (e) => {
      const [file] = e.target.files;
      e.target.value = "";
      if (file) this.load(file);
    };
    this.watchUnits();
  }

  // offer gives the selects what the engine knows.
  offer(catalogue) { this.catalogue = catalogue; }

  showScheme(scheme, { depth, residual }) {
    Object.assign(this, { scheme, place: { depth, residual } });
    const { base, rules } = divide(scheme);
    const names = this.catalogue?.schemes ?? [];
    fill(this.find("name"), names, base);
    this.find("text").value = scheme;
    fill(this.find("rule-name"), names, this.find("rule-name").value || "zeros");
    this.find("rule-layer").max = depth + 1;
    this.find("rules").textContent = rules.length ? `: ${rules.map(say).join(", ")}` : "";
    this.find("rule-list").replaceChildren(...rules.map((text, i) => {
      const item = document.createElement("li"), button = document.createElement("button");
      button.type = "button";
      button.textContent = `${say(text)} ×`;
      button.setAttribute("aria-label", `take out the rule for ${say(text)}`);
      button.onclick = () => this.changed(join(base, rules.filter((_, k) => k !== i)));
      item.append(button);
      return item;
    }));
  }

  async open(settings, layer) {
    const table = settings.data === this.catalogue.own ? new TextEncoder().encode(settings.csv) : undefined;
    const { answer: start } = await this.engine.call("open", { setup: setup(settings, this.scheme) }, table);
    const picture = await this.take(layer);
    Object.assign(this, { start, view: start, plane: start.plane, settings, curve: new Curve(), step: 0, done: false, exploded: start.exploded, picture });
    this.find("colours").textContent = this.plane ? "Blue: the first class, or below 0. Orange: the second, or above." : "Blue: below 0. Orange: above.";
    this.unit = Math.min(this.unit, picture.picture.units - 1);
    this.find("weights-note").textContent = "or drop a .safetensors file on this column";
    this.judge();
  }

  async take(layer) {
    const { answer, content } = await this.engine.call("picture", { layer });
    return { picture: answer, content };
  }

  // train does some steps and brings the picture after them, which it returns with what came of the steps.
  async train(steps, layer) {
    const [progress, picture] = await Promise.all([this.engine.ask("train", { steps }), this.take(layer)]);
    return { progress, picture };
  }

  accept({ progress, picture }) {
    this.curve.add(progress.losses);
    Object.assign(this, { picture, step: progress.step, done: progress.done, exploded: progress.exploded });
  }

  async look() {
    this.view = await this.engine.ask("view", {});
    this.judge();
  }

  // draw draws what measuring shows; drawMaps what a picture shows.
  draw(other, ranges) {
    const values = (view, key) => view.layers.map((l) => Number(l[key]));
    for (const [key, sentence, quantity] of [["signal", signalSentence, "std of activations"], ["gradient", gradientSentence, "std of gradients"]]) {
      const now = values(this.view, key), start = values(this.start, key);
      const text = sentence(start);
      this.find(`${key}-title`).textContent = text + (this.view.step ? ", at the start" : "");
      drawDepth(this.find(key), {
        now, start: this.view.step ? start : now, other: values(other.view, key), otherName: other.key.toUpperCase(),
        range: ranges[key], sentence: text, quantity,
      });
    }
    const text = histogramsSentence(this.view.layers, this.settings.activation);
    this.find("histograms-title").textContent = `${text}${this.view.step ? `, after step ${this.view.step}` : ", at the start"}`;
    drawHistograms(this.find("histograms"), this.view.layers, text);
  }

  drawMaps() {
    const { picture } = this.picture;
    const weights = !picture.outputs;
    const unit = weights && this.unit < 0 ? 0 : this.unit;
    drawUnits(this.find("units"), this.picture, this.unit);
    drawMap(this.find("map"), this.picture, this.plane, unit);
    const what = unit < 0 ? "What it makes of the plane" : `Unit ${unit + 1} of layer ${picture.layer}${weights ? ": its weights" : ""}`;
    this.find("map-title").textContent = what;
    this.find("map").setAttribute("aria-label", `${this.key.toUpperCase()}: ${what}`);
    this.find("units-title").textContent = weights ? "What the units of layer 1 look for" : `Units of layer ${picture.layer}: ±${number(picture.scale)}`;
    this.find("units").setAttribute("aria-label", `${picture.units} units of layer ${picture.layer}; arrows choose one, Escape none`);
  }

  watchUnits() {
    const canvas = this.find("units");
    const select = (unit) => { if (unit !== this.unit) { this.unit = unit; this.drawMaps(); } };
    canvas.onpointermove = (e) => { if (e.pointerType === "mouse" && this.picture) select(unitAt(canvas, this.picture.picture, e)); };
    canvas.onpointerleave = (e) => { if (e.pointerType === "mouse" && this.picture) select(-1); };
    canvas.onclick = (e) => {
      if (!this.picture || e.pointerType === "mouse") return;
      const unit = unitAt(canvas, this.picture.picture, e);
      select(unit === this.unit ? -1 : unit);
    };
    canvas.onkeydown = (e) => {
      const row = this.picture && perRow(this.picture.picture.units);
      const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: row, ArrowUp: -row }[e.key];
      if (!this.picture || (by === undefined && e.key !== "Escape")) return;
      e.preventDefault();
      select(by === undefined ? -1 : Math.max(0, Math.min(this.picture.picture.units - 1, this.unit < 0 ? 0 : this.unit + by)));
    };
  }

  // outcome is learns, stalls or explodes, or "" while nothing is known.
  get outcome() {
    if (this.exploded) return "explodes";
    const loss = Number(this.view.loss), guessing = Number(this.view.guessing);
    if (!this.curve.losses.length) return "";
    if (loss < guessing * (this.done ? 0.9 : 0.5)) return "learns";
    if (!this.done) return "";
    return loss > 10 * guessing ? "explodes" : "stalls";
  }

  // where names a layer, or what stands after the last or instead of one.
  where(layer) { return layer > this.settings.depth ? ", at the outputs" : layer ? `, layer ${layer}` : ""; }

  // judge compares the outcome with the prediction.
  judge() {
    const { exploded } = this;
    const happened = {
      "": "",
      learns: `It learns: loss ${number(this.view?.loss)}, ${Math.round(100 * this.view?.accuracy)}% of the test right.`,
      stalls: `It stalls: loss ${number(this.view?.loss)} after ${this.view?.step} steps; guessing has ${number(this.view?.guessing)}.`,
      explodes: exploded ? `Exploded at step ${exploded.step}${this.where(exploded.layer)}: what it returns is not finite.` : `Exploded: loss ${number(this.view?.loss)}.`,
    }[this.view ? this.outcome : ""];
    const verdict = !happened || !this.prediction ? "" : this.prediction === this.outcome ? " As you predicted." : ` You predicted: ${this.prediction}.`;
    const place = this.find("outcome");
    if (place.textContent !== happened + verdict) place.textContent = happened + verdict;
  }

  forgetPrediction() {
    this.prediction = undefined;
    for (const radio of this.element.querySelectorAll("input[type=radio]")) radio.checked = false;
  }

  async save() {
    try {
      const { content } = await this.engine.call("save");
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
      link.download = `play-${this.key}-step${this.step}.safetensors`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    } catch (e) { this.failed(e); }
  }

  // load takes the weights of a file.
  async load(file) {
    try {
      if (file.size > longest) throw new Error(`${file.name} has ${file.size} bytes, which are weights of a larger network`);
      this.view = (await this.engine.call("load", {}, new Uint8Array(await file.arrayBuffer()))).answer;
      Object.assign(this, { exploded: undefined, done: this.step >= this.settings.steps, start: this.view });
      this.judge();
      this.find("weights-note").textContent = `holds the weights of ${file.name}`;
      this.loaded?.();
    } catch (e) { this.find("weights-note").textContent = e.message; }
  }
}
