"""How values stand in the golden files: JSON, one case per line, every number exact."""

import json
import math
import os

import torch

NAMES = {math.inf: "Inf", -math.inf: "-Inf"}


def number(value, dtype=torch.float64):
    """value as JSON can hold it: the shortest decimal that reads back equal in dtype. NaN and Inf become text."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return NAMES[value]
    if dtype == torch.float32:
        return float(str(torch.tensor(value, dtype=dtype).numpy()))
    return value


def numbers(x):
    """The values of a float tensor, row-major."""
    return [number(v, x.dtype) for v in x.detach().reshape(-1).tolist()]


def tensor(x):
    """A float, integer or boolean tensor with its shape."""
    data = numbers(x) if x.is_floating_point() else x.reshape(-1).int().tolist()
    return {"shape": list(x.shape), "data": data}


def named(tensors):
    """A state_dict."""
    return {name: tensor(x) for name, x in tensors.items()}


def write(path, head, **lists):
    """Writes one JSON object: the fields of head, then each list with one line per entry."""
    fields = [f"{json.dumps(key)}:{line(value)}" for key, value in head.items()]
    for key, entries in lists.items():
        fields.append(f"{json.dumps(key)}:[\n" + ",\n".join(line(entry) for entry in entries) + "\n]")
    aside = path.with_name("." + path.name + ".tmp")
    aside.write_text("{" + ",\n".join(fields) + "}\n", encoding="utf-8", newline="\n")
    os.replace(aside, path)


def line(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True, allow_nan=False)
