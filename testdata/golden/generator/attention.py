"""Attention layers, from [n, t, c] to the same shape: torch's own, and those of GPT-2 and Llama written down."""

from torch import nn

from .rows_attention import attend, packed, rotary


class Multihead(nn.MultiheadAttention):
    def forward(self, x):
        return super().forward(x, x, x, need_weights=False)[0]


class GPT2(nn.Module):
    def __init__(self, c, heads):
        super().__init__()
        self.heads = heads
        self.c_attn, self.c_proj = nn.Linear(c, 3 * c), nn.Linear(c, c)

    def forward(self, x):
        return self.c_proj(packed(self.c_attn(x), self.heads, self.heads, causal=True))


class Llama(nn.Module):
    def __init__(self, c, heads, kv_heads, theta):
        super().__init__()
        d = c // heads
        self.heads, self.kv_heads, self.theta = heads, kv_heads, theta
        self.q_proj = nn.Linear(c, heads * d, bias=False)
        self.k_proj = nn.Linear(c, kv_heads * d, bias=False)
        self.v_proj = nn.Linear(c, kv_heads * d, bias=False)
        self.o_proj = nn.Linear(heads * d, c, bias=False)

    def forward(self, x):
        n, t, _ = x.shape
        q, k, v = (p(x).reshape(n, t, -1, self.o_proj.in_features // self.heads) for p in (self.q_proj, self.k_proj, self.v_proj))
        q, k = (rotary(y, 0, self.theta) for y in (q, k))
        return self.o_proj(attend(q, k, v, causal=True))
