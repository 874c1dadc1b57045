"""mlp_curve.json: the loss at each of 200 steps of a small MLP on the digits, in float32 and in float64."""

import gzip
import random

import torch
import torch.nn.functional as F
from torch import nn

from .encode import number, tensor
from .values import Stream

WIDTHS = (64, 32, 10)
SAMPLES = 1797
BATCH = 64
STEPS = 200

# name, torch's class, its arguments
CURVES = [
    ("SGD", "SGD", {"lr": 1e-3}),
    ("SGD momentum", "SGD", {"lr": 1e-3, "momentum": 0.9}),
    ("Adam", "Adam", {"lr": 1e-3}),
]


def digits(path):
    """Pixels in [0, 1], and labels, in the file's order. Rows are 64 pixels of 0 to 16 and the label."""
    with gzip.open(path, "rt") as file:
        table = torch.tensor([[int(float(v)) for v in line.split(",")] for line in file])
    assert table.shape == (SAMPLES, WIDTHS[0] + 1), f"{path} has shape {tuple(table.shape)}"
    return table[:, :-1].double() / 16, table[:, -1]


def start_values():
    """Uniform over ±1/sqrt(fan in), as torch's Linear starts, on a grid of 1/16384 that float32 holds."""
    state = {}
    for i, (fan_in, out) in enumerate(zip(WIDTHS, WIDTHS[1:])):
        bound = fan_in**-0.5 * 256
        for name, shape in (("weight", (out, fan_in)), ("bias", (out,))):
            state[f"{2 * i}.{name}"] = Stream("curve", i, name).box(*shape, low=-bound, high=bound).float() / 256
    return state


def batches():
    """Row numbers of each step's batch: a shuffle an epoch, the rows left over are not used."""
    shuffle = random.Random("curve/batches")
    rows = []
    while len(rows) < STEPS:
        order = shuffle.sample(range(SAMPLES), SAMPLES)
        rows += [order[i : i + BATCH] for i in range(0, SAMPLES - BATCH + 1, BATCH)]
    return rows[:STEPS]


def start():
    state = {name: tensor(x) for name, x in start_values().items()}
    return {"widths": list(WIDTHS), "batch": BATCH, "state": state, "rows": batches()}


def losses(kind, args, x, y, dtype):
    layers = [nn.Linear(WIDTHS[0], WIDTHS[1]), nn.ReLU(), nn.Linear(WIDTHS[1], WIDTHS[2])]
    net = nn.Sequential(*layers).to(dtype)
    net.load_state_dict(start_values())
    optimizer = getattr(torch.optim, kind)(net.parameters(), **args)
    x = x.to(dtype)
    for rows in batches():
        loss = F.cross_entropy(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield number(loss.item(), dtype)


def curves(path):
    x, y = digits(path)
    for name, kind, args in CURVES:
        both = {key: list(losses(kind, args, x, y, dtype)) for key, dtype in (("float32", torch.float32), ("float64", torch.float64))}
        yield {"name": name, "optimizer": kind, "args": args} | both
