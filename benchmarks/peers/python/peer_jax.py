"""JAX as a contestant: a step is one jit, whose parameters are updated in place (donate_argnums)."""

import os

from serve import serve


class Jax:
    def __init__(self):
        import jax

        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        self.name, self.version = "JAX", jax.__version__
        self.setup = f"jit, XLA on {jax.devices()[0].platform}, {cores} cores"

    def prepare(self, work, tensors, lr):
        runner = {"sgemm": Product, "forward": Forward, "train": Train}.get(work["kind"])
        return runner(work, tensors, lr) if runner else None


class Runner:
    """Leaves in self.out what its last step computes."""

    def reset(self):
        pass

    def wait(self):
        self.out.block_until_ready()

    def value(self):
        return float(abs(self.out[-1]).sum())


class Product(Runner):
    """Waits for each product: otherwise several would run at once."""

    def __init__(self, work, tensors, lr):
        import jax

        self.a, self.b = jax.numpy.array(tensors["a"]), jax.numpy.array(tensors["b"])
        trans_a, trans_b = work["trans_a"], work["trans_b"]
        self.multiply = jax.jit(lambda a, b: (a.T if trans_a else a) @ (b.T if trans_b else b))

    def step(self):
        self.out = self.multiply(self.a, self.b).block_until_ready()


def load(work, tensors):
    """Returns the layers' (weight, bias), from numbers that a runner keeps to begin afresh with."""
    import jax

    layers = range(0, 2 * len(work["widths"]) - 2, 2)
    return [tuple(jax.numpy.array(tensors[f"{i}.{kind}"]) for kind in ("weight", "bias")) for i in layers]


def logits(params, x):
    import jax

    for i, (w, b) in enumerate(params):
        x = (jax.nn.relu(x) if i else x) @ w.T + b
    return x


class Forward(Runner):
    def __init__(self, work, tensors, lr):
        import jax

        self.params, self.x = load(work, tensors), jax.numpy.array(tensors["x"])
        self.run = jax.jit(logits)

    def step(self):
        self.out = self.run(self.params, self.x).block_until_ready()


def cross_entropy(params, x, y):
    import jax

    return -jax.numpy.take_along_axis(jax.nn.log_softmax(logits(params, x)), y[:, None], 1).mean()


def train_step(state, x, y, lr):
    """Forward, backward and Adam: Kingma and Ba's algorithm in the order of PyTorch's operations."""
    import jax

    params, m, v, t = state
    loss, grads = jax.value_and_grad(cross_entropy)(params, x, y)
    t = t + 1
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, grads)
    size, correction = lr / (1 - 0.9**t), 1 / jax.numpy.sqrt(1 - 0.999**t)
    params = jax.tree.map(lambda p, m, v: p - size * m / (correction * jax.numpy.sqrt(v) + 1e-8), params, m, v)
    return (params, m, v, t), loss


class Train(Runner):
    """Steps follow from each other, so only the last is waited for."""

    def __init__(self, work, tensors, lr):
        import jax

        self.work, self.tensors = work, tensors
        self.x = jax.numpy.array(tensors["x"])
        self.y = jax.numpy.array(tensors["y"], dtype=jax.numpy.int32)
        self.lr = jax.numpy.float32(lr)
        self.run = jax.jit(train_step, donate_argnums=(0,))
        self.reset()

    def reset(self):
        import jax

        params = load(self.work, self.tensors)
        zeros = lambda: jax.tree.map(jax.numpy.zeros_like, params)
        self.state = (params, zeros(), zeros(), jax.numpy.float32(0))

    def step(self):
        self.state, self.out = self.run(self.state, self.x, self.y, self.lr)

    def value(self):
        return float(self.out)


serve(Jax)
