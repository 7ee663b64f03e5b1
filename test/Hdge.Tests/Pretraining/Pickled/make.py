"""Makes the files beside it, with PyTorch: python3 make.py. Committed, so that the tests need no Python."""
import os

import torch


class Code:
    def __reduce__(self):
        return os.system, ("touch hdge-ran-the-code-of-a-file",)


weights = {
    "hidden.0.weight": torch.arange(24.0).reshape(6, 4) / 10,
    "hidden.0.bias": torch.arange(6).half() / 4,
    "linear.weight": torch.arange(18.0).reshape(3, 6).double() / 8,
    "linear.bias": torch.tensor([0.5, -1.0, 2.0]).bfloat16(),
}
torch.save(weights, "plain.pth")
torch.save(weights, "before-1.6.pth", _use_new_zipfile_serialization=False)
torch.save({**weights, "more": Code()}, "code.pth")
torch.save({"state_dict": weights, "epoch": 3}, "checkpoint.pth")
torch.save({**weights, "linear.bias": torch.nn.Parameter(torch.zeros(3))}, "parameter.pth")
torch.save({**weights, "linear.bias": torch.arange(6.0)[3:]}, "view.pth")
torch.save({**weights, "linear.bias": torch.tensor([0.0, float("nan"), 0.0])}, "nan.pth")
torch.save([1, 2], "list.pth")
