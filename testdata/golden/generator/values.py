"""Numbers to start from. They depend on a name alone, so that a new case changes no other, and on no torch version.

All but special points are multiples of 1/64: float32 and float64 hold them exactly, and in decimals they are short.
"""

import math
import random

import torch

GRID = 64


class Stream:
    """Numbers that belong to a name."""

    def __init__(self, *names):
        self.random = random.Random("/".join(map(str, names)))

    def box(self, *shape, low=-2.0, high=2.0):
        """Uniform over [low, high]."""
        grid = [self.random.randint(round(low * GRID), round(high * GRID)) / GRID for _ in range(math.prod(shape))]
        return torch.tensor(grid, dtype=torch.float64).reshape(shape)

    def away(self, *shape, low=0.25, high=2.0):
        """Either sign, magnitudes over [low, high]: never near zero."""
        return self.box(*shape, low=low, high=high) * (2 * self.ints(*shape, below=2) - 1)

    def ints(self, *shape, below):
        """Uniform over 0 ... below-1."""
        flat = [self.random.randrange(below) for _ in range(math.prod(shape))]
        return torch.tensor(flat, dtype=torch.int64).reshape(shape)


# An input of a case is a function of a Stream; these make one.


def box(*shape, low=-2.0, high=2.0):
    return lambda stream: stream.box(*shape, low=low, high=high)


def away(*shape):
    return lambda stream: stream.away(*shape)


def ints(*shape, below):
    return lambda stream: stream.ints(*shape, below=below)


def given(*values, shape=None):
    """Special points, as they are."""
    x = torch.tensor(values, dtype=torch.float64)
    return lambda stream: x.reshape(shape or x.shape)


def labels(*values, shape=None):
    """Indices, as they are."""
    x = torch.tensor(values, dtype=torch.int64)
    return lambda stream: x.reshape(shape or x.shape)


def mask(*shape):
    return lambda stream: stream.ints(*shape, below=2).bool()
