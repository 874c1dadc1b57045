"""optim.json: where torch's optimizers go in float32, given one sequence of gradients, averages of weights, and learning
rates of schedules."""

import warnings
from unittest import mock

import torch
from torch.optim import lr_scheduler as lr
from torch.optim import swa_utils

from .encode import numbers, tensor
from .values import Stream

SHAPES = {"weight": (5, 4), "bias": (5,), "scale": (3,), "wide": (3, 6), "kernel": (4, 2, 2, 1)}
STEPS = 100
KEPT = (1, 2, 3, 10, 100)

# name, torch's class, its arguments, and what is done to the gradients before each step
RUNS = [
    ("SGD", "SGD", {"lr": 0.1}, None),
    ("SGD momentum", "SGD", {"lr": 0.1, "momentum": 0.9}, None),
    ("SGD Nesterov", "SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}, None),
    ("SGD weight decay", "SGD", {"lr": 0.1, "weight_decay": 0.1}, None),
    ("SGD dampening", "SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.5}, None),
    ("SGD everything", "SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.01}, None),
    ("Adam", "Adam", {"lr": 1e-3}, None),
    ("Adam weight decay", "Adam", {"lr": 0.01, "weight_decay": 0.1}, None),
    ("Adam other betas", "Adam", {"lr": 0.01, "betas": [0.8, 0.95], "eps": 1e-4}, None),
    ("AdamW", "AdamW", {"lr": 1e-3}, None),
    ("AdamW weight decay", "AdamW", {"lr": 0.01, "weight_decay": 0.1}, None),
    ("RMSprop", "RMSprop", {"lr": 0.01}, None),
    ("RMSprop momentum", "RMSprop", {"lr": 0.01, "momentum": 0.9}, None),
    ("RMSprop centered", "RMSprop", {"lr": 0.01, "centered": True}, None),
    ("RMSprop weight decay", "RMSprop", {"lr": 0.01, "weight_decay": 0.1}, None),
    ("NAdam", "NAdam", {"lr": 2e-3}, None),
    ("NAdam weight decay", "NAdam", {"lr": 0.01, "weight_decay": 0.1, "momentum_decay": 0.02}, None),
    ("NAdam decoupled", "NAdam", {"lr": 0.01, "weight_decay": 0.1, "decoupled_weight_decay": True}, None),
    ("Muon", "Muon", {"lr": 0.02, "adjust_lr_fn": "match_rms_adamw"}, None),
    ("Muon original", "Muon", {"lr": 0.02, "adjust_lr_fn": "original", "weight_decay": 0.01, "momentum": 0.9}, None),
    ("Muon clipped norm", "Muon", {"lr": 0.02, "adjust_lr_fn": "match_rms_adamw"}, {"norm": 1.0}),
    ("Lion", "Lion", {"lr": 1e-3}, None),
    ("Lion weight decay", "Lion", {"lr": 3e-3, "weight_decay": 0.1, "betas": [0.95, 0.98]}, None),
    ("SGD clipped norm", "SGD", {"lr": 0.1}, {"norm": 1.0}),
    ("SGD clipped values", "SGD", {"lr": 0.1}, {"value": 0.1}),
]

# name, torch's class, its arguments; the optimizer's own rate is 0.1
SCHEDULES = [
    ("StepLR", "StepLR", {"step_size": 30, "gamma": 0.1}),
    ("StepLR often", "StepLR", {"step_size": 7, "gamma": 0.75}),
    ("cosine", "CosineAnnealingLR", {"T_max": 100}),
    ("cosine to a floor", "CosineAnnealingLR", {"T_max": 100, "eta_min": 0.01}),
    ("warm-up", "LinearLR", {"start_factor": 0.25, "total_iters": 10}),
    ("one cycle", "OneCycleLR", {"max_lr": 0.1, "total_steps": STEPS}),
    ("one cycle, linear", "OneCycleLR", {"max_lr": 0.1, "total_steps": STEPS, "anneal_strategy": "linear", "pct_start": 0.2}),
]
PLATEAUS = [
    ("plateau", {"factor": 0.5, "patience": 3}),
    ("plateau with a rest", {"factor": 0.25, "patience": 2, "threshold": 0.01, "cooldown": 4, "min_lr": 0.002}),
    ("impatient plateau", {"factor": 0.9, "patience": 0, "threshold": 0.0}),
]
AVERAGES = (0.9, 0.999)
WARMUP_COSINE = {"start_factor": 0.1, "warmup": 10, "T_max": 90, "eta_min": 0.001}


def start_values():
    return {name: Stream("optim", name).away(*shape).float() for name, shape in SHAPES.items()}


def gradients():
    """Noise around a slope that turns, in float32 of few digits: signs change and sizes differ between tensors."""
    stream = Stream("optim", "gradients")
    sizes = dict(zip(SHAPES, (1.0, 0.125, 8.0, 0.25, 1.0)))
    slopes = {name: stream.box(*shape) for name, shape in SHAPES.items()}
    return [
        {name: (sizes[name] * (slopes[name] * (1 - step / 60) + stream.box(*shape)) / 8).float() for name, shape in SHAPES.items()}
        for step in range(STEPS)
    ]


def course():
    """What all runs share: where they start and the gradients they get, each step's tensors one after another."""
    steps = [[v for g in step.values() for v in numbers(g)] for step in gradients()]
    return {"params": [{"name": name} | tensor(x) for name, x in start_values().items()], "gradients": steps}


class Lion(torch.optim.Optimizer):
    """Program 1 of arXiv:2302.06675, which torch does not have."""

    def __init__(self, params, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("exp_avg", torch.zeros_like(p))
                update = torch.sign(beta1 * m + (1 - beta1) * p.grad)
                m.copy_(beta2 * m + (1 - beta2) * p.grad)
                p -= group["lr"] * (update + group["weight_decay"] * p)


class Muon:
    """torch.optim.Muon for matrices, AdamW for the rest. Kernels become matrices; the iteration, which torch runs in
    bfloat16, runs in float32."""

    def __init__(self, params, lr, weight_decay=0.1, **args):
        matrices = [p for p in params if p.ndim >= 2]
        self.flat = [(p, torch.nn.Parameter(p.detach().flatten(1).clone())) for p in matrices]
        self.muon = torch.optim.Muon([f for _, f in self.flat], lr=lr, weight_decay=weight_decay, **args)
        self.rest = torch.optim.AdamW([p for p in params if p.ndim < 2], lr=lr, weight_decay=weight_decay)

    def step(self):
        for p, flat in self.flat:
            flat.grad = p.grad.flatten(1)
        with mock.patch.object(torch, "bfloat16", torch.float32):
            self.muon.step()
        self.rest.step()
        with torch.no_grad():
            for p, flat in self.flat:
                p.copy_(flat.view_as(p))


OWN = {"Lion": Lion, "Muon": Muon}


def runs():
    for name, kind, args, clip in RUNS:
        params = {name: torch.nn.Parameter(x) for name, x in start_values().items()}
        optimizer = (OWN.get(kind) or getattr(torch.optim, kind))(list(params.values()), **args)
        after, norms = {}, []
        for step, grads in enumerate(gradients(), 1):
            for key, p in params.items():
                p.grad = grads[key].clone()
            if clip and "norm" in clip:
                norms += numbers(torch.nn.utils.clip_grad_norm_(params.values(), clip["norm"]))
            if clip and "value" in clip:
                torch.nn.utils.clip_grad_value_(params.values(), clip["value"])
            optimizer.step()
            if step in KEPT:
                after[str(step)] = {key: numbers(p) for key, p in params.items()}
        yield {"name": name, "optimizer": kind, "args": args, "clip": clip or {}, "norms": norms, "after": after}


def averages():
    """The average that AveragedModel keeps of all values, buffers too, after some steps of SGD."""
    for decay in AVERAGES:
        params = torch.nn.ParameterDict(start_values())
        model = swa_utils.AveragedModel(params, multi_avg_fn=swa_utils.get_ema_multi_avg_fn(decay), use_buffers=True)
        optimizer = torch.optim.SGD(params.parameters(), lr=0.1)
        after = {}
        for step, grads in enumerate(gradients(), 1):
            for key, p in params.items():
                p.grad = grads[key].clone()
            optimizer.step()
            model.update_parameters(params)
            if step in KEPT:
                after[str(step)] = {key: numbers(p) for key, p in model.module.items()}
        yield {"decay": decay, "lr": 0.1, "after": after}


def losses():
    """A loss that falls, sways and stands still at times."""
    sway = Stream("optim", "losses").box(STEPS, low=-0.125, high=0.125).tolist()
    return [max(0.5, 2 * 0.96**step) + sway[step] for step in range(STEPS)]


def rates(schedule_of, *watched):
    """The rate of each step when schedule.step(), of what it watches at that step, follows optimizer.step()."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    schedule = schedule_of(optimizer)
    result = []
    for step in range(STEPS):
        result.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step(*(values[step] for values in watched))
    return result


def warmup_cosine(optimizer):
    args = WARMUP_COSINE
    rise = lr.LinearLR(optimizer, start_factor=args["start_factor"], total_iters=args["warmup"])
    fall = lr.CosineAnnealingLR(optimizer, T_max=args["T_max"], eta_min=args["eta_min"])
    return lr.SequentialLR(optimizer, [rise, fall], milestones=[args["warmup"]])


def schedules():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SequentialLR passes step() an epoch, which warns, as does a cycle's last step
        for name, kind, args in SCHEDULES:
            make = getattr(lr, kind)
            yield {"name": name, "schedule": kind, "lr": 0.1, "args": args, "rates": rates(lambda o: make(o, **args))}
        yield {"name": "warm-up, cosine", "schedule": "SequentialLR", "lr": 0.1, "args": WARMUP_COSINE, "rates": rates(warmup_cosine)}
    for name, args in PLATEAUS:
        watched = rates(lambda o: lr.ReduceLROnPlateau(o, **args), losses())
        yield {"name": name, "schedule": "ReduceLROnPlateau", "lr": 0.1, "args": args, "losses": losses(), "rates": watched}
