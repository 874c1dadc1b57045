"""Trains scikit-learn's perceptrons on tables that it ships, for Heft to be compared with.

    python perceptrons.py FOLDER WIDTHS SEEDS TABLES      as in: /tmp/x 64,64 1,2,3 iris,diabetes

Writes each table to FOLDER/NAME.csv, and prints for each, as JSON: the target column, the task, and for every seed the score
of the test part (accuracy or R2) and the targets in it. Rows are divided as the documentation of Heft's package data says,
and prepared as it says: numbers are standardised, categories are one-hot, and so is the target of a regression standardised.
All else is as scikit-learn's defaults are.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # more threads are slower on tables as small as these

import csv
import gzip
import hashlib
import json
import math
import sys
import warnings
from pathlib import Path

import numpy as np
import sklearn.datasets
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def bundled(load, target):
    """A table of numbers that scikit-learn has a function for."""
    b = load()
    classes = getattr(b, "target_names", None)
    targets = b.target.tolist() if classes is None else [str(classes[y]) for y in b.target]
    header = [name.removesuffix(" (cm)").replace(" ", "_") for name in b.feature_names]
    return [*header, target], [[*map(repr, x), str(y)] for x, y in zip(b.data.tolist(), targets)]


def openml(file, *columns):
    """Columns of a mixed table that scikit-learn ships as a file of openml.org (ARFF). Rows with a missing cell go."""
    path = Path(sklearn.datasets.__path__[0], "tests/data/openml", file)
    lines = gzip.open(path, "rt").read().strip().splitlines()
    start = next(i for i, line in enumerate(lines) if line.lower() == "@data")
    names = [line.split()[1].strip("'") for line in lines[:start] if line.lower().startswith("@attribute")]
    at = [names.index(c) for c in columns]
    rows = [[row[i] for i in at] for row in csv.reader(lines[start + 1 :])]
    return list(columns), [row for row in rows if not {"?", "_"} & set(row)]


def penguins(*columns):
    return openml("id_42585/data-v1-dl-21854866.arff.gz", "island", "culmen_length_mm", "culmen_depth_mm", "flipper_length_mm", "sex", *columns)


TABLES = {  # name: header and rows, the target last; whether the target is a number
    "iris": (lambda: bundled(sklearn.datasets.load_iris, "species"), False),
    "wine": (lambda: bundled(sklearn.datasets.load_wine, "cultivar"), False),
    "cancer": (lambda: bundled(sklearn.datasets.load_breast_cancer, "diagnosis"), False),
    "titanic": (
        lambda: openml("id_40945/data-v1-dl-16826755.arff.gz", "pclass", "sex", "age", "sibsp", "parch", "fare", "embarked", "survived"),
        False,
    ),
    "penguins": (lambda: penguins("body_mass_g", "species"), False),
    "bodymass": (lambda: penguins("species", "body_mass_g"), True),
    "diabetes": (lambda: bundled(lambda: sklearn.datasets.load_diabetes(scaled=False), "progression"), True),
}


def divide(strata, share, key):
    """The rows of a first part, and what is left of each stratum: the rule of Set.Split."""
    n = sum(map(len, strata))
    total = min(max(math.floor(share * n + 0.5), 1), n - 1)
    seats = [total * len(rows) // n for rows in strata]
    by_remainder = sorted(range(len(strata)), key=lambda i: -(total * len(strata[i]) % n))
    for i in by_remainder[: total - sum(seats)]:
        seats[i] += 1
    first = set()
    for rows, k in zip(strata, seats):
        first |= set(sorted(rows, key=lambda row: hashlib.sha256(f"{key}:{row}".encode()).digest())[:k])
    return sorted(first), [[row for row in rows if row not in first] for rows in strata]


def is_number(cell):
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def learn(rows, regression, widths, seed):
    """The score of the test part, and its targets."""
    cells = [[row[i] for row in rows] for i in range(len(rows[0]))]
    numeric = [all(map(is_number, column)) for column in cells[:-1]]
    x = np.array([[float(c) if n else c for c, n in zip(row, numeric)] for row in rows], dtype=object)
    y = np.array(cells[-1], dtype=float if regression else str)
    strata = [range(len(rows))] if regression else [np.flatnonzero(y == c).tolist() for c in sorted(set(y))]
    test, strata = divide(strata, 0.2, f"csv/test/{seed}")
    _, strata = divide(strata, 0.1, f"csv/validation/{seed}")
    train = sorted(sum(map(list, strata), []))
    prepare = ColumnTransformer(
        [
            ("numbers", StandardScaler(), [i for i, n in enumerate(numeric) if n]),
            ("categories", OneHotEncoder(handle_unknown="ignore"), [i for i, n in enumerate(numeric) if not n]),
        ]
    )
    if regression:
        model = TransformedTargetRegressor(MLPRegressor(hidden_layer_sizes=widths, random_state=seed), transformer=StandardScaler())
    else:
        model = MLPClassifier(hidden_layer_sizes=widths, random_state=seed)
    pipeline = make_pipeline(prepare, model).fit(x[train], y[train])
    return pipeline.score(x[test], y[test]), [cells[-1][row] for row in test]


def main():
    folder, widths, seeds, names = sys.argv[1:]
    warnings.simplefilter("ignore", ConvergenceWarning)  # 200 epochs may be too few: that is its default
    results = {}
    for name in names.split(","):
        load, regression = TABLES[name]
        header, rows = load()
        with open(Path(folder, name + ".csv"), "w", newline="") as f:
            csv.writer(f).writerows([header, *rows])
        runs = [learn(rows, regression, tuple(map(int, widths.split(","))), int(seed)) for seed in seeds.split(",")]
        results[name] = {
            "target": header[-1],
            "regression": regression,
            "scores": [score for score, _ in runs],
            "tests": [targets for _, targets in runs],
        }
    print(json.dumps(results))


main()
