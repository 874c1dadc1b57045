"""Softmax, and the computing of layers: linear, and the normalizations."""

import torch
import torch.nn.functional as F

from .ops import Row
from .values import box, given


def softmaxes():
    for op, f in {"softmax": torch.softmax, "log_softmax": torch.log_softmax}.items():
        for axis in (-1, 0, 1):
            yield Row(op, f"axis {axis}", f, [box(3, 4, 5)], {"dim": axis})
        far = given(1000.0, 999.0, 998.5, -1000.0, -1001.0, -999.5, 0.0, 40.0, -40.0, shape=(3, 3))
        yield Row(op, "far from 0", f, [far], {"dim": -1})
        masked = given(0.5, -torch.inf, 1.5, -torch.inf, -torch.inf, 2.0, -torch.inf, -torch.inf, -torch.inf, shape=(3, 3))
        yield Row(op, "with -Inf, and a row of nothing else", f, [masked], {"dim": -1})


def linears():
    for name, shape in {"matrix": (3, 4), "vector": (4,), "batch": (2, 3, 4), "no rows": (0, 4)}.items():
        yield Row("linear", f"{name}, bias", F.linear, [box(*shape), box(5, 4), box(5)])
        yield Row("linear", f"{name}, no bias", F.linear, [box(*shape), box(5, 4)])


def layer_norm(x, weight=None, bias=None, *, eps):
    return F.layer_norm(x, x.shape[-1:], weight, bias, eps)


def rms_norm(x, weight=None, *, eps):
    return F.rms_norm(x, x.shape[-1:], weight, eps)


def batch_norm(x, weight, bias, mean, var, *, eps, momentum):
    return F.batch_norm(x, mean, var, weight, bias, True, momentum, eps)


def batch_norm_inference(x, weight, bias, mean, var, *, eps):
    return F.batch_norm(x, mean, var, weight, bias, False, 0.0, eps)


def norms():
    for name, shape in {"matrix": (3, 7), "batch": (2, 3, 5), "vector": (6,)}.items():
        c = shape[-1]
        yield Row("layer_norm", name, layer_norm, [box(*shape), box(c), box(c)], {"eps": 1e-5})
        yield Row("layer_norm", f"{name}, gain only", layer_norm, [box(*shape), box(c)], {"eps": 1e-5})
        yield Row("layer_norm", f"{name}, neither gain nor shift", layer_norm, [box(*shape)], {"eps": 1e-5})
        yield Row("rms_norm", name, rms_norm, [box(*shape), box(c)], {"eps": 1e-6})
        yield Row("rms_norm", f"{name}, no gain", rms_norm, [box(*shape)], {"eps": 1e-6})
    yield Row("layer_norm", "large eps", layer_norm, [box(3, 5), box(5), box(5)], {"eps": 0.5})
    level = given(0.75, 0.75, 0.75, 0.75, 1.0, -1.0, 1.0, -1.0, shape=(2, 4))
    yield Row("layer_norm", "a level row", layer_norm, [level, box(4), box(4)], {"eps": 1e-5})
    yield Row("rms_norm", "a row of zeros", rms_norm, [given(0.0, 0.0, 0.0, 0.5, -1.0, 2.0, shape=(2, 3)), box(3)], {"eps": 1e-6})
    for name, shape, args in (
        ("matrix", (6, 3), {"eps": 1e-5, "momentum": 0.1}),
        ("other momentum", (5, 4), {"eps": 1e-3, "momentum": 0.25}),
        ("two rows", (2, 5), {"eps": 1e-5, "momentum": 0.1}),
        ("channels in the middle", (2, 3, 4), {"eps": 1e-5, "momentum": 0.1}),
    ):
        c = shape[1]
        state = {"running_mean": box(c), "running_var": box(c, low=0.5, high=2.0)}
        yield Row("batch_norm", name, batch_norm, [box(*shape), box(c), box(c)], args, state=state)
    for name, shape in {"matrix": (4, 3), "channels in the middle": (2, 3, 5)}.items():
        state = {"running_mean": box(3), "running_var": box(3, low=0.5, high=2.0)}
        yield Row("batch_norm_inference", name, batch_norm_inference, [box(*shape), box(3), box(3)], {"eps": 1e-5}, state=state)


def rows():
    yield from softmaxes()
    yield from linears()
    yield from norms()
