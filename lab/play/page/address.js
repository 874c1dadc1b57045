// Settings in the page's address: the same link gives the same curves.

const numbers = ["depth", "width", "lr", "momentum", "batch", "steps", "seed"];
const words = ["data", "activation", "residual", "optimizer", "a", "b"];
const quiet = { residual: "", momentum: 0 }; // left out of the address where they are so

// longest is how many characters of own data a link may carry: longer ones are cut by who passes them on.
export const longest = 4000;

// read returns the settings of an address's hash over the defaults. What cannot be a number is left to the engine, which says so.
export function read(hash, defaults) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const settings = { ...quiet, csv: "", ...defaults };
  if ([...given].length) Object.assign(settings, quiet);
  for (const key of [...words, "csv"]) if (given.has(key)) settings[key] = given.get(key);
  for (const key of numbers) {
    const value = Number(given.get(key));
    if (given.has(key) && Number.isFinite(value)) settings[key] = value;
  }
  return settings;
}

// write returns the hash of settings. own is the name that own data have.
export function write(settings, own) {
  const all = new URLSearchParams();
  for (const key of [...words.slice(0, 1), ...numbers, ...words.slice(1)]) {
    if (!(key in quiet) || settings[key] !== quiet[key]) all.set(key, settings[key]);
  }
  if (settings.data === own && settings.csv && settings.csv.length <= longest) all.set("csv", settings.csv);
  return "#" + all;
}

// setup returns what the engine calls a setup, of one column.
export function setup(settings, scheme) {
  const { data, depth, width, activation, residual, optimizer, lr, momentum, batch, steps, seed } = settings;
  return { data, depth, width, activation, residual, optimizer, lr, momentum, batch, steps, seed, scheme };
}
