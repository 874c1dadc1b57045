"""layers.json: modules of torch.nn in float64: what they return, every gradient, and their state by its names."""

import torch
from torch import nn

from .encode import named, numbers, tensor
from .values import Stream, box, ints

# name, module, the makers of its inputs, one for each training step, and one more input that runs in eval mode
ROWS = [
    ("linear", lambda: nn.Linear(5, 4), [box(3, 5)], None),
    ("linear without bias", lambda: nn.Linear(5, 4, bias=False), [box(3, 5)], None),
    ("embedding", lambda: nn.Embedding(7, 3), [ints(2, 5, below=7)], None),
    ("layer norm", lambda: nn.LayerNorm(6), [box(2, 3, 6)], None),
    ("rms norm", lambda: nn.RMSNorm(6, eps=1e-5), [box(2, 3, 6)], None),
    ("batch norm", lambda: nn.BatchNorm1d(4), [box(6, 4), box(6, 4), box(5, 4)], box(3, 4)),
    ("mlp", lambda: nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 7), nn.ReLU(), nn.Linear(7, 3)), [box(4, 5)], None),
]


def step(name, module, key, maker):
    x = maker(Stream("layers", name, key))
    kind = "input" if x.is_floating_point() else "labels"
    result = {"training": module.training, kind: tensor(x)}
    wanted = dict(module.named_parameters())
    if kind == "input":
        wanted["input"] = x.requires_grad_()
    output = module(x)
    seed = Stream("layers", name, key, "seed").away(*output.shape)
    grads = torch.autograd.grad(output, list(wanted.values()), seed)
    result |= {"output": tensor(output), "seed": numbers(seed), "grads": named(dict(zip(wanted, grads)))}
    return result | {"buffers": named(dict(module.named_buffers()))}


def cases():
    for name, make, training, evaluation in ROWS:
        module = make().double()
        for key, p in module.named_parameters():
            p.data = Stream("layers", name, key).away(*p.shape)
        state = named(module.state_dict())
        steps = [step(name, module, i, maker) for i, maker in enumerate(training)]
        if evaluation:
            steps.append(step(name, module.eval(), "eval", evaluation))
        yield {"name": name, "state": state, "steps": steps}
