// A column's scheme as text, "kaiming-normal; 4.*=zeros", and as what its form shows.

// divide returns the scheme of all parameters and the rules of some.
export function divide(text) {
  const [base, ...rules] = text.split(";").map((part) => part.trim());
  return { base, rules: rules.filter(Boolean) };
}

export function join(base, rules) { return [base, ...rules].join("; "); }

// rule starts a layer its own way. Linear layers have the even numbers of the network's names; the first hidden one is 0.
export function rule(layer, scheme) { return `${2 * (layer - 1)}.*=${scheme}`; }

// say puts a rule into words.
export function say(text) {
  const layer = /^(\d+)\.\*=(.*)$/.exec(text);
  return layer && layer[1] % 2 === 0 ? `layer ${layer[1] / 2 + 1}: ${layer[2]}` : text;
}
