// A column's scheme as text, "kaiming-normal; 4.*=zeros", and as what its form shows.

// divide returns the scheme of all parameters and the rules of some.
export function divide(text) {
  const [base, ...rules] = text.split(";").map((part) => part.trim());
  return { base, rules: rules.filter(Boolean) };
}

export function join(base, rules) { return [base, ...rules].join("; "); }

// rule starts a layer its own way: the first hidden one is 1, and that after the last makes the outputs. Linear layers of a plain
// network have the even numbers of its names, the first hidden one 0; blocks of a residual one count from 0.
export function rule(layer, scheme, { residual, depth }) {
  if (!residual) return `${2 * (layer - 1)}.*=${scheme}`;
  return layer > depth ? `out.*=${scheme}` : `blocks.${layer - 1}.*=${scheme}`;
}

// say puts a rule into words.
export function say(text) {
  const layer = /^(\d+)\.\*=(.*)$/.exec(text);
  if (layer && layer[1] % 2 === 0) return `layer ${layer[1] / 2 + 1}: ${layer[2]}`;
  const block = /^blocks\.(\d+)\.\*=(.*)$/.exec(text);
  return block ? `block ${Number(block[1]) + 1}: ${block[2]}` : text;
}
