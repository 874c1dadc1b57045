"""lstm_curve.json: the loss at each of 100 steps of a small LSTM that learns a text by its letters, in both precisions."""

import torch
import torch.nn.functional as F
from torch import nn

from .encode import named, number
from .values import Stream

TEXT = (
    "shall i compare thee to a summers day thou art more lovely and more temperate "
    "rough winds do shake the darling buds of may and summers lease hath all too short a date "
    "sometime too hot the eye of heaven shines and often is his gold complexion dimmd "
)
EMBEDDING, HIDDEN, LAYERS = 6, 12, 2
BATCH, LENGTH, STEPS, LR = 4, 12, 100, 1e-2


class Model(nn.Module):
    def __init__(self, v):
        super().__init__()
        self.embedding = nn.Embedding(v, EMBEDDING)
        self.lstm = nn.LSTM(EMBEDDING, HIDDEN, LAYERS, batch_first=True)
        self.head = nn.Linear(HIDDEN, v)

    def forward(self, ids):
        return self.head(self.lstm(self.embedding(ids))[0])


def ids():
    letters = sorted(set(TEXT))
    return torch.tensor([letters.index(c) for c in TEXT]), len(letters)


def start_values(v):
    """Uniform over ±1/4, on the grid of 1/64 that float32 holds."""
    return {name: Stream("lstm curve", name).box(*x.shape, low=-0.25, high=0.25) for name, x in Model(v).state_dict().items()}


def batches(length):
    """Where the pieces of text of each step begin."""
    return Stream("lstm curve", "batches").ints(STEPS, BATCH, below=length - LENGTH)


def losses(dtype):
    text, v = ids()
    model = Model(v).to(dtype)
    model.load_state_dict(start_values(v))
    optimizer = torch.optim.Adam(model.parameters(), lr=LR)
    for starts in batches(len(text)):
        pieces = torch.stack([text[i : i + LENGTH + 1] for i in starts])
        loss = F.cross_entropy(model(pieces[:, :-1]).flatten(0, 1), pieces[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield number(loss.item(), dtype)


def curve():
    text, v = ids()
    return {
        "vocabulary": v, "embedding": EMBEDDING, "hidden": HIDDEN, "layers": LAYERS, "length": LENGTH, "lr": LR,
        "text": text.tolist(), "starts": batches(len(text)).tolist(), "state": named(start_values(v)),
        "float32": list(losses(torch.float32)), "float64": list(losses(torch.float64)),
    }
