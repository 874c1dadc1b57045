"""Arithmetic, functions of one value and activations."""

import torch
import torch.nn.functional as F

from .ops import Row
from .values import away, box, given, mask

ZERO = given(-2.0, -0.5, -0.0, 0.0, 0.5, 2.0)
# Beyond 20, softplus of PyTorch is the identity: between 20 and 36 that is off by more than float64's precision.
SATURATED = given(-100.0, -40.0, -18.5, -1.0, 0.0, 1.0, 18.5, 40.0, 100.0)


def arithmetic():
    pairs = [
        ("one shape", (3, 5), (3, 5)),
        ("row repeats", (3, 5), (5,)),
        ("column repeats", (3, 5), (3, 1)),
        ("both repeat", (2, 1, 5), (3, 1)),
        ("left repeats", (4,), (2, 3, 4)),
        ("scalar right", (2, 3), ()),
        ("scalar left", (), (2, 3)),
        ("middle axis repeats", (2, 3, 1, 2), (2, 1, 4, 2)),
        ("nothing", (0, 3), (3,)),
    ]
    for op, f in {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div}.items():
        for name, left, right in pairs:
            yield Row(op, name, f, [away(*left), away(*right)])
    yield Row("neg", "any", torch.neg, [box(3, 5)])
    yield Row("add_scalar", "any", lambda x, value: x + value, [box(3, 5)], {"value": 0.75})
    yield Row("mul_scalar", "any", lambda x, value: x * value, [box(3, 5)], {"value": -2.5})
    yield Row("clamp", "both sides", torch.clamp, [box(3, 7)], {"min": -0.75, "max": 0.5})
    yield Row("clamp", "on the borders", torch.clamp, [given(-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0)], {"min": -1.0, "max": 1.0})
    for name, shapes in {"one shape": [(3, 5), (3, 5)], "row and column": [(5,), (3, 1)], "scalar": [(3, 5), ()]}.items():
        choose = lambda x, z, m: torch.where(m, x, z)
        yield Row("where", name, choose, [box(*shape) for shape in shapes], mask=mask(3, 5))


def mathematics():
    yield Row("exp", "any", torch.exp, [box(3, 5)])
    yield Row("exp", "large and small", torch.exp, [given(-80.0, -20.0, 20.0, 80.0)])
    yield Row("log", "any", torch.log, [box(3, 5, low=0.25, high=4.0)])
    yield Row("log", "at 0 and 1", torch.log, [given(0.0, 1.0, 1e-30, 1e30)])
    yield Row("sqrt", "any", torch.sqrt, [box(3, 5, low=0.25, high=4.0)])
    yield Row("sqrt", "at 0 and 1", torch.sqrt, [given(0.0, 1.0, 1e-30, 1e30)])
    yield Row("abs", "any", torch.abs, [away(3, 5)])
    yield Row("abs", "at 0", torch.abs, [ZERO])
    for exponent in (2.0, 3.0, 1.0, 0.0):
        yield Row("pow", f"power {exponent:g}", torch.pow, [away(3, 5)], {"exponent": exponent})
        yield Row("pow", f"power {exponent:g} at 0", torch.pow, [ZERO], {"exponent": exponent})
    for exponent in (0.5, -1.0, -1.5, 2.5):
        yield Row("pow", f"power {exponent:g}", torch.pow, [box(3, 5, low=0.25, high=4.0)], {"exponent": exponent})
    yield Row("pow", "power -1 of either sign", torch.pow, [away(3, 5)], {"exponent": -1.0})


def activations():
    functions = {
        "relu": (F.relu, {}),
        "leaky_relu": (F.leaky_relu, {"negative_slope": 0.01}),
        "elu": (F.elu, {"alpha": 1.5}),
        "selu": (F.selu, {}),
        "gelu": (F.gelu, {}),
        "gelu_tanh": (lambda x: F.gelu(x, approximate="tanh"), {}),
        "silu": (F.silu, {}),
        "sigmoid": (torch.sigmoid, {}),
        "log_sigmoid": (F.logsigmoid, {}),
        "tanh": (torch.tanh, {}),
        "softplus": (F.softplus, {}),
    }
    for op, (f, args) in functions.items():
        yield Row(op, "any", f, [box(3, 7, low=-4.0, high=4.0)], args)
        yield Row(op, "around 0", f, [ZERO], args)
        yield Row(op, "saturated", f, [SATURATED], args)
    yield Row("leaky_relu", "slope 0.2", F.leaky_relu, [box(3, 5)], {"negative_slope": 0.2})
    yield Row("elu", "alpha 1", F.elu, [box(3, 5)], {"alpha": 1.0})
    for op, f in {"swiglu": F.silu, "geglu": F.gelu}.items():
        yield Row(op, "any", lambda gate, up, f=f: f(gate) * up, [box(3, 7, low=-4.0, high=4.0), box(3, 7)])


def rows():
    yield from arithmetic()
    yield from mathematics()
    yield from activations()
