"""transformers.json: GPT-2 and Llama, written from their papers with torch.nn, under the names that Heft gives parameters.

Each is run once in float64 (logits, loss, every gradient), and trained for 100 steps with nanoGPT's recipe.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

from .encode import named, number, tensor
from .values import Stream

STEPS = 100
RECIPE = {"lr": 1e-2, "betas": [0.9, 0.99], "weight_decay": 0.1, "warmup": 10, "last": 0.1, "clip": 1.0}


class Attention(nn.Module):
    """What GPT-2 and Llama have in common: causal attention of q [n, heads, t, d] to k and v [n, kvheads, t, d]."""

    def attend(self, q, k, v):
        groups = q.shape[1] // k.shape[1]
        y = F.scaled_dot_product_attention(q, k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1), is_causal=True)
        return y.transpose(1, 2).flatten(2)

    def split(self, x, heads):
        return x.unflatten(2, (heads, -1)).transpose(1, 2)


class GPTAttention(Attention):
    def __init__(self, c):
        super().__init__()
        self.heads = c["n_head"]
        self.c_attn = nn.Linear(c["n_embd"], 3 * c["n_embd"])
        self.c_proj = nn.Linear(c["n_embd"], c["n_embd"])

    def forward(self, x):
        return self.c_proj(self.attend(*(self.split(part, self.heads) for part in self.c_attn(x).chunk(3, dim=2))))


class GPTBlock(nn.Module):
    def __init__(self, c):
        super().__init__()
        w = c["n_embd"]
        self.ln_1, self.attn, self.ln_2 = nn.LayerNorm(w), GPTAttention(c), nn.LayerNorm(w)
        self.mlp = nn.ModuleDict({"c_fc": nn.Linear(w, 4 * w), "c_proj": nn.Linear(4 * w, w)})

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp.c_proj(F.gelu(self.mlp.c_fc(self.ln_2(x)), approximate="tanh"))


class GPT(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.wte = nn.Embedding(c["vocab_size"], c["n_embd"])
        self.wpe = nn.Embedding(c["n_positions"], c["n_embd"])
        self.h = nn.ModuleList([GPTBlock(c) for _ in range(c["n_layer"])])
        self.ln_f = nn.LayerNorm(c["n_embd"])

    def forward(self, ids):
        x = self.wte(ids) + self.wpe(torch.arange(ids.shape[1]))
        for block in self.h:
            x = block(x)
        return F.linear(self.ln_f(x), self.wte.weight)


def rotate(x, theta):
    """Rotary positions as Hugging Face has them: feature i turns with feature i + d/2.  x [n, heads, t, d]"""
    half = x.shape[3] // 2
    angles = torch.outer(torch.arange(x.shape[2], dtype=x.dtype), theta ** (-torch.arange(half, dtype=x.dtype) / half))
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * angles.cos() - b * angles.sin(), b * angles.cos() + a * angles.sin()], dim=3)


class LlamaAttention(Attention):
    def __init__(self, c):
        super().__init__()
        w = c["hidden_size"]
        self.heads, self.kv, self.theta = c["num_attention_heads"], c["num_key_value_heads"], c["rope_theta"]
        kv = w // self.heads * self.kv
        self.q_proj, self.o_proj = nn.Linear(w, w, bias=False), nn.Linear(w, w, bias=False)
        self.k_proj, self.v_proj = nn.Linear(w, kv, bias=False), nn.Linear(w, kv, bias=False)

    def forward(self, x):
        q, k = self.split(self.q_proj(x), self.heads), self.split(self.k_proj(x), self.kv)
        return self.o_proj(self.attend(rotate(q, self.theta), rotate(k, self.theta), self.split(self.v_proj(x), self.kv)))


class LlamaBlock(nn.Module):
    def __init__(self, c):
        super().__init__()
        w, h, eps = c["hidden_size"], c["intermediate_size"], c["rms_norm_eps"]
        self.input_layernorm, self.self_attn = nn.RMSNorm(w, eps), LlamaAttention(c)
        self.post_attention_layernorm = nn.RMSNorm(w, eps)
        sizes = {"gate_proj": (w, h), "up_proj": (w, h), "down_proj": (h, w)}
        self.mlp = nn.ModuleDict({name: nn.Linear(*size, bias=False) for name, size in sizes.items()})

    def forward(self, x):
        x = x + self.self_attn(self.input_layernorm(x))
        y, m = self.post_attention_layernorm(x), self.mlp
        return x + m.down_proj(F.silu(m.gate_proj(y)) * m.up_proj(y))


class Llama(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.model = nn.ModuleDict({
            "embed_tokens": nn.Embedding(c["vocab_size"], c["hidden_size"]),
            "layers": nn.ModuleList([LlamaBlock(c) for _ in range(c["num_hidden_layers"])]),
            "norm": nn.RMSNorm(c["hidden_size"], c["rms_norm_eps"]),
        })
        self.lm_head = nn.Linear(c["hidden_size"], c["vocab_size"], bias=False)

    def forward(self, ids):
        x = self.model.embed_tokens(ids)
        for block in self.model.layers:
            x = block(x)
        return self.lm_head(self.model.norm(x))


# name, class, the fields of config.json
MODELS = [
    ("gpt", GPT, {
        "model_type": "gpt2", "vocab_size": 11, "n_positions": 7, "n_embd": 8, "n_layer": 2, "n_head": 2,
        "resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0,
    }),
    ("llama", Llama, {
        "model_type": "llama", "vocab_size": 11, "max_position_embeddings": 7, "hidden_size": 8, "intermediate_size": 12,
        "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1, "rope_theta": 100.0, "rms_norm_eps": 1e-5,
    }),
]


def fill(name, net):
    """Weights and shifts within 0.5 of 0, gains within 0.5 of 1."""
    for key, p in net.named_parameters():
        gain = 1.0 if "norm" in key and key.endswith("weight") or ".ln_" in f".{key}" and key.endswith("weight") else 0.0
        p.data = Stream("transformers", name, key).box(*p.shape, low=-0.5, high=0.5) + gain


def texts(name, step, vocabulary, n=4, t=7):
    """Sequences that count on by one or by two: ids and what follows each, both [n, t]."""
    stream = Stream("transformers", name, "text", step)
    start, pace = stream.ints(n, 1, below=vocabulary), stream.ints(n, 1, below=2) + 1
    ids = (start + pace * torch.arange(t + 1)) % vocabulary
    return ids[:, :-1], ids[:, 1:]


def loss_of(net, ids, targets):
    return F.cross_entropy(net(ids).flatten(0, 1), targets.flatten())


def rate(step):
    """nanoGPT's schedule as factors of the learning rate: a linear warmup, then a cosine to its last part."""
    warmup, last = RECIPE["warmup"], RECIPE["last"]
    if step < warmup:
        return (step + 1) / (warmup + 1)
    return last + (1 - last) * 0.5 * (1 + math.cos(math.pi * (step - warmup) / (STEPS - warmup)))


