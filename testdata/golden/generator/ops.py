"""ops.json: every op's value and gradients in float64."""

from dataclasses import dataclass, field
from typing import Callable

import torch

from .encode import numbers, tensor
from .values import Stream


@dataclass
class Row:
    """One case: an op, what is special about it, torch's own function, the makers of its inputs, its arguments.

    The function gets the inputs in order, then labels or mask if there are any, then the arguments by name.
    With state (running statistics) it gets them as the last inputs and changes them.
    """

    op: str
    name: str
    function: Callable
    inputs: list
    args: dict = field(default_factory=dict)
    labels: Callable | None = None
    mask: Callable | None = None
    state: dict = field(default_factory=dict)

    def evaluate(self):
        def made(maker, *names):
            return maker(Stream("ops", self.op, self.name, *names))

        inputs = [made(maker, i).requires_grad_() for i, maker in enumerate(self.inputs)]
        case = {"op": self.op, "name": self.name, "args": self.args, "inputs": [tensor(x) for x in inputs]}
        more = []
        for kind in ("labels", "mask"):
            if maker := getattr(self, kind):
                more.append(made(maker, kind))
                case[kind] = tensor(more[-1])
        state = {name: made(maker, name) for name, maker in self.state.items()}
        if state:
            case["state"] = {name: tensor(x) for name, x in state.items()}
        output = self.function(*inputs, *more, *state.values(), **self.args)
        seed = Stream("ops", self.op, self.name, "seed").away(*output.shape)
        grads = torch.autograd.grad(output, inputs, seed)
        if state:
            case["state_after"] = {name: tensor(x) for name, x in state.items()}
        return case | {"output": tensor(output), "seed": numbers(seed), "grads": [numbers(g) for g in grads]}


def cases():
    from . import rows_attention, rows_convolutions, rows_elementwise, rows_layers, rows_losses, rows_recurrent, rows_shapes

    rows = [*rows_elementwise.rows(), *rows_shapes.rows(), *rows_layers.rows(), *rows_losses.rows(), *rows_convolutions.rows()]
    rows += [*rows_recurrent.rows(), *rows_attention.rows()]
    names = [(row.op, row.name) for row in rows]
    assert len(set(names)) == len(names), "two cases of one name"
    return [row.evaluate() for row in rows]
