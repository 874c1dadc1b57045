"""init.json: gains, fans, the deviations and bounds that follow from them, and exact starts (torch.nn.init)."""

import math

import torch
from torch.nn import init

from .encode import tensor

# The nonlinearities torch knows, with their parameter where they take one.
NONLINEARITIES = [
    (name, None)
    for name in (
        "linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d",
        "sigmoid", "tanh", "relu", "leaky_relu", "selu",
    )
] + [("leaky_relu", 0.2), ("leaky_relu", math.sqrt(5)), ("leaky_relu", 0.0)]

SHAPES = [[3, 5], [128, 784], [1, 7], [16, 3, 5], [8, 3, 3, 3], [4, 6, 2, 3, 5]]


def gains():
    return [{"nonlinearity": n, "param": p, "gain": init.calculate_gain(n, p)} for n, p in NONLINEARITIES]


def fans_of(shape):
    return init._calculate_fan_in_and_fan_out(torch.empty(shape))


def fans():
    return [dict(zip(("shape", "fan_in", "fan_out"), (shape, *fans_of(shape)))) for shape in SHAPES]


def check(shape, std, normal, uniform):
    """torch's own draws are those of N(0, 1) times std, and of U(-1, 1) times sqrt(3) std."""
    for spread, fill, unit in ((std, normal, init.normal_), (math.sqrt(3.0) * std, uniform, lambda w: init.uniform_(w, -1.0, 1.0))):
        with torch.random.fork_rng():
            torch.manual_seed(1)
            drawn = fill(torch.empty(shape))
            torch.manual_seed(1)
            torch.testing.assert_close(drawn, spread * unit(torch.empty(shape)), rtol=1e-6, atol=1e-6 * spread)


def bounds():
    """The formulas of xavier_ and kaiming_ in torch.nn.init, in float64: std, and bound = sqrt(3) std."""
    for shape in SHAPES:
        fan_in, fan_out = fans_of(shape)
        for gain in (1.0, init.calculate_gain("tanh")):
            std = gain * math.sqrt(2.0 / float(fan_in + fan_out))
            check(shape, std, lambda w: init.xavier_normal_(w, gain), lambda w: init.xavier_uniform_(w, gain))
            yield {"scheme": "xavier", "shape": shape, "gain": gain, "std": std, "bound": math.sqrt(3.0) * std}
        for mode, fan in (("fan_in", fan_in), ("fan_out", fan_out)):
            for nonlinearity, a in (("relu", 0.0), ("leaky_relu", math.sqrt(5)), ("linear", 0.0)):
                gain = init.calculate_gain(nonlinearity, a)
                std = gain / math.sqrt(fan)
                check(
                    shape, std, lambda w: init.kaiming_normal_(w, a, mode, nonlinearity),
                    lambda w: init.kaiming_uniform_(w, a, mode, nonlinearity),
                )
                yield {
                    "scheme": "kaiming", "shape": shape, "mode": mode, "nonlinearity": nonlinearity, "param": a,
                    "gain": gain, "std": std, "bound": math.sqrt(3.0) * std,
                }


# Shapes of weights that hand their input on, with groups; even kernels have their middle at the later tap.
HANDING_ON = [
    ([3, 5], 1), ([5, 3], 1), ([4, 4], 1), ([4, 3, 5], 1), ([6, 2, 3], 3), ([3, 4, 3, 3], 1), ([6, 2, 3, 3], 3),
    ([4, 2, 2, 4], 2), ([2, 3, 4, 3], 1), ([4, 2, 3, 2, 3], 2),
]


def identities():
    """eye_ of matrices, dirac_ of convolutions."""
    for shape, groups in HANDING_ON:
        weight = torch.empty(shape)
        init.eye_(weight) if len(shape) == 2 else init.dirac_(weight, groups)
        yield {"groups": groups, "weight": tensor(weight)}


def sparsities():
    """How many numbers of each column sparse_ leaves at 0."""
    for shape, sparsity in (([7, 5], 0.3), ([10, 4], 0.3), ([6, 9], 0.0), ([6, 9], 1.0), ([13, 3], 0.01), ([96, 160], 0.9)):
        zeros = (init.sparse_(torch.empty(shape), sparsity, std=1.0) == 0).sum(0).unique()
        yield {"shape": shape, "sparsity": sparsity, "zeros": zeros.item()}
