// Lessons, and what to look for in each.

const shallow = { data: "spiral", depth: 8, width: 16, activation: "relu", residual: "", optimizer: "sgd", lr: 0.05, momentum: 0, batch: 32, steps: 2000, seed: 1 };
const deep = { ...shallow, depth: 30, width: 32, lr: 0.02, steps: 1000 };

export const presets = [
  {
    name: "all zeros", settings: { ...shallow, a: "zeros", b: "kaiming-normal" },
    look: "A has no signal and no gradient: its hidden units start alike, and stay alike. Only the output's bias can move.",
  },
  {
    name: "too small", settings: { ...shallow, a: "normal(0,0.01)", b: "kaiming-normal" },
    look: "A's signal is multiplied by about 0.03 in each layer. By the output nothing is left, and the same happens to the gradient on its way back.",
  },
  {
    name: "too large", settings: { ...shallow, a: "normal(0,1)", b: "kaiming-normal" },
    look: "A's signal nearly triples in each layer, and so does the gradient. The first steps are enormous: watch whether A survives them.",
  },
  {
    name: "Xavier on tanh", settings: { ...shallow, depth: 10, activation: "tanh", a: "xavier-normal", b: "normal(0,1)" },
    look: "Xavier keeps tanh out of its flat ends. B's units sit at −1 and 1 (see the histograms), where the derivative is nearly 0, while its large weights let the gradient grow on its way down.",
  },
  {
    name: "Xavier on 30 ReLU layers", settings: { ...deep, a: "xavier-normal", b: "kaiming-normal" },
    look: "ReLU lets half of the square through. Xavier does not make up for it: A loses a factor of √2 a layer, and after 30 layers little is left.",
  },
  {
    name: "Kaiming on 30 ReLU layers", settings: { ...deep, a: "kaiming-normal", b: "orthogonal(for=relu)" },
    look: "Twice the variance makes up for ReLU: both lines stay level, up to chance. Compare how far each wanders from the dotted line at 1.",
  },
  {
    name: "orthogonal in a deep linear net",
    settings: { ...deep, activation: "identity", depth: 50, lr: 0.01, a: "orthogonal", b: "kaiming-normal(gain=1)" },
    look: "Without an activation a product of orthogonal matrices keeps every length, at any depth. Random ones keep it on average only, and each layer adds chance.",
  },
  {
    name: "GPT-2's residual scaling", settings: { ...shallow, residual: "pre-norm", activation: "gelu", depth: 24, width: 32, lr: 0.1, steps: 1000, a: "gpt2(0.3)", b: "normal(0,0.3)" },
    look: "Every block adds to the stream. A divides what the 24 branches write by √24, so that all of them together add about as much as one would; B does not, and its stream grows to several times the size of A's.",
  },
  {
    name: "Fixup without norms", settings: { ...shallow, residual: "plain", depth: 30, width: 32, momentum: 0.9, steps: 1000, a: "fixup", b: "kaiming-normal" },
    look: "Kaiming keeps the size of what each branch returns, so every sum multiplies the stream: B explodes. Fixup ends its branches and the network in 0, so no gradient comes back at first. Yet A learns: its last layer moves first, then its branches grow.",
  },
];
