"""What the contestants in Python share: see protocol/protocol.go and serve.go, which do the same in Go.

A peer has name, version and setup, and prepare(work, tensors), which returns a runner, or None for work that it cannot
do. A runner has reset(), step(), wait(), which returns when what the steps began is done, and value().
"""

import json
import os
import sys
import time


def read(path):
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


ON_FILE = ("touch", "write", "save", "to-bf16", "save-bf16")  # their peers open the file themselves
PAGE = 4096


def written(path):
    """Returns the sum of the bytes in the last page of a file."""
    with open(path, "rb") as f:
        f.seek(-PAGE, os.SEEK_END)
        return float(sum(f.read()))


def run(runner, warmup, steps):
    runner.reset()
    step = runner.step
    for _ in range(warmup):
        step()
    if warmup:
        runner.wait()
    begun = time.perf_counter()
    for _ in range(steps):
        step()
    runner.wait()
    return {"seconds": time.perf_counter() - begun, "value": runner.value()}


def say(answer):
    print(json.dumps(answer), flush=True)


def serve(make):
    """Answers the lines on stdin for the peer that make() returns."""
    try:
        peer = make()
    except ImportError as e:
        say({"missing": str(e)})
        return
    say({"name": peer.name, "version": peer.version, "setup": peer.setup})
    runner = None
    for line in sys.stdin:
        request = json.loads(line)
        if work := request.get("prepare"):
            runner = None  # its memory is free before the next one takes any
            work["file"] = request["file"]
            tensors = {} if work["kind"] in ON_FILE else read(request["file"])
            runner = peer.prepare(work, tensors, request["lr"])
            say({} if runner else {"cannot": "this library cannot do this work"})
        else:
            say(run(runner, request["warmup"], request["steps"]))
