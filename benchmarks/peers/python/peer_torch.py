"""PyTorch as a contestant: eager, or with the argument "compile" through torch.compile.

Settings are those of PyTorch's performance tuning guide: a thread a core, the fused optimizer, gradients set to None,
inference mode, and in training the whole of forward and backward in one compiled function.
"""

import os
import sys

from serve import serve


class Torch:
    def __init__(self, compiled):
        import torch

        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        torch.set_num_threads(cores)
        torch.set_num_interop_threads(1)
        self.compiled = compiled
        self.name = "PyTorch, compiled" if compiled else "PyTorch"
        self.version = torch.__version__
        self.setup = f"{'torch.compile' if compiled else 'eager'}, MKL and oneDNN, {torch.backends.cpu.get_cpu_capability()}, {cores} threads"

    def prepare(self, work, tensors, lr):
        if work["kind"] == "sgemm":
            return Product(work, tensors)
        return Perceptron(work, tensors, lr, self.compiled)


class Product:
    def __init__(self, work, tensors):
        import torch

        a, b = torch.tensor(tensors["a"]), torch.tensor(tensors["b"])
        self.a = a.T if work["trans_a"] else a
        self.b = b.T if work["trans_b"] else b
        self.c = torch.empty(work["m"], work["n"])
        self.mm = torch.mm

    def reset(self):
        pass

    def step(self):
        self.mm(self.a, self.b, out=self.c)

    def wait(self):
        pass

    def value(self):
        return float(self.c[-1].abs().sum())


class Perceptron:
    def __init__(self, work, tensors, lr, compiled):
        import torch

        layers = []
        for i, (n_in, n_out) in enumerate(zip(work["widths"], work["widths"][1:])):
            layers += [torch.nn.ReLU()] if i else []
            layers.append(torch.nn.Linear(n_in, n_out))
        self.torch, self.net = torch, torch.nn.Sequential(*layers)
        self.start = {name: torch.tensor(v) for name, v in tensors.items()}
        self.x = self.start.pop("x")
        self.net.load_state_dict({name: v for name, v in self.start.items() if name != "y"})
        if work["kind"] == "forward":
            self.forward = torch.compile(self.net) if compiled else self.net
            self.step, self.value = self.infer, lambda: float(self.out[-1].abs().sum())
            return
        self.y = self.start.pop("y").long()
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=lr, fused=True)
        self.loss = torch.compile(self.compute_loss) if compiled else self.compute_loss
        self.step, self.value = self.train, lambda: float(self.out)

    def reset(self):
        if not hasattr(self, "optimizer"):
            return
        with self.torch.no_grad():
            for name, parameter in self.net.named_parameters():
                parameter.copy_(self.start[name])
            for state in self.optimizer.state.values():
                for v in state.values():
                    v.zero_()

    def infer(self):
        with self.torch.inference_mode():
            self.out = self.forward(self.x)

    def compute_loss(self, x, y):
        return self.torch.nn.functional.cross_entropy(self.net(x), y)

    def train(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(self.x, self.y)
        loss.backward()
        self.optimizer.step()
        self.out = loss.detach()

    def wait(self):
        pass


serve(lambda: Torch(compiled=sys.argv[1:] == ["compile"]))
