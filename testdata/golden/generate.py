"""Writes the golden files: what PyTorch computes, for Heft's tests to compare with. See README.md.

    python testdata/golden/generate.py [--out FOLDER]
"""

import argparse
import sys
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def pinned():
    """The exact package versions that the tests of Heft use."""
    lines = (ROOT / "internal" / "interop" / "requirements.txt").read_text().splitlines()
    return dict(line.split("==") for line in lines if line.strip() and not line.startswith("#"))


def check_versions():
    for name, want in pinned().items():
        try:
            got = version(name)
        except ModuleNotFoundError:
            got = "missing"
        if got != want:
            sys.exit(f"{name} is {got}, {want} is needed: python -m pip install -r internal/interop/requirements.txt")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to (default: beside this script)")
    out = parser.parse_args().out
    check_versions()

    import torch
    from generator import curve, gains, images, layers, lstm_curve, ops, optimizers, transformers
    from generator.encode import write

    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    out.mkdir(parents=True, exist_ok=True)
    head = {"torch": torch.__version__.partition("+")[0]}
    write(out / "ops.json", head, cases=ops.cases())
    write(out / "optim.json", head | optimizers.course(), runs=optimizers.runs(), averages=optimizers.averages(), schedules=optimizers.schedules())
    write(out / "mlp_curve.json", head | curve.start(), curves=curve.curves(ROOT / "data" / "digits" / "digits.csv.gz"))
    write(out / "lstm_curve.json", head | lstm_curve.curve())
    write(
        out / "init.json", head, gains=gains.gains(), fans=gains.fans(), bounds=gains.bounds(),
        identities=gains.identities(), sparsities=gains.sparsities(),
    )
    write(out / "layers.json", head, cases=layers.cases())
    write(out / "images.json", head | {"curve": images.curve(ROOT / "data" / "digits" / "digits.csv.gz")}, cases=images.cases())
    write(out / "transformers.json", head | {"recipe": transformers.RECIPE}, cases=transformers.cases())


if __name__ == "__main__":
    main()