def losses(name, net, vocabulary, dtype):
    """The loss before each step. Matrices, tables included, decay; vectors do not."""
    net = net.to(dtype)
    groups = [
        {"params": [p for p in net.parameters() if p.dim() >= 2], "weight_decay": RECIPE["weight_decay"]},
        {"params": [p for p in net.parameters() if p.dim() < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=RECIPE["lr"], betas=RECIPE["betas"])
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = RECIPE["lr"] * rate(step)
        loss = loss_of(net, *texts(name, step, vocabulary))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), RECIPE["clip"])
        optimizer.step()
        yield number(loss.item(), dtype)


def cases():
    for name, make, config in MODELS:
        net = make(config).double()
        fill(name, net)
        vocabulary = config["vocab_size"]
        ids, targets = texts(name, "once", vocabulary)
        loss = loss_of(net, ids, targets)
        parameters = dict(net.named_parameters())
        grads = torch.autograd.grad(loss, list(parameters.values()))
        case = {
            "name": name, "config": config, "state": named(net.state_dict()), "ids": tensor(ids), "targets": tensor(targets),
            "logits": tensor(net(ids)), "loss": loss.item(), "grads": named(dict(zip(parameters, grads))),
            "texts": [[tensor(x) for x in texts(name, step, vocabulary)] for step in range(STEPS)],
        }
        start = {key: value.clone() for key, value in net.state_dict().items()}
        for key, dtype in (("float32", torch.float32), ("float64", torch.float64)):
            net.double().load_state_dict(start)
            case[key] = list(losses(name, net, vocabulary, dtype))
        yield case
