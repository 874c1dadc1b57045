"""images.json: networks for images. What they return and their gradients in float64, and the loss curve of LeNet-5."""

import torch
import torch.nn.functional as F
from torch import nn

from .curve import batches, digits
from .encode import number, numbers, tensor
from .values import Stream

STEPS = 100
KEPT = 64  # numbers of a gradient that are kept, one from each of as many parts


def start(name, fan_in, key):
    """The values of a parameter. Heft's tests compute the same: multiples of a power of two, of a variance near 2/(fan in)."""
    step = 2.0 ** -(4 + (fan_in.bit_length() + 1) // 2)
    x = torch.arange(name.numel(), dtype=torch.int64) * 1103515245 + key * 12345 + 1013904223
    return (((x >> 16) & 127) - 64).double().reshape(name.shape) * step


def fill(net):
    """Biases and gains move a little from where torch starts them; buffers stay."""
    for key, p in enumerate(net.parameters()):
        if p.dim() > 1:
            p.data = start(p, p[0].numel(), key).to(p.dtype)
        else:
            p.data = (start(p, 1024, key) + p.new_ones(()).double() * (p.data.min() == 1)).to(p.dtype)
    return net


class LeNet300(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.Linear(36, 300), nn.Linear(300, 100), nn.Linear(100, 10)

    def forward(self, x):
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x.flatten(1))))))


class LeNet5(nn.Module):
    def __init__(self, channels, features):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(channels, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(features, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x.flatten(1))))))


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 32, 3), nn.Conv2d(32, 64, 3)
        self.fc1, self.fc2 = nn.Linear(256, 128), nn.Linear(128, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv2(F.relu(self.conv1(x)))), 2)
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


class Block(nn.Module):
    def __init__(self, channels, planes, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, planes, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample = nn.Identity()
        if stride != 1 or channels != planes:
            self.downsample = nn.Sequential(nn.Conv2d(channels, planes, 1, stride=stride, bias=False), nn.BatchNorm2d(planes))

    def forward(self, x):
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))) + self.downsample(x))


class ResNet(nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16)
        stages, channels = [], 16
        for planes in (16, 32, 64):
            stage = []
            for i in range(blocks):
                stage.append(Block(channels, planes, 2 if planes > 16 and i == 0 else 1))
                channels = planes
            stages.append(nn.Sequential(*stage))
        self.layer1, self.layer2, self.layer3 = stages
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        return self.fc(self.layer3(self.layer2(self.layer1(x))).mean((2, 3)))


# name, network, the shape of its input
NETWORKS = [
    ("lenet300", LeNet300, (2, 1, 6, 6)),
    ("lenet5", lambda: LeNet5(2, 16 * 2 * 1), (2, 2, 17, 12)),
    ("cnn", CNN, (2, 1, 8, 8)),
    ("resnet8", lambda: ResNet(1), (3, 3, 9, 8)),
    ("resnet14", lambda: ResNet(2), (3, 3, 8, 8)),
]


def kept(x):
    flat = x.reshape(-1)
    count = min(KEPT, len(flat))
    return numbers(flat[[i * len(flat) // count + i % (len(flat) // count) for i in range(count)]])


def cases():
    for name, make, shape in NETWORKS:
        net = fill(make().double())
        x = Stream("images", name, "input").box(*shape)
        output = net(x)
        seed = Stream("images", name, "seed").away(*output.shape)
        params = dict(net.named_parameters())
        grads = dict(zip(params, torch.autograd.grad(output, list(params.values()), seed)))
        yield {
            "name": name,
            "params": [{"name": key, "shape": list(p.shape), "grad": kept(grads[key])} for key, p in params.items()],
            "input": tensor(x),
            "seed": numbers(seed),
            "output": tensor(output),
        }


def losses(x, y, dtype):
    net = fill(LeNet5(1, 64).to(dtype))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
    x = F.interpolate(x.reshape(-1, 1, 8, 8), scale_factor=2).to(dtype)
    for rows in batches()[:STEPS]:
        loss = F.cross_entropy(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield number(loss.item(), dtype)


def curve(path):
    """Digits, each pixel made four. The batches are those of mlp_curve.json."""
    x, y = digits(path)
    return {key: list(losses(x, y, dtype)) for key, dtype in (("float32", torch.float32), ("float64", torch.float64))}
