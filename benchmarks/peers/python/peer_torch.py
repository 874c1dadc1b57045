"""PyTorch as a contestant: eager, or with the argument "compile" through torch.compile.

Settings are those of PyTorch's performance tuning guide: a thread a core, the fused optimizer, gradients set to None,
inference mode, and in training the whole of forward and backward in one compiled function.
"""

import os
import sys

from serve import PAGE, serve, written


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
        if work["kind"] in ("train", "forward"):
            return Network(perceptron(work), work, tensors, lr, self.compiled)
        if work["kind"] in FILE_STEPS:
            return File(work)
        make = networks.get(work["kind"])
        return Network(make(work), work, tensors, lr, self.compiled) if make else None


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


class File:
    """Work on a file, as the safetensors library does it: load_file maps it, save_file writes what is in memory."""

    def __init__(self, work):
        from safetensors.torch import load_file, save_file

        self.file, self.out = work["file"], f"{work['file']}.{os.getpid()}"
        self.load, self.save = load_file, save_file
        self.step = getattr(self, FILE_STEPS[work["kind"]])
        if work["kind"] in ("write", "save"):
            self.tensors = {name: t.clone() for name, t in load_file(self.file).items()}

    def reset(self):
        pass

    def touch(self):
        import torch

        self.sum = sum(int(t.view(torch.uint8).flatten()[::PAGE].sum()) for t in self.load(self.file).values())

    def write(self):
        self.save(self.tensors, self.out)

    def write_and_wait(self):
        self.write()
        self.sync()

    def convert(self):
        import torch

        self.save({name: t.to(torch.bfloat16) for name, t in self.load(self.file).items()}, self.out)

    def convert_and_wait(self):
        self.convert()
        self.sync()

    def sync(self):
        with open(self.out, "rb") as f:
            os.fsync(f.fileno())

    def wait(self):
        pass

    def value(self):
        return float(self.sum) if hasattr(self, "sum") else written(self.out)


FILE_STEPS = {"touch": "touch", "write": "write", "save": "write_and_wait", "to-bf16": "convert", "save-bf16": "convert_and_wait"}


def perceptron(work):
    from torch import nn

    layers = []
    for i, (n_in, n_out) in enumerate(zip(work["widths"], work["widths"][1:])):
        layers += [nn.ReLU()] if i else []
        layers.append(nn.Linear(n_in, n_out))
    return nn.Sequential(*layers)


def lenet5(work):
    from torch import nn

    convolutions = [nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)]
    linears = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    return nn.Sequential(*convolutions, nn.Flatten(), *linears)


def cnn(work):
    from torch import nn

    convolutions = [nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*convolutions, nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10))


def lstm(work):
    from torch import nn

    class LSTM(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(work["vocabulary"], work["embedding"])
            self.lstm = nn.LSTM(work["embedding"], work["width"], work["layers"], batch_first=True)
            self.head = nn.Linear(work["width"], work["vocabulary"])

        def forward(self, ids):
            return self.head(self.lstm(self.embedding(ids))[0])

    return LSTM()


def gpt(work):
    """GPT-2 as nanoGPT has it: attention is PyTorch's fused one."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    c, heads = work["width"], work["heads"]

    class Attention(nn.Module):
        def __init__(self):
            super().__init__()
            self.c_attn, self.c_proj = nn.Linear(c, 3 * c), nn.Linear(c, c)

        def forward(self, x):
            n, t, _ = x.shape
            q, k, v = (part.view(n, t, heads, c // heads).transpose(1, 2) for part in self.c_attn(x).split(c, 2))
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            return self.c_proj(y.transpose(1, 2).reshape(n, t, c))

    class MLP(nn.Module):
        def __init__(self):
            super().__init__()
            self.c_fc, self.c_proj = nn.Linear(c, 4 * c), nn.Linear(4 * c, c)

        def forward(self, x):
            return self.c_proj(F.gelu(self.c_fc(x), approximate="tanh"))

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.ln_1, self.attn, self.ln_2, self.mlp = nn.LayerNorm(c), Attention(), nn.LayerNorm(c), MLP()

        def forward(self, x):
            x = x + self.attn(self.ln_1(x))
            return x + self.mlp(self.ln_2(x))

    class GPT(nn.Module):
        def __init__(self):
            super().__init__()
            self.wte, self.wpe = nn.Embedding(work["vocabulary"], c), nn.Embedding(work["length"], c)
            self.h = nn.ModuleList(Block() for _ in range(work["layers"]))
            self.ln_f = nn.LayerNorm(c)
            self.positions = torch.arange(work["length"])

        def forward(self, ids):
            x = self.wte(ids) + self.wpe(self.positions)
            for block in self.h:
                x = block(x)
            return F.linear(self.ln_f(x), self.wte.weight)

    return GPT()


networks = {"lenet5": lenet5, "cnn": cnn, "lstm": lstm, "gpt": gpt}


class Network:
    def __init__(self, net, work, tensors, lr, compiled):
        import torch

        self.torch, self.net = torch, net
        self.start = {name: torch.tensor(v) for name, v in tensors.items()}
        self.x = self.start.pop("x")
        if work["kind"] in ("lstm", "gpt"):
            self.x = self.x.long()
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
        return self.torch.nn.functional.cross_entropy(self.net(x).flatten(0, -2), y.flatten())

    def train(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(self.x, self.y)
        loss.backward()
        self.optimizer.step()
        self.out = loss.detach()

    def wait(self):
        pass


serve(lambda: Torch(compiled=sys.argv[1:] == ["compile"]))
