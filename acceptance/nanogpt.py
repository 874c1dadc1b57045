"""Trains nanoGPT's small model for a CPU, for Heft's GPT to be compared with.

    python nanogpt.py TEXT SEEDS      as in: input.txt 1,2,3

Prints for each seed, as JSON, the loss over the whole validation split, in nats a character: consecutive windows, every
character but the first predicted once. Model, start and recipe are those of github.com/karpathy/nanoGPT at commit 3adf61e:
model.py, train.py and config/train_shakespeare_char.py with the flags that its README gives for a CPU.
"""

import json
import math
import sys

import torch
from torch import nn
from torch.nn import functional as F

LAYERS, WIDTH, HEADS, CONTEXT = 4, 128, 4, 64
STEPS, BATCH, WARMUP = 2000, 12, 100
MOST, LEAST = 1e-3, 1e-4  # learning rates


class Block(nn.Module):
    """Causal attention and an MLP, with a norm before each and no biases."""

    def __init__(self):
        super().__init__()
        self.ln_1 = nn.LayerNorm(WIDTH, bias=False)
        self.attn = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.attn_proj = nn.Linear(WIDTH, WIDTH, bias=False)
        self.ln_2 = nn.LayerNorm(WIDTH, bias=False)
        self.fc = nn.Linear(WIDTH, 4 * WIDTH, bias=False)
        self.fc_proj = nn.Linear(4 * WIDTH, WIDTH, bias=False)

    def forward(self, x):
        n, t, _ = x.shape
        q, k, v = (part.view(n, t, HEADS, -1).transpose(1, 2) for part in self.attn(self.ln_1(x)).chunk(3, dim=-1))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(n, t, WIDTH)
        x = x + self.attn_proj(mixed)
        return x + self.fc_proj(F.gelu(self.fc(self.ln_2(x))))


class GPT(nn.Module):
    """Logits of the next character from ids; the head is the table of characters."""

    def __init__(self, vocabulary):
        super().__init__()
        self.wte = nn.Embedding(vocabulary, WIDTH)
        self.wpe = nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.ln_f = nn.LayerNorm(WIDTH, bias=False)
        for name, p in self.named_parameters():
            if p.dim() == 2:
                nn.init.normal_(p, 0, 0.02 / math.sqrt(2 * LAYERS) if name.endswith("_proj.weight") else 0.02)

    def forward(self, ids):
        x = self.wte(ids) + self.wpe.weight[: ids.shape[1]]
        return self.ln_f(self.blocks(x)) @ self.wte.weight.T


def rate(step):
    if step < WARMUP:
        return MOST * (step + 1) / (WARMUP + 1)
    return LEAST + (MOST - LEAST) * (1 + math.cos(math.pi * (step - WARMUP) / (STEPS - WARMUP))) / 2


def loss(model, ids, following, reduction="mean"):
    return F.cross_entropy(model(ids).flatten(0, 1), following.flatten(), reduction=reduction)


def train(ids, vocabulary, seed):
    torch.manual_seed(seed)
    model = GPT(vocabulary)
    groups = [
        {"params": [p for p in model.parameters() if p.dim() >= 2], "weight_decay": 0.1},
        {"params": [p for p in model.parameters() if p.dim() < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=MOST, betas=(0.9, 0.99))
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        at = torch.randint(len(ids) - CONTEXT, (BATCH, 1)) + torch.arange(CONTEXT)
        loss(model, ids[at], ids[at + 1]).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    return model


@torch.no_grad()
def score(model, ids):
    predicted, total = len(ids) - 1, 0.0
    whole = predicted // CONTEXT * CONTEXT
    for x, y in zip(ids[:whole].view(-1, CONTEXT).split(64), ids[1 : whole + 1].view(-1, CONTEXT).split(64)):
        total += loss(model, x, y, "sum").item()
    if whole < predicted:
        total += loss(model, ids[whole:-1][None], ids[whole + 1 :][None], "sum").item()
    return total / predicted


def main():
    path, seeds = sys.argv[1:]
    with open(path, encoding="utf-8", newline="") as f:
        text = f.read()
    place = {c: i for i, c in enumerate(sorted(set(text)))}
    ids = torch.tensor([place[c] for c in text])
    cut = int(0.9 * len(ids))
    models = (train(ids[:cut], len(place), int(seed)) for seed in seeds.split(","))
    print(json.dumps([score(model, ids[cut:]) for model in models]))


main()
