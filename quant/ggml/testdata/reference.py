"""Writes reference.json: what ggml and gguf-py make of the inputs below, as hashes and first blocks.

    npm pack @node-llama-cpp/linux-x64@3.22.1          (a baseline x86-64 build; any libggml-base.so does)
    python -m pip install -r internal/interop/requirements.txt
    python quant/ggml/testdata/reference.py .../libggml-base.so

The inputs are made of integers and powers of two, so that inputs_test.go makes the same bits.
"""

import ctypes
import hashlib
import json
import pathlib
import sys
from importlib.metadata import version

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType as Type
from gguf import quants


def words(stream, n):
    """n words of 64 bits: SplitMix64 from a start of its own for each stream."""
    start = np.uint64(stream * 0xD1342543DE82EF95 % 2**64)
    z = start + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def bell(w):
    """Integers from -131070 to 131070, about normal: the sum of four of 16 bits. Their deviation is 37837."""
    w = w.astype(np.int64)
    return sum((w >> s) & 0xFFFF for s in (0, 16, 32, 48)) - 131070


def scaled(integers, exponent):
    return np.ldexp(integers.astype(np.float64), exponent).astype(np.float32)


def normal(w):
    return scaled(bell(w), -21)


def from_bits(u):
    return np.asarray(u).astype(np.uint32).view(np.float32)


def below(w, n):
    return (w % np.uint64(n)).astype(np.int64)


def top(w, n):
    """The upper n bits."""
    return (w >> np.uint64(64 - n)).astype(np.int64)


def equal(w):
    return np.repeat(normal(w[:: 256]), 256)


def subnormal(w):
    s = bell(w)
    return from_bits(np.abs(s) | np.where(s < 0, 1 << 31, 0))


def few_subnormal(w):
    return from_bits(below(w, 5) | (top(w, 1) << 31))


def outlier(w):
    x = normal(w)
    x[77::256] *= np.float32(1 << 20)
    return x


def any_finite(w):
    u = top(w, 32)
    return from_bits(np.where((u >> 23) & 255 == 255, u & ~(1 << 30), u))


def magnitudes(w):
    return from_bits((top(w, 1) << 31) | ((107 + below(w, 40)) << 23) | (top(w, 24) & 0x7FFFFF))


def infinite(w):
    return np.where(below(w, 97) == 0, np.where(top(w, 1) == 1, np.float32("-inf"), np.float32("inf")), normal(w))


def nan(w):
    return np.where(below(w, 97) == 0, from_bits((top(w, 1) << 31) | 0x7FC00000), normal(w))


def cube(x):
    return x * x * x


