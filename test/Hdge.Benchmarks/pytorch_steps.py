"""Training steps and scoring of the same network in PyTorch, beside ours: `bench pytorch` and `bench gpu` run this and ask for one measurement a line.

Usage: pytorch_steps.py DEVICE THREADS
A line "DEPTH WIDTH BATCH PRECISION LAYOUT STEPS" (precision fp32, tf32 or bf16: autocast; layout first or last) is answered by a line with milliseconds a step:
processor time on the processor, wall time on a GPU. The first line says the version. An empty line ends it.
"""
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, a, b, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(a)
        self.conv1 = nn.Conv2d(a, b, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(b)
        self.conv2 = nn.Conv2d(b, b, 3, stride=stride, padding=1)
        self.shortcut = nn.Conv2d(a, b, 1, stride=stride) if stride != 1 or a != b else None

    def forward(self, x):
        y = self.conv1(F.leaky_relu_(self.bn1(x), 0.2))
        y = self.conv2(F.leaky_relu_(self.bn2(y), 0.2))
        return y.add_(x if self.shortcut is None else self.shortcut(x))


class WideResNet(nn.Module):
    def __init__(self, depth, width, classes=10):
        super().__init__()
        n = (depth - 4) // 6
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1)
        blocks, a = [], 16
        for stage, b in enumerate((16 * width, 32 * width, 64 * width)):
            for i in range(n):
                blocks.append(Block(a, b, 2 if stage > 0 and i == 0 else 1))
                a = b
        self.blocks = nn.Sequential(*blocks)
        self.bn1 = nn.BatchNorm2d(a)
        self.linear = nn.Linear(a, classes)

    def forward(self, x):
        x = F.leaky_relu_(self.bn1(self.blocks(self.conv1(x))), 0.2)
        return self.linear(x.mean((2, 3)))


class Contestant:
    def __init__(self, depth, width, batch, precision, layout, device):
        self.device, self.precision = device, precision
        self.net = WideResNet(depth, width).to(device)
        self.x = torch.rand(batch, 3, 32, 32, device=device) * 2 - 1
        if layout == "last":
            self.net = self.net.to(memory_format=torch.channels_last)
            self.x = self.x.to(memory_format=torch.channels_last)
        self.y = torch.arange(batch, device=device) % 10
        self.optimizer = torch.optim.SGD(self.net.parameters(), 0.01, 0.9, weight_decay=5e-4, nesterov=True)

    def step(self):
        if self.precision == "bf16":
            with torch.autocast(self.device.type, dtype=torch.bfloat16):
                loss = F.cross_entropy(self.net(self.x), self.y)
        else:
            loss = F.cross_entropy(self.net(self.x), self.y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()

    def time(self, steps):
        cuda = self.device.type == "cuda"
        torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = self.precision == "tf32"
        if cuda:
            torch.cuda.synchronize()
        clock = time.perf_counter if cuda else time.process_time
        begin = clock()
        for _ in range(steps):
            self.step()
        if cuda:
            torch.cuda.synchronize()
        return (clock() - begin) / steps * 1000


def main():
    device = torch.device(sys.argv[1])
    torch.set_num_threads(int(sys.argv[2]))
    torch.manual_seed(1)
    print(f"PyTorch {torch.__version__}", flush=True)
    contestants = {}
    for line in sys.stdin:
        if not line.strip():
            break
        depth, width, batch, precision, layout, steps = line.split()
        key = (int(depth), int(width), int(batch), precision, layout)
        if key not in contestants:
            if device.type == "cuda":  # one after another: memory is for one
                contestants.clear()
                torch.cuda.empty_cache()
            contestants[key] = Contestant(*key, device)
            contestants[key].time(2 if device.type == "cpu" else 5)
        print(contestants[key].time(int(steps)), flush=True)


main()
