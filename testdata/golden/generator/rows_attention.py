"""Attention over packed and separate queries, keys and values, and rotary positions."""

import torch
from torch.nn.functional import scaled_dot_product_attention

from .ops import Row
from .values import box, mask


def attend(q, k, v, seen=None, causal=False, scale=None):
    """torch's attention of [n, t, heads, d], with heads of keys repeated, and causality counted from the last key."""
    t, s = q.shape[1], k.shape[1]
    allowed = torch.ones(t, s, dtype=torch.bool).tril(s - t) if causal else torch.ones(t, s, dtype=torch.bool)
    if seen is not None:
        allowed = allowed & seen.bool()[:, None, None, :]
    q, k, v = (x.transpose(1, 2) for x in (q, k, v))
    y = scaled_dot_product_attention(q, k, v, attn_mask=allowed, scale=scale, enable_gqa=True)
    return y.transpose(1, 2).flatten(2)


def packed(x, heads, kv_heads, **settings):
    n, t, width = x.shape
    d = width // (heads + 2 * kv_heads)
    parts = x.split([heads * d, kv_heads * d, kv_heads * d], 2)
    return attend(*(part.reshape(n, t, -1, d) for part in parts), **settings)


def rotary(x, offset, theta):
    """Hugging Face's apply_rotary_pos_emb, with angles in float64."""
    t, d = x.shape[1], x.shape[3]
    inverse = 1.0 / theta ** (torch.arange(0, d, 2, dtype=torch.float64) / d)
    angles = torch.outer(torch.arange(offset, offset + t, dtype=torch.float64), inverse)
    angles = torch.cat((angles, angles), -1)[:, None, :]
    turned = torch.cat((-x[..., d // 2:], x[..., : d // 2]), -1)
    return x * angles.cos().to(x.dtype) + turned * angles.sin().to(x.dtype)


def rows():
    causal = {"causal": True}
    yield Row("self_attention", "two heads", packed, [box(2, 5, 18)], {"heads": 2, "kv_heads": 2})
    yield Row("self_attention", "causal", packed, [box(2, 5, 18)], {"heads": 2, "kv_heads": 2} | causal)
    yield Row("self_attention", "grouped, scaled", packed, [box(1, 5, 24)], {"heads": 4, "kv_heads": 2, "scale": 0.5} | causal)
    yield Row("attention", "another sequence", attend, [box(2, 3, 2, 4), box(2, 5, 2, 4), box(2, 5, 2, 4)])
    yield Row("attention", "grouped, causal", attend, [box(2, 3, 4, 2), box(2, 5, 2, 2), box(2, 5, 2, 2)], causal)
    yield Row("attention", "masked", attend, [box(2, 3, 2, 4), box(2, 5, 2, 4), box(2, 5, 2, 4)], mask=mask(2, 5))
    yield Row("rotary", "from the start", rotary, [box(2, 4, 2, 6)], {"offset": 0, "theta": 10000.0})
    yield Row("rotary", "after others", rotary, [box(1, 3, 1, 8)], {"offset": 100, "theta": 50.0})
