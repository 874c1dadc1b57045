// Settings in the page's address: the same link gives the same curves.

const numbers = ["depth", "width", "lr", "momentum", "batch", "steps", "seed"];
const words = ["data", "activation", "residual", "optimizer", "a", "b"];

// quiet are settings that are left out of the address where they are so.
export const quiet = { residual: "", momentum: 0 };

// longest is how many characters of own data a link may carry: longer ones are cut by who passes them on.
export const longest = 4000;

// read returns what an address's hash says, as text. One that says anything says quiet of what is quiet.
export function read(hash) {
  const all = new URLSearchParams(hash.replace(/^#/, ""));
  const given = {};
  if ([...all].length) for (const [key, value] of Object.entries(quiet)) given[key] = String(value);
  for (const key of [...numbers, ...words, "csv"]) if (all.has(key)) given[key] = all.get(key);
  return given;
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
