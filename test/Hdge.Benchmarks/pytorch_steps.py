"""Training steps and scoring of the same network in PyTorch, beside ours: `bench pytorch` and `bench gpu` run this and ask for one measurement a line.

Usage: pytorch_steps.py DEVICE THREADS
A line "DEPTH WIDTH BATCH PRECISION LAYOUT STEPS" (precision fp32, tf32 or bf16: autocast; layout first or last) is answered by a line with milliseconds a step:
processor time on the processor, wall time on a GPU. "none" or "jem" after it leaves batch norm away, and trains JEM with 20 SGLD steps as its published code does (Grathwohl et al. 2020):
three forward passes a step (density of real images, of samples, cross-entropy), the samples' gradients by autograd. The first line says the version. An empty line ends it.
"""
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


def norm(channels, plain):
    return nn.Identity() if plain else nn.BatchNorm2d(channels)


class Block(nn.Module):
    def __init__(self, a, b, stride, plain):
        super().__init__()
        self.plain = plain
        self.bn1 = norm(a, plain)
        self.conv1 = nn.Conv2d(a, b, 3, padding=1)
        self.bn2 = norm(b, plain)
        self.conv2 = nn.Conv2d(b, b, 3, stride=stride, padding=1)
        self.shortcut = nn.Conv2d(a, b, 1, stride=stride) if stride != 1 or a != b else None

    def forward(self, x):
        y = self.conv1(F.leaky_relu(self.bn1(x), 0.2, inplace=not self.plain))
        y = self.conv2(F.leaky_relu_(self.bn2(y), 0.2))
        return y.add_(x if self.shortcut is None else self.shortcut(x))


class WideResNet(nn.Module):
    def __init__(self, depth, width, plain, classes=10):
        super().__init__()
        n = (depth - 4) // 6
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1)
        blocks, a = [], 16
        for stage, b in enumerate((16 * width, 32 * width, 64 * width)):
            for i in range(n):
                blocks.append(Block(a, b, 2 if stage > 0 and i == 0 else 1, plain))
                a = b
        self.blocks = nn.Sequential(*blocks)
        self.bn1 = norm(a, plain)
        self.linear = nn.Linear(a, classes)

    def forward(self, x):
        x = F.leaky_relu_(self.bn1(self.blocks(self.conv1(x))), 0.2)
        return self.linear(x.mean((2, 3)))


class Contestant:
    def __init__(self, depth, width, batch, precision, layout, kind, device):
        self.device, self.precision, self.kind = device, precision, kind
        self.net = WideResNet(depth, width, kind != "norm").to(device)
        self.buffer = torch.rand(10000, 3, 32, 32) * 2 - 1 if kind == "jem" else None
        self.x = torch.rand(batch, 3, 32, 32, device=device) * 2 - 1
        if layout == "last":
            self.net = self.net.to(memory_format=torch.channels_last)
            self.x = self.x.to(memory_format=torch.channels_last)
        self.y = torch.arange(batch, device=device) % 10
        self.optimizer = torch.optim.SGD(self.net.parameters(), 0.01, 0.9, weight_decay=5e-4, nesterov=True)

    def sample(self):
        self.net.eval()
        places = torch.randint(0, len(self.buffer), (len(self.x),))
        fresh = torch.rand_like(self.x) * 2 - 1
        choose = (torch.rand(len(self.x), device=self.device) < 0.05).float()[:, None, None, None]
        x = torch.autograd.Variable(choose * fresh + (1 - choose) * self.buffer[places].to(self.device), requires_grad=True)
        for _ in range(20):
            gradient = torch.autograd.grad(self.net(x).logsumexp(1).sum(), [x], retain_graph=True)[0]
            x.data += gradient + 0.01 * torch.randn_like(x)
        self.net.train()
        samples = x.detach()
        self.buffer[places] = samples.cpu()
        return samples

    def jem(self):
        samples = self.sample()
        loss = self.net(samples).logsumexp(1).mean() - self.net(self.x).logsumexp(1).mean()
        loss = loss + F.cross_entropy(self.net(self.x), self.y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()

    def step(self):
        if self.kind == "jem":
            self.jem()
            return
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
        depth, width, batch, precision, layout, steps, *kind = line.split()
        key = (int(depth), int(width), int(batch), precision, layout, kind[0] if kind else "norm")
        if key not in contestants:
            if device.type == "cuda":  # one after another: memory is for one
                contestants.clear()
                torch.cuda.empty_cache()
            contestants[key] = Contestant(*key, device)
            contestants[key].time(2 if device.type == "cpu" else 5)
        print(contestants[key].time(int(steps)), flush=True)


main()
