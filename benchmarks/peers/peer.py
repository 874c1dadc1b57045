"""One peer: trains what the lines on stdin describe, and answers each with a line of JSON.

peers runs this with the library's name, torch or jax. It needs nothing else but numpy.
"""

import json
import sys
import time


def read_start(path):
    """Returns the tensors of a safetensors file that holds nothing but F32."""
    import numpy as np

    with open(path, "rb") as f:
        header = json.loads(f.read(int.from_bytes(f.read(8), "little")))
        data = f.read()
    header.pop("__metadata__", None)
    return {
        name: np.frombuffer(data[slice(*t["data_offsets"])], "<f4").reshape(t["shape"])
        for name, t in header.items()
    }


class Torch:
    """PyTorch as a user writes it: eager, with the optimizer's fused form, which is the faster one."""

    def __init__(self):
        import torch

        self.torch = torch
        self.name, self.version = "PyTorch", torch.__version__
        self.setup = f"eager, fused Adam, {torch.get_num_threads()} threads"

    def start(self, tensors, widths, lr):
        torch = self.torch
        layers = []
        for i, (n_in, n_out) in enumerate(zip(widths, widths[1:])):
            layers += [torch.nn.ReLU()] if i else []
            layers.append(torch.nn.Linear(n_in, n_out))
        net = torch.nn.Sequential(*layers)
        net.load_state_dict({name: torch.tensor(v) for name, v in tensors.items() if name not in ("x", "y")})
        x, y = torch.tensor(tensors["x"]), torch.tensor(tensors["y"]).long()
        optimizer = torch.optim.Adam(net.parameters(), lr=lr, fused=True)

        def step():
            optimizer.zero_grad(set_to_none=True)
            loss = torch.nn.functional.cross_entropy(net(x), y)
            loss.backward()
            optimizer.step()
            return loss.detach()

        return step


class Jax:
    """JAX with the whole step, Adam included, compiled to one program whose parameters are updated in place."""

    def __init__(self):
        import jax

        self.jax = jax
        self.name, self.version = "JAX", jax.__version__
        self.setup = f"jit, on {jax.devices()[0].platform}"
        self.train = jax.jit(self.train_step, donate_argnums=(0,))

    def loss(self, params, x, y):
        jax = self.jax
        for i, (w, b) in enumerate(params):
            x = (jax.nn.relu(x) if i else x) @ w.T + b
        return -jax.numpy.take_along_axis(jax.nn.log_softmax(x), y[:, None], 1).mean()

    def train_step(self, state, x, y, lr):
        jax, jnp = self.jax, self.jax.numpy
        params, m, v, t = state
        loss, grads = jax.value_and_grad(self.loss)(params, x, y)
        t = t + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, grads)
        size, correction = lr / (1 - 0.9**t), 1 / jnp.sqrt(1 - 0.999**t)
        params = jax.tree.map(lambda p, m, v: p - size * m / (correction * jnp.sqrt(v) + 1e-8), params, m, v)
        return (params, m, v, t), loss

    def start(self, tensors, widths, lr):
        jax, jnp = self.jax, self.jax.numpy
        names = [str(2 * i) for i in range(len(widths) - 1)]
        params = [(jnp.array(tensors[n + ".weight"]), jnp.array(tensors[n + ".bias"])) for n in names]
        zeros = lambda: jax.tree.map(jnp.zeros_like, params)
        state = [(params, zeros(), zeros(), jnp.float32(0))]
        x, y, lr = jnp.array(tensors["x"]), jnp.array(tensors["y"], dtype=jnp.int32), jnp.float32(lr)

        def step():
            state[0], loss = self.train(state[0], x, y, lr)
            return loss

        return step


def say(answer):
    print(json.dumps(answer), flush=True)


def main():
    try:
        peer = {"torch": Torch, "jax": Jax}[sys.argv[1]]()
    except ImportError as e:
        say({"missing": str(e)})
        return
    say({"name": peer.name, "version": peer.version, "setup": peer.setup})
    for line in sys.stdin:
        task = json.loads(line)
        step = peer.start(read_start(task["file"]), task["widths"], task["lr"])
        for _ in range(task["warmup"]):
            float(step())
        begun = time.perf_counter()
        for _ in range(task["steps"]):
            loss = step()
        loss = float(loss)  # waits for what is still being computed
        seconds = time.perf_counter() - begun
        say({"seconds": seconds, "loss": loss})


main()
