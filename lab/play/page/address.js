// Settings in the page's address: the same link gives the same curves.

const numbers = ["depth", "width", "lr", "batch", "steps", "seed"];
const words = ["data", "activation", "optimizer", "a", "b"];

// read returns the settings of an address's hash over the defaults. What cannot be a number is left to the engine, which says so.
export function read(hash, defaults) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const settings = { ...defaults };
  for (const key of words) if (given.has(key)) settings[key] = given.get(key);
  for (const key of numbers) {
    const value = Number(given.get(key));
    if (given.has(key) && Number.isFinite(value)) settings[key] = value;
  }
  return settings;
}

// write returns the hash of settings.
export function write(settings) {
  const all = new URLSearchParams();
  for (const key of [...words.slice(0, 1), ...numbers, ...words.slice(1)]) all.set(key, settings[key]);
  return "#" + all;
}

// setup returns what the engine calls a setup, of one column.
export function setup(settings, scheme) {
  const { data, depth, width, activation, optimizer, lr, batch, steps, seed } = settings;
  return { data, depth, width, activation, optimizer, lr, batch, steps, seed, scheme };
}
