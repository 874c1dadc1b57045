"""Reductions, matrix products, and ops that move values."""

import torch

from .ops import Row
from .values import box, given, ints, labels

AXES = {"all": [], "first": [0], "middle": [1], "last": [-1], "first and last": [0, -1], "two inner": [-2, 2], "named all": [2, 0, 1]}


def over(f):
    """A reduction of torch, with no axes meaning all of them."""
    return lambda x, axes, **args: f(x, dim=axes or list(range(x.dim())), **args)


def reductions():
    for name, axes in AXES.items():
        x = box(3, 4, 5)
        yield Row("sum", name, over(torch.sum), [x], {"axes": axes})
        yield Row("mean", name, over(torch.mean), [x], {"axes": axes})
        yield Row("max", name, over(torch.amax), [x], {"axes": axes})
        yield Row("min", name, over(torch.amin), [x], {"axes": axes})
        yield Row("logsumexp", name, over(torch.logsumexp), [x], {"axes": axes})
        for correction in (0, 1):
            args = {"axes": axes, "correction": correction}
            yield Row("var", f"{name}, correction {correction}", over(torch.var), [x], args)
            yield Row("std", f"{name}, correction {correction}", over(torch.std), [x], args)
    yield Row("sum", "of nothing", over(torch.sum), [box(2, 0)], {"axes": [1]})
    yield Row("mean", "of one", over(torch.mean), [box(4, 1)], {"axes": [1]})
    ties = given(1.0, 2.0, 2.0, 3.0, 3.0, 3.0, -1.0, -1.0, -2.0, shape=(3, 3))
    yield Row("max", "ties share", over(torch.amax), [ties], {"axes": [1]})
    yield Row("min", "ties share", over(torch.amin), [ties], {"axes": [1]})
    far = given(1000.0, 999.0, 998.5, -1000.0, -1001.0, -999.5, 0.0, 800.0, -800.0, shape=(3, 3))
    yield Row("logsumexp", "far from 0", over(torch.logsumexp), [far], {"axes": [1]})
    masked = given(0.5, -torch.inf, 1.5, -torch.inf, -torch.inf, 2.0, shape=(2, 3))
    yield Row("logsumexp", "with -Inf", over(torch.logsumexp), [masked], {"axes": [1]})
    yield Row("var", "far from 0, correction 0", over(torch.var), [box(3, 4, low=999.0, high=1001.0)], {"axes": [1], "correction": 0})


def product(x, z, transpose_a=False, transpose_b=False):
    return torch.matmul(x.mT if transpose_a else x, z.mT if transpose_b else z)


def products():
    shapes = {
        "matrices": ((3, 4), (4, 5)),
        "one inner": ((3, 1), (1, 5)),
        "nothing inner": ((3, 0), (0, 2)),
        "batched": ((2, 3, 4), (2, 4, 5)),
        "batch repeats right": ((2, 3, 4), (4, 5)),
        "batch repeats left": ((3, 4), (2, 4, 5)),
        "batches repeat each other": ((2, 1, 3, 4), (3, 4, 2)),
        "vector, vector": ((4,), (4,)),
        "matrix, vector": ((3, 4), (4,)),
        "vector, matrix": ((4,), (4, 5)),
        "batch, vector": ((2, 3, 4), (4,)),
        "vector, batch": ((4,), (2, 4, 5)),
    }
    for name, (left, right) in shapes.items():
        yield Row("matmul", name, product, [box(*left), box(*right)])
    for name, a, b in (("left", True, False), ("right", False, True), ("both", True, True)):
        args = {"transpose_a": a, "transpose_b": b}
        left = lambda *batch: box(*batch, *((4, 3) if a else (3, 4)))
        right = lambda *batch: box(*batch, *((5, 4) if b else (4, 5)))
        yield Row("matmul", f"{name} transposed", product, [left(), right()], args)
        yield Row("matmul", f"{name} transposed, batched", product, [left(2), right(2)], args)
        yield Row("matmul", f"{name} transposed, batch repeats", product, [left(2, 1), right(3)], args)


def movements():
    yield Row("reshape", "any", torch.reshape, [box(3, 4)], {"shape": [2, 6]})
    yield Row("reshape", "open axis", torch.reshape, [box(3, 4)], {"shape": [2, -1, 3]})
    yield Row("flatten", "inner axes", torch.flatten, [box(2, 3, 4)], {"start_dim": 1})
    for axis in (0, 1, -1):
        yield Row("unsqueeze", f"axis {axis}", torch.unsqueeze, [box(3, 4)], {"dim": axis})
    for axis in (1, -3):
        yield Row("squeeze", f"axis {axis}", torch.squeeze, [box(1, 1, 3, 4)], {"dim": axis})
    for order in ([1, 0], [2, 0, 1], [0, 2, 1], [-1, 0, -2], [3, 1, 0, 2]):
        yield Row("permute", str(order), torch.permute, [box(*range(2, 2 + len(order)))], {"dims": order})
    yield Row("transpose", "first and last", lambda x, axes: x.transpose(*axes), [box(2, 3, 4)], {"axes": [0, -1]})
    part = lambda x, axis, start, end: x.narrow(axis, start, end - start)
    for axis, start, end in ((0, 1, 3), (1, 0, 2), (-1, 4, 5), (-2, 1, 4), (0, 2, 2)):
        yield Row("slice", f"axis {axis}, {start} to {end}", part, [box(3, 4, 5)], {"axis": axis, "start": start, "end": end})
    for axis, i in ((0, 1), (-1, -2)):
        yield Row("select", f"axis {axis}, position {i}", torch.select, [box(3, 4, 5)], {"dim": axis, "index": i})
    join = lambda *xs, axis: torch.cat(xs, axis)
    yield Row("concat", "axis 0", join, [box(2, 3), box(1, 3), box(3, 3)], {"axis": 0})
    yield Row("concat", "axis -1", join, [box(2, 3, 1), box(2, 3, 4)], {"axis": -1})
    yield Row("concat", "middle axis", join, [box(2, 1, 3), box(2, 2, 3), box(2, 0, 3)], {"axis": 1})
    pile = lambda *xs, axis: torch.stack(xs, axis)
    for axis in (0, 1, 2, -1):
        yield Row("stack", f"axis {axis}", pile, [box(2, 3), box(2, 3), box(2, 3)], {"axis": axis})
    pick = lambda x, index, axis: torch.gather(x, axis, index)
    yield Row("gather", "last axis", pick, [box(3, 5)], {"axis": -1}, labels=ints(3, 2, below=5))
    yield Row("gather", "first axis, repeats", pick, [box(4, 3)], {"axis": 0}, labels=labels(0, 0, 0, 3, 0, 1, 3, 2, 1, shape=(3, 3)))
    yield Row("gather", "middle axis", pick, [box(2, 4, 3)], {"axis": 1}, labels=ints(2, 5, 3, below=4))
    look = lambda table, ids: torch.nn.functional.embedding(ids, table)
    yield Row("embedding", "repeats", look, [box(6, 3)], labels=labels(5, 0, 0, 2, 5, 0))
    yield Row("embedding", "two axes", look, [box(7, 2)], labels=ints(2, 3, below=7))


def rows():
    yield from reductions()
    yield from products()
    yield from movements()
