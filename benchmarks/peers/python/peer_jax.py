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
        runner = {"sgemm": Product, "forward": Forward}.get(work["kind"])
        if runner:
            return runner(work, tensors, lr)
        forward = networks.get(work["kind"])
        return Train(forward, work, tensors, lr) if forward else None


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


class Forward(Runner):
    def __init__(self, work, tensors, lr):
        import functools

        import jax

        self.params = {name: jax.numpy.array(v) for name, v in tensors.items() if name not in ("x", "y")}
        self.x = jax.numpy.array(tensors["x"])
        self.run = jax.jit(functools.partial(perceptron, work))

    def step(self):
        self.out = self.run(self.params, self.x).block_until_ready()


def convolve(params, i, x, padding=0):
    import jax

    w, b = params[f"{i}.weight"], params[f"{i}.bias"]
    y = jax.lax.conv_general_dilated(x, w, (1, 1), [(padding, padding)] * 2, dimension_numbers=("NCHW", "OIHW", "NCHW"))
    return y + b[:, None, None]


def pool(x):
    import jax

    return jax.lax.reduce_window(x, -jax.numpy.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")


def linear(params, name, x):
    return x @ params[f"{name}.weight"].T + params[f"{name}.bias"]


def perceptron(work, params, x):
    from jax.nn import relu

    for i in range(0, 2 * len(work["widths"]) - 2, 2):
        x = linear(params, i, relu(x) if i else x)
    return x


def lenet5(work, params, x):
    from jax.nn import relu

    x = pool(relu(convolve(params, 0, x, padding=2)))
    x = pool(relu(convolve(params, 3, x)))
    x = relu(linear(params, 7, x.reshape(len(x), -1)))
    return linear(params, 11, relu(linear(params, 9, x)))


def cnn(work, params, x):
    from jax.nn import relu

    x = pool(relu(convolve(params, 2, relu(convolve(params, 0, x)))))
    return linear(params, 8, relu(linear(params, 6, x.reshape(len(x), -1))))


def lstm(work, params, ids):
    """Products of the inputs are one for all times. The scan goes over the times."""
    import jax
    from jax.nn import sigmoid

    x = params["embedding.weight"][ids].swapaxes(0, 1)
    for layer in range(work["layers"]):
        w_ih, w_hh, b_ih, b_hh = (params[f"lstm.{kind}_l{layer}"] for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))

        def step(state, gates):
            h, c = state
            i, f, g, o = jax.numpy.split(gates + h @ w_hh.T, 4, axis=-1)
            c = sigmoid(f) * c + sigmoid(i) * jax.numpy.tanh(g)
            h = sigmoid(o) * jax.numpy.tanh(c)
            return (h, c), h

        zeros = jax.numpy.zeros((x.shape[1], work["width"]))
        x = jax.lax.scan(step, (zeros, zeros), x @ w_ih.T + (b_ih + b_hh))[1]
    return linear(params, "head", x.swapaxes(0, 1))


def gpt(work, params, ids):
    import jax

    c, heads = work["width"], work["heads"]

    def norm(name, x):
        x = (x - x.mean(-1, keepdims=True)) * jax.lax.rsqrt(x.var(-1, keepdims=True) + 1e-5)
        return x * params[f"{name}.weight"] + params[f"{name}.bias"]

    def attention(name, x):
        qkv = linear(params, f"{name}.c_attn", x).reshape(*ids.shape, 3, heads, c // heads)
        y = jax.nn.dot_product_attention(qkv[:, :, 0], qkv[:, :, 1], qkv[:, :, 2], is_causal=True)
        return linear(params, f"{name}.c_proj", y.reshape(x.shape))

    x = params["wte.weight"][ids] + params["wpe.weight"][: ids.shape[1]]
    for i in range(work["layers"]):
        x = x + attention(f"h.{i}.attn", norm(f"h.{i}.ln_1", x))
        inner = jax.nn.gelu(linear(params, f"h.{i}.mlp.c_fc", norm(f"h.{i}.ln_2", x)), approximate=True)
        x = x + linear(params, f"h.{i}.mlp.c_proj", inner)
    return norm("ln_f", x) @ params["wte.weight"].T


networks = {"train": perceptron, "lenet5": lenet5, "cnn": cnn, "lstm": lstm, "gpt": gpt}


def cross_entropy(forward, params, x, y):
    import jax

    return -jax.numpy.take_along_axis(jax.nn.log_softmax(forward(params, x)), y[..., None], -1).mean()


def train_step(forward, state, x, y, lr):
    """Forward, backward and Adam: Kingma and Ba's algorithm in the order of PyTorch's operations."""
    import jax

    params, m, v, t = state
    loss, grads = jax.value_and_grad(cross_entropy, 1)(forward, params, x, y)
    t = t + 1
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, grads)
    size, correction = lr / (1 - 0.9**t), 1 / jax.numpy.sqrt(1 - 0.999**t)
    params = jax.tree.map(lambda p, m, v: p - size * m / (correction * jax.numpy.sqrt(v) + 1e-8), params, m, v)
    return (params, m, v, t), loss


class Train(Runner):
    """Steps follow from each other, so only the last is waited for."""

    def __init__(self, forward, work, tensors, lr):
        import functools

        import jax

        self.params = {name: v for name, v in tensors.items() if name not in ("x", "y")}
        self.x = jax.numpy.array(tensors["x"], dtype=jax.numpy.int32 if work["kind"] in ("lstm", "gpt") else None)
        self.y = jax.numpy.array(tensors["y"], dtype=jax.numpy.int32)
        self.lr = jax.numpy.float32(lr)
        self.run = jax.jit(functools.partial(train_step, functools.partial(forward, work)), donate_argnums=(0,))
        self.reset()

    def reset(self):
        import jax

        params = jax.tree.map(jax.numpy.array, self.params)
        zeros = lambda: jax.tree.map(jax.numpy.zeros_like, params)
        self.state = (params, zeros(), zeros(), jax.numpy.float32(0))

    def step(self):
        self.state, self.out = self.run(self.state, self.x, self.y, self.lr)

    def value(self):
        return float(self.out)


serve(Jax)
