"""Losses, with each way to reduce them."""

import warnings

import torch
import torch.nn.functional as F

from .ops import Row
from .values import box, given, ints, labels

REDUCTIONS = ("mean", "sum", "none")


def cross_entropy(x, target, **args):
    """Classes are the last axis here, as everywhere in Heft; torch has them second."""
    loss = F.cross_entropy(x.reshape(-1, x.shape[-1]), target.reshape(-1), **args)
    return loss.reshape(target.shape) if args["reduction"] == "none" else loss


def classifications():
    some = labels(1, -100, 0, 3, -100, 2)
    for reduction in REDUCTIONS:
        x, args = box(6, 4), {"reduction": reduction}
        yield Row("cross_entropy", reduction, cross_entropy, [x], args, labels=ints(6, below=4))
        yield Row("cross_entropy", f"{reduction}, smoothed", cross_entropy, [x], args | {"label_smoothing": 0.1}, labels=ints(6, below=4))
        yield Row("cross_entropy", f"{reduction}, some ignored", cross_entropy, [x], args | {"ignore_index": -100}, labels=some)
        both = args | {"label_smoothing": 0.25, "ignore_index": 2}
        yield Row("cross_entropy", f"{reduction}, smoothed, some ignored", cross_entropy, [x], both, labels=labels(1, 2, 0, 3, 2, 1))
        yield Row("cross_entropy", f"{reduction}, all ignored", cross_entropy, [box(2, 3)], args | {"ignore_index": 1}, labels=labels(1, 1))
    yield Row("cross_entropy", "two axes of labels", cross_entropy, [box(2, 3, 5)], {"reduction": "none"}, labels=ints(2, 3, below=5))
    far = given(1000.0, 0.0, -1000.0, -1000.0, 0.0, 1000.0, 50.0, 0.0, -50.0, shape=(3, 3))
    yield Row("cross_entropy", "far from 0", cross_entropy, [far], {"reduction": "none"}, labels=labels(0, 1, 0))


def nll(x, target, **args):
    """Classes are the last axis here, too."""
    loss = F.nll_loss(x.reshape(-1, x.shape[-1]), target.reshape(-1), **args)
    return loss.reshape(target.shape) if args["reduction"] == "none" else loss


def kl_div(x, target, **args):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch means to change "mean"
        return F.kl_div(x, target, **args)


def likelihoods():
    for reduction in REDUCTIONS:
        args = {"reduction": reduction}
        yield Row("nll", reduction, nll, [box(2, 3, 4)], args, labels=ints(2, 3, below=4))
        yield Row("nll", f"{reduction}, some ignored", nll, [box(5, 4)], args | {"ignore_index": 2}, labels=labels(1, 2, 0, 3, 2))
    for reduction in (*REDUCTIONS, "batchmean"):
        args = {"reduction": reduction}
        yield Row("kl_div", reduction, kl_div, [box(3, 5), box(3, 5, low=0.25, high=2.0)], args)
        yield Row("kl_div", f"{reduction}, target of logarithms", kl_div, [box(3, 5), box(3, 5)], args | {"log_target": True})


def bce_with_logits(x, target, pos_weight=None, **args):
    weight = None if pos_weight is None else torch.tensor(pos_weight, dtype=x.dtype)
    return F.binary_cross_entropy_with_logits(x, target, pos_weight=weight, **args)


def regressions():
    saturated = [given(-100.0, -40.0, -1.0, 0.0, 1.0, 40.0, 100.0), given(0.0, 1.0, 0.5, 0.25, 1.0, 0.0, 1.0)]
    equal = [given(-1.0, 0.5, 2.0, -0.5), given(-1.0, 0.5, 1.0, -0.25)]
    edge = [given(0.0, 0.5, 0.75, -0.5, -0.75, 3.0), given(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)]
    for reduction in REDUCTIONS:
        args = {"reduction": reduction}
        logits = [box(3, 5), box(3, 5, low=0.0, high=1.0)]
        yield Row("bce_with_logits", reduction, bce_with_logits, logits, args)
        yield Row("bce_with_logits", f"{reduction}, saturated", bce_with_logits, saturated, args)
        yield Row("bce_with_logits", f"{reduction}, weights", bce_with_logits, logits, args | {"pos_weight": [2.0, 0.5, 0.0, 1.0, 3.0]})
        yield Row("mse", reduction, F.mse_loss, [box(3, 5), box(3, 5)], args)
        yield Row("l1", reduction, F.l1_loss, [box(3, 5), box(3, 5)], args)
        yield Row("l1", f"{reduction}, at 0", F.l1_loss, equal, args)
        yield Row("huber", reduction, F.huber_loss, [box(3, 5), box(3, 5)], args | {"delta": 1.0})
        yield Row("huber", f"{reduction}, on the border", F.huber_loss, edge, args | {"delta": 0.5})


def rows():
    yield from classifications()
    yield from regressions()
    yield from likelihoods()
