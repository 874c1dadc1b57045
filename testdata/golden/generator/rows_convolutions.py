"""Convolutions, pooling, and what else changes planes."""

import torch
import torch.nn.functional as F

from .ops import Row
from .values import box, given

# input, weight, arguments
CONVOLUTIONS = {
    "conv1d": {
        "plain": ((2, 3, 8), (4, 3, 3), {}),
        "everything": ((2, 4, 11), (6, 2, 3), {"stride": [2], "padding": [3], "dilation": [2], "groups": 2}),
        "depthwise": ((2, 3, 7), (3, 1, 3), {"padding": [1], "groups": 3}),
    },
    "conv2d": {
        "plain": ((2, 3, 5, 6), (4, 3, 3, 2), {}),
        "same": ((2, 2, 4, 5), (3, 2, 3, 3), {"padding": [1, 1]}),
        "stride over the kernel": ((1, 2, 7, 8), (2, 2, 2, 2), {"stride": [3, 4]}),
        "everything": ((2, 4, 7, 6), (2, 2, 3, 2), {"stride": [2, 1], "padding": [2, 1], "dilation": [1, 3], "groups": 2}),
        "more padding than needed": ((1, 1, 2, 3), (2, 1, 2, 2), {"padding": [3, 2]}),
        "depthwise": ((2, 3, 5, 4), (3, 1, 3, 3), {"padding": [1, 1], "groups": 3}),
        "depthwise, two for each channel": ((2, 2, 6, 5), (4, 1, 2, 3), {"stride": [2, 2], "padding": [0, 2], "groups": 2}),
        "pointwise": ((2, 3, 3, 4), (5, 3, 1, 1), {}),
        "pointwise, strided": ((2, 3, 4, 5), (2, 3, 1, 1), {"stride": [2, 2]}),
        "no samples": ((0, 2, 4, 4), (3, 2, 3, 3), {}),
    },
}


def convolutions():
    for op, cases in CONVOLUTIONS.items():
        f = getattr(F, op)
        for name, (x, w, args) in cases.items():
            yield Row(op, f"{name}, bias", f, [box(*x), box(*w), box(w[0])], args)
            yield Row(op, f"{name}, no bias", f, [box(*x), box(*w)], args)


def poolings():
    ties = given(1.0, 1.0, 2.0, 3.0, 3.0, 3.0, 0.0, 0.0, -1.0, -2.0, -1.0, -2.0, -1.0, -1.0, -3.0, -3.0, shape=(1, 1, 4, 4))
    yield Row("max_pool1d", "plain", F.max_pool1d, [box(2, 3, 7)], {"kernel_size": 2})
    args = {"kernel_size": 3, "stride": [2], "padding": [1], "dilation": [2]}
    yield Row("max_pool1d", "everything", F.max_pool1d, [box(2, 3, 9)], args)
    yield Row("max_pool2d", "plain", F.max_pool2d, [box(2, 3, 5, 6)], {"kernel_size": [2, 2]})
    yield Row("max_pool2d", "ties", F.max_pool2d, [ties], {"kernel_size": [2, 2]})
    yield Row("max_pool2d", "ties, overlapping", F.max_pool2d, [ties], {"kernel_size": [3, 3], "stride": [1, 1]})
    args = {"kernel_size": [3, 2], "stride": [2, 1], "padding": [1, 1], "dilation": [1, 2]}
    yield Row("max_pool2d", "everything", F.max_pool2d, [box(2, 2, 7, 6)], args)
    yield Row("avg_pool1d", "plain", F.avg_pool1d, [box(2, 3, 7)], {"kernel_size": 2})
    args = {"kernel_size": 3, "stride": [2], "padding": [1], "count_include_pad": False}
    yield Row("avg_pool1d", "everything", F.avg_pool1d, [box(2, 3, 9)], args)
    yield Row("avg_pool2d", "plain", F.avg_pool2d, [box(2, 3, 5, 6)], {"kernel_size": [2, 2]})
    for count in (True, False):
        args = {"kernel_size": [3, 2], "stride": [2, 1], "padding": [1, 1], "count_include_pad": count}
        yield Row("avg_pool2d", f"everything, padding counts: {count}", F.avg_pool2d, [box(2, 2, 7, 6)], args)
    for size in ([1, 1], [2, 3], [5, 7], [8, 4]):
        yield Row("adaptive_max_pool2d", str(size), F.adaptive_max_pool2d, [box(2, 2, 5, 7)], {"output_size": size})
        yield Row("adaptive_avg_pool2d", str(size), F.adaptive_avg_pool2d, [box(2, 2, 5, 7)], {"output_size": size})


def pads():
    for mode in ("constant", "reflect", "replicate"):
        extra = {"value": 1.5} if mode == "constant" else {}
        f = lambda x, mode=mode, **args: F.pad(x, mode=mode, **args)
        yield Row(f"pad_{mode}", "two sides", f, [box(2, 3, 4)], {"pad": [3, 2]} | extra)
        yield Row(f"pad_{mode}", "four sides", f, [box(2, 2, 3, 4)], {"pad": [1, 3, 2, 0]} | extra)


def upsamplings():
    nearest = lambda x, size: F.interpolate(x, size=size, mode="nearest")
    bilinear = lambda x, size, align_corners: F.interpolate(x, size=size, mode="bilinear", align_corners=align_corners)
    for size in ([6, 8], [3, 4], [7, 5], [2, 9], [1, 1]):
        yield Row("upsample_nearest2d", str(size), nearest, [box(2, 2, 3, 4)], {"size": size})
        for align in (True, False):
            args = {"size": size, "align_corners": align}
            yield Row("upsample_bilinear2d", f"{size}, aligned: {align}", bilinear, [box(2, 2, 3, 4)], args)


def group_norms():
    norm = lambda x, weight=None, bias=None, *, num_groups, eps: F.group_norm(x, num_groups, weight, bias, eps)
    for name, shape, groups in (("matrix", (4, 6), 2), ("images", (2, 6, 3, 2), 3), ("one group", (2, 4, 5), 1), ("by channel", (2, 3, 7), 3)):
        args = {"num_groups": groups, "eps": 1e-5}
        yield Row("group_norm", name, norm, [box(*shape), box(shape[1]), box(shape[1])], args)
        yield Row("group_norm", f"{name}, neither gain nor shift", norm, [box(*shape)], args)


def rows():
    yield from convolutions()
    yield from poolings()
    yield from pads()
    yield from upsamplings()
    yield from group_norms()
