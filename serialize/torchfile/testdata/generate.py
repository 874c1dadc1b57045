"""Writes the .pt files of this folder with PyTorch, and expected.json: what PyTorch says is in them.

    python serialize/torchfile/testdata/generate.py [FOLDER]

A file x_y.pt is x saved in another way. A tensor's name is the keys and places that lead to it, joined by dots; its bytes are those of a contiguous copy.
"""

import collections
import json
import pathlib
import sys

import torch

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)

DTYPES = [
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8,
    torch.bool, torch.complex64, torch.complex128, torch.uint16, torch.uint32, torch.uint64, torch.float8_e4m3fn, torch.float8_e5m2,
    torch.float8_e4m3fnuz, torch.float8_e5m2fnuz, torch.float8_e8m0fnu,
]


def raw(t):
    """Returns the bytes of a tensor, row-major."""
    t = t.detach().resolve_conj().resolve_neg().contiguous()
    if t.numel() == 0:
        return b""
    return bytes(t.reshape(-1).view(torch.uint8).tolist())


def some(dtype, *shape):
    """Makes a tensor of any dtype by bytes that are all different."""
    size = torch.empty((), dtype=dtype).element_size()
    count = 1
    for n in shape:
        count *= n
    data = torch.arange(count * size, dtype=torch.int64).mul(37).remainder(251).to(torch.uint8)
    if dtype == torch.bool:
        data = data % 2
    if count == 0:
        return torch.empty(shape, dtype=dtype)
    return data.view(dtype).reshape(shape)


def types():
    return collections.OrderedDict((f"{str(d).removeprefix('torch.')}.{len(s)}", some(d, *s)) for d in DTYPES for s in [(), (3,), (2, 2), (0, 5)])


def views():
    whole = torch.arange(24.0).reshape(2, 3, 4)
    return {
        "whole": whole, "transposed": whole.transpose(0, 2), "row": whole[1, 2], "column": whole[:, 1, 2], "step": whole[:, ::2, 1::2],
        "scalar": whole[1, 1, 1], "expanded": whole[0, :1].expand(3, 4), "windows": torch.arange(6).unfold(0, 3, 1), "nothing": whole[2:],
        "conjugate": torch.view_as_complex(torch.arange(8.0).reshape(4, 2)).conj(), "imaginary": torch.view_as_complex(torch.arange(8.0).reshape(4, 2)).conj().imag,
        "diagonal": torch.eye(3).diagonal(), "single": torch.arange(3.0)[None, :, None],
    }


def checkpoint():
    torch.manual_seed(1)
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2))
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
    net(torch.ones(5, 3)).sum().backward()
    optimizer.step()
    return {
        "model": net.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 7, "best": None, "rng": torch.arange(16, dtype=torch.uint8),
        "history": [0.5, 0.25], "tensors": [torch.ones(2), (torch.zeros(1), 3)], "set": {1}, "bytes": b"\x00\xff", "name": "été\n", "device": torch.device("cpu"),
        "dtype": torch.float16, "size": torch.Size([2, 3]), "big": 1 << 80, "small": -5, "z": 1 + 2j, "counter": collections.Counter("aab"),
        "tied": net[0].weight.detach(),
    }


def parameters():
    shared = torch.nn.Parameter(torch.arange(4.0))
    tagged = torch.nn.Parameter(torch.arange(2.0), requires_grad=False)
    tagged.note = "kept out"
    noted = torch.arange(3.0)
    noted.note = "kept out"
    return {"a": shared, "b": shared, "c": tagged, "d": noted, "e": torch.ones(2, requires_grad=True)}


def others():
    sparse = torch.sparse_coo_tensor([[0, 2], [1, 0]], [3.0, 4.0], (3, 3)).coalesce()
    return {
        "coo": sparse, "csr": sparse.to_sparse_csr(), "meta": torch.empty(2, 3, device="meta"), "quantized": torch.quantize_per_tensor(torch.arange(4.0), 0.5, 3, torch.qint8),
        "channels": torch.quantize_per_channel(torch.ones(2, 2), torch.tensor([0.5, 1.0]), torch.tensor([0, 1]), 0, torch.qint32),
        "storage": torch.arange(3, dtype=torch.int16).untyped_storage(),
    }


def flatten(path, value, out):
    """Lists tensors, as the package names them."""
    def join(key):
        return f"{path}.{key}" if path else str(key)

    if isinstance(value, torch.UntypedStorage):
        value = torch.tensor([], dtype=torch.uint8).set_(value)
    if isinstance(value, torch.Tensor):
        if value.layout == torch.sparse_coo:
            flatten(path, {"indices": value._indices(), "values": value._values()}, out)
        elif value.layout == torch.sparse_csr:
            flatten(path, {"crow_indices": value.crow_indices(), "col_indices": value.col_indices(), "values": value.values()}, out)
        elif value.device.type == "meta":
            return
        else:
            plain = value.int_repr() if value.is_quantized else value
            out.append({
                "name": path or "tensor", "dtype": str(value.dtype).removeprefix("torch."), "shape": list(value.shape), "data": raw(plain).hex(),
                "parameter": type(value) is torch.nn.Parameter, "requires_grad": value.requires_grad,
            })
    elif isinstance(value, dict):
        for key, item in value.items():
            flatten(join(key), item, out)
    elif isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            flatten(join(i), item, out)


def main():
    objects = {"types": types(), "views": views(), "checkpoint": checkpoint(), "parameters": parameters(), "others": others(), "tensor": torch.arange(3.0)}
    expected = {"torch": torch.__version__.split("+")[0], "files": {}}
    for name, value in objects.items():
        listed = []
        flatten("", value, listed)
        expected["files"][name] = listed
        for suffix, options in {
            "": {}, "_legacy": {"_use_new_zipfile_serialization": False}, "_protocol4": {"pickle_protocol": 4}, "_protocol5": {"pickle_protocol": 5},
            "_legacy5": {"pickle_protocol": 5, "_use_new_zipfile_serialization": False},
        }.items():
            if suffix and name not in ("views", "checkpoint"):
                continue
            torch.save(value, FOLDER / f"{name}{suffix}.pt", **options)
    torch.serialization.set_crc32_options(False)
    torch.save(objects["tensor"], FOLDER / "tensor_nocrc.pt")
    (FOLDER / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
