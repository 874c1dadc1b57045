// What settings may be, whoever gives them: a field or the address.

const titles = { lr: "learning rate" };
const shown = 40; // characters of a text that is refused

// sound returns settings: those before, with what is given as text, by name. What cannot be leaves what was before, and problems
// has a sentence about each. Schemes and own data are for the engine to read.
export function sound(given, before, catalogue) {
  const settings = { ...before }, problems = [];
  const names = {
    data: [...catalogue.data, catalogue.own], activation: catalogue.activations, residual: ["", ...catalogue.residuals], optimizer: catalogue.optimizers,
  };
  const refuse = (key, why) => {
    problems.push(`${titles[key] ?? key} is ${given[key].slice(0, shown) || "empty"}, but ${why}: ${settings[key] === "" ? "none" : settings[key]} is taken instead.`);
  };
  for (const [key, text] of Object.entries(given)) {
    const bound = catalogue.bounds.find((b) => b.name === key);
    if (bound) {
      const value = numberIn(text, bound);
      if (value === undefined) refuse(key, `must be ${bound.whole ? "a whole number " : ""}from ${bound.lo} to ${bound.hi}`);
      else settings[key] = value;
    } else if (names[key] && !names[key].includes(text)) {
      refuse(key, `must be one of ${names[key].filter(Boolean).join(", ")}`);
    } else {
      settings[key] = text;
    }
  }
  if (settings.momentum !== 0 && !catalogue.momentum.includes(settings.optimizer)) {
    settings.momentum = 0;
    if (given.momentum) refuse("momentum", `${settings.optimizer} takes none`);
  }
  return { settings, problems };
}

// numberIn reads a number, or returns undefined where it is none or out of its bounds.
function numberIn(text, { lo, hi, whole }) {
  const value = text.trim() === "" ? NaN : Number(text);
  return value >= lo && value <= hi && (!whole || Number.isInteger(value)) ? value : undefined;
}
