"""Recurrent layers as ops: one layer, one direction, sequences [t, n, ...]."""

import torch
from torch import _VF

from .ops import Row
from .values import box


def run(kind, reverse, x, weight_ih, weight_hh, bias_ih=None, bias_hh=None, *states):
    """torch's own layer. An LSTM's cell at the end is appended to the outputs as one more step."""
    biased = bias_ih is not None
    weights = [weight_ih, weight_hh] + ([bias_ih, bias_hh] if biased else [])
    zeros = torch.zeros(x.shape[1], weight_hh.shape[1], dtype=x.dtype)
    states = [s[None] for s in states or [zeros, zeros]]
    settings = (weights, biased, 1, 0.0, True, False, False)
    x = x.flip(0) if reverse else x
    if kind != "lstm":
        y, _ = getattr(_VF, kind)(x, states[0], *settings)
        return y.flip(0) if reverse else y
    y, _, cn = _VF.lstm(x, states[:2], *settings)
    return torch.cat([y.flip(0) if reverse else y, cn])


def rows():
    t, n, i, h = 3, 2, 3, 2
    for kind, gates in {"rnn_tanh": 1, "rnn_relu": 1, "gru": 3, "lstm": 4}.items():
        weights = [box(gates * h, i, low=-1, high=1), box(gates * h, h, low=-1, high=1)]
        biases = [box(gates * h), box(gates * h)]
        states = [box(n, h)] * (2 if kind == "lstm" else 1)
        for reverse in (False, True):
            def f(*inputs, reverse, kind=kind):
                return run(kind, reverse, *inputs)

            name = "backwards" if reverse else "forwards"
            args = {"reverse": reverse}
            yield Row(kind, name, f, [box(t, n, i), *weights, *biases, *states], args)
            yield Row(kind, f"{name}, neither biases nor states", f, [box(t, n, i), *weights], args)
        yield Row(kind, "ten steps", f, [box(10, n, i), *weights, *biases], {"reverse": False})
