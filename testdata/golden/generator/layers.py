"""layers.json: modules of torch.nn in float64: what they return, every gradient, and their state by its names.

Beside every tensor stands how far torch's own float32 is from it.
"""

import copy

import torch
from torch import nn

from . import attention
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
    ("conv1d", lambda: nn.Conv1d(3, 4, 3, stride=2, padding=1, dilation=2), [box(2, 3, 9)], None),
    ("conv1d without bias", lambda: nn.Conv1d(4, 6, 2, groups=2, bias=False), [box(2, 4, 5)], None),
    ("conv2d", lambda: nn.Conv2d(3, 4, 3, padding=1), [box(2, 3, 5, 4)], None),
    ("conv2d, everything", lambda: nn.Conv2d(4, 6, (3, 2), (2, 1), (1, 2), (1, 2), groups=2), [box(2, 4, 6, 5)], None),
    ("conv2d, depthwise", lambda: nn.Conv2d(3, 3, 3, padding=1, groups=3, bias=False), [box(2, 3, 5, 4)], None),
    ("max pool 1d", lambda: nn.MaxPool1d(2), [box(2, 3, 7)], None),
    ("max pool 2d", lambda: nn.MaxPool2d(3, stride=2, padding=1), [box(2, 3, 6, 5)], None),
    ("avg pool 1d", lambda: nn.AvgPool1d(3, stride=1), [box(2, 3, 7)], None),
    ("avg pool 2d", lambda: nn.AvgPool2d((2, 3), padding=1, count_include_pad=False), [box(2, 3, 6, 7)], None),
    ("adaptive max pool", lambda: nn.AdaptiveMaxPool2d((2, 3)), [box(2, 3, 5, 4)], None),
    ("adaptive avg pool", lambda: nn.AdaptiveAvgPool2d((1, 1)), [box(2, 3, 5, 4)], None),
    ("batch norm 2d", lambda: nn.BatchNorm2d(3), [box(2, 3, 2, 4), box(1, 3, 3, 2)], box(2, 3, 2, 2)),
    ("group norm", lambda: nn.GroupNorm(2, 6), [box(2, 6, 3, 2)], None),
    ("flatten", lambda: nn.Flatten(), [box(2, 3, 2, 2)], None),
    ("upsample nearest", lambda: nn.Upsample(scale_factor=2), [box(1, 2, 3, 4)], None),
    ("upsample bilinear", lambda: nn.Upsample(scale_factor=3, mode="bilinear"), [box(1, 2, 3, 4)], None),
    ("upsample bilinear, aligned", lambda: nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True), [box(1, 2, 3, 4)], None),
    ("constant pad", lambda: nn.ConstantPad2d((1, 2, 0, 3), 0.5), [box(2, 2, 3, 4)], None),
    ("reflection pad", lambda: nn.ReflectionPad2d(2), [box(2, 2, 3, 4)], None),
    ("replication pad", lambda: nn.ReplicationPad1d((1, 3)), [box(2, 2, 4)], None),
    ("rnn", lambda: nn.RNN(5, 4, batch_first=True), [box(2, 3, 5)], None),
    ("rnn, relu", lambda: nn.RNN(5, 4, 2, nonlinearity="relu", bias=False, batch_first=True), [box(2, 3, 5)], None),
    ("lstm", lambda: nn.LSTM(5, 4, batch_first=True), [box(2, 3, 5)], None),
    ("lstm, everything", lambda: nn.LSTM(3, 4, 2, bidirectional=True, batch_first=True), [box(3, 9, 3)], None),
    ("gru", lambda: nn.GRU(5, 4, batch_first=True), [box(2, 3, 5)], None),
    ("gru, everything", lambda: nn.GRU(3, 4, 2, bidirectional=True, batch_first=True), [box(3, 9, 3)], None),
    ("multi-head attention", lambda: attention.Multihead(6, 2, batch_first=True), [box(2, 4, 6)], None),
    ("multi-head attention without bias", lambda: attention.Multihead(6, 3, bias=False, batch_first=True), [box(1, 4, 6)], None),
    ("self-attention", lambda: attention.GPT2(6, 2), [box(2, 4, 6)], None),
    ("grouped-query attention", lambda: attention.Llama(8, 4, 2, 100.0), [box(2, 4, 8)], None),
    ("transformer block, norm before", lambda: nn.TransformerEncoderLayer(8, 2, 12, dropout=0.0, batch_first=True, norm_first=True), [box(2, 3, 8)], None),
    ("transformer block, norm after", lambda: nn.TransformerEncoderLayer(8, 2, 12, dropout=0.0, batch_first=True), [box(2, 3, 8)], None),
    ("mlp", lambda: nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 7), nn.ReLU(), nn.Linear(7, 3)), [box(4, 5)], None),
]

# Large weights would saturate these, and their gradients be what cancellation leaves of float32.
SATURATING = (nn.RNNBase, attention.Multihead, attention.GPT2, attention.Llama, nn.TransformerEncoderLayer)


def run(module, x, seed):
    """What the module returns of x, the gradient of everything it depends on, and its buffers then."""
    x = x.clone()
    wanted = dict(module.named_parameters())
    if x.is_floating_point():
        wanted["input"] = x.requires_grad_()
    output = module(x)
    if isinstance(output, tuple):  # of a recurrent layer, and the state at its end
        output = output[0]
    grads = torch.autograd.grad(output, list(wanted.values()), seed(output))
    return output.detach(), dict(zip(wanted, grads)), {key: b.clone() for key, b in module.named_buffers()}


def errors(exact, rounded):
    """The largest error of each tensor of a run. Two digits: the rest depends on the processor."""
    (output, grads, buffers), (output32, grads32, buffers32) = exact, rounded
    wanted, got = {"output": output} | grads | buffers, {"output": output32} | grads32 | buffers32
    return {key: float(f"{(got[key].double() - x).abs().max().item():.2g}") for key, x in wanted.items()}


def step(name, module, twin, key, maker):
    """One step in float64, and how far its float32 twin is from it."""
    x = maker(Stream("layers", name, key))

    def seed(output):
        return Stream("layers", name, key, "seed").away(*output.shape).to(output.dtype)

    exact = run(module, x, seed)
    rounded = run(twin, x.float() if x.is_floating_point() else x, seed)
    output, grads, buffers = exact
    return {
        "training": module.training, "input" if x.is_floating_point() else "labels": tensor(x),
        "output": tensor(output), "seed": numbers(seed(output)), "grads": named(grads), "buffers": named(buffers),
        "error": errors(exact, rounded),
    }


def cases():
    for name, make, training, evaluation in ROWS:
        module = make().double()
        for key, p in module.named_parameters():
            p.data = Stream("layers", name, key).away(*p.shape) * (0.25 if isinstance(module, SATURATING) else 1)
        twin = copy.deepcopy(module).float()
        state = named(module.state_dict())
        steps = [step(name, module, twin, i, maker) for i, maker in enumerate(training)]
        if evaluation:
            steps.append(step(name, module.eval(), twin.eval(), "eval", evaluation))
        yield {"name": name, "state": state, "steps": steps}