def rising(w):
    """Sub-blocks from far below what counts as 0 to far above."""
    return scaled(bell(w), -90 + np.arange(len(w)) // 16 % 48)


INPUTS = {
    "normal": (65536, normal),
    "uniform": (4096, lambda w: scaled(top(w, 24), -24)),
    "signed": (4096, lambda w: scaled(top(w, 24) - (1 << 23), -23)),
    "above": (2048, lambda w: scaled(top(w, 20) + (8 << 20), -20)),
    "below": (2048, lambda w: -scaled(top(w, 20) + (8 << 20), -20)),
    "equal": (4096, equal),
    "zeros": (512, lambda w: np.zeros(len(w), np.float32)),
    "signed zeros": (2048, lambda w: from_bits(top(w, 1) << 31)),
    "huge": (2048, lambda w: scaled(bell(w), 110)),
    "small": (2048, lambda w: scaled(bell(w), -40)),
    "negligible": (4096, lambda w: scaled(bell(w), -65)),
    "tiny": (2048, lambda w: scaled(bell(w), -110)),
    "tinier": (2048, lambda w: scaled(bell(w), -140)),
    "subnormal": (2048, subnormal),
    "few subnormal": (2048, few_subnormal),
    "outlier": (4096, outlier),
    "sparse": (4096, lambda w: np.where(below(w, 16) == 0, normal(w), np.float32(0))),
    "integers": (4096, lambda w: scaled(below(w, 33) - 16, 0)),
    "halves": (4096, lambda w: scaled(below(w, 67) - 33, -1)),
    "alternating": (2048, lambda w: scaled(1 - 2 * top(w, 1), -3)),
    "any finite": (16384, any_finite),
    "magnitudes": (16384, magnitudes),
    "infinite": (4096, infinite),
    "nan": (4096, nan),
    "fifth round": (512, lambda w: normal(w * np.uint64(0xD98FA583012AE0F9))),  # of the search of Q3_K; found by trying
    "last try": (512, lambda w: cube(normal(w * np.uint64(0xE6CE3FFBB04F94DB)))),  # of the search of Q6_K
    "rising": (4096, rising),
}

ENCODED = "F32 F16 BF16 Q4_0 Q4_1 Q5_0 Q5_1 Q8_0 Q2_K Q3_K Q4_K Q5_K Q6_K".split()
DECODED = ENCODED + "IQ4_NL IQ4_XS MXFP4 Q8_K".split()
DECODED_BLOCKS = 512


def values(stream, name):
    n, make = INPUTS[name]
    return np.ascontiguousarray(make(words(stream, n)), dtype=np.float32)


def blocks(t, stream):
    """Bytes of any kind, as blocks of type t."""
    return words(stream, (DECODED_BLOCKS * GGML_QUANT_SIZES[t][1] + 7) // 8).view(np.uint8)[: DECODED_BLOCKS * GGML_QUANT_SIZES[t][1]]


def same_nan(x):
    """x with one bit pattern for NaN: which one a processor makes is nobody's promise."""
    return np.where(np.isnan(x), from_bits(0x7FC00000), x).astype(np.float32)


class Library:
    def __init__(self, path):
        self.lib = ctypes.CDLL(path)

    def call(self, function, source, target, n):
        f = getattr(self.lib, function)
        f.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
        f.restype = None
        f(source.ctypes.data, target.ctypes.data, n)
        return target

    def encode(self, t, x):
        size, bytes_ = GGML_QUANT_SIZES[t]
        target = np.zeros(len(x) // size * bytes_, np.uint8)
        if t == Type.F32:
            return x.view(np.uint8)
        name = {Type.F16: "ggml_fp32_to_fp16_row", Type.BF16: "ggml_fp32_to_bf16_row_ref"}.get(t, f"quantize_row_{spelled(t)}_ref")
        return self.call(name, x, target, len(x))

    def decode(self, t, data):
        size, bytes_ = GGML_QUANT_SIZES[t]
        n = len(data) // bytes_ * size
        if t == Type.F32:
            return data.view(np.float32)
        name = {Type.F16: "ggml_fp16_to_fp32_row", Type.BF16: "ggml_bf16_to_fp32_row"}.get(t, f"dequantize_row_{spelled(t)}")
        return self.call(name, data, np.zeros(n, np.float32), n)


def spelled(t):
    name = t.name.lower()
    return name[:-1] + "K" if name.endswith("_k") else name


def digest(a):
    return hashlib.sha256(np.ascontiguousarray(a).tobytes()).hexdigest()


def main():
    ggml = Library(sys.argv[1])
    encoded, decoded = {}, {}
    for name in ENCODED:
        t = Type[name]
        encoded[name] = {}
        for stream, case in enumerate(INPUTS):
            data = ggml.encode(t, values(stream, case))
            encoded[name][case] = {"sha256": digest(data), "first": data[: max(8, GGML_QUANT_SIZES[t][1])].tobytes().hex()}
    for stream, name in enumerate(DECODED):
        t = Type[name]
        data = blocks(t, 100 + stream)
        x = same_nan(ggml.decode(t, data))
        if t != Type.Q8_K:  # gguf-py does not read it
            with np.errstate(all="ignore"):
                theirs = same_nan(quants.dequantize(data, t))
            assert digest(theirs) == digest(x), name
        decoded[name] = {"sha256": digest(x), "first": x[:8].tobytes().hex()}
    made = {"ggml": "@node-llama-cpp/linux-x64 3.22.1", "gguf": version("gguf"), "encoded": encoded, "decoded": decoded}
    path = pathlib.Path(__file__).with_name("reference.json")
    path.write_text(json.dumps(made, indent=1) + "\n")


if __name__ == "__main__":
    main()
