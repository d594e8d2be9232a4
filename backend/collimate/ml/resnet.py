"""ResNet-18 and ResNet-34 as other libraries train them, without a classifier.

Source: He et al., "Deep residual learning for image recognition", CVPR 2016.
"""

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn
from torch.nn import functional

from collimate.ml.key_maps import BLOCKS, STAGE_WIDTHS

# What images are brought to before a network with three channels sees them.
MEAN = (0.485, 0.456, 0.406)
SPREAD = (0.229, 0.224, 0.225)


class BasicBlock(nn.Module):
    """Two 3 by 3 convolutions with a shortcut, under the names other libraries use."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(after)
        self.downsample: nn.Module = nn.Identity()
        if before != after:
            shortcut = nn.Conv2d(before, after, 1, stride, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(after))

    def forward(self, x: Tensor) -> Tensor:
        inner = functional.relu(self.bn1(self.conv1(x)))
        return functional.relu(self.bn2(self.conv2(inner)) + self.downsample(x))


class ResNet(nn.Module):
    """`forward` gives the last stage's map, 1/32 of the side."""

    def __init__(self, architecture: str, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.conv1 = nn.Conv2d(channels, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        before = 64
        for stage, (depth, width) in enumerate(
            zip(BLOCKS[architecture], STAGE_WIDTHS, strict=True), start=1
        ):
            blocks = [
                BasicBlock(before if at == 0 else width, width, 2 if at == 0 and stage > 1 else 1)
                for at in range(depth)
            ]
            self.add_module(f"layer{stage}", nn.Sequential(*blocks))
            before = width

    def forward(self, images: Float[Tensor, "batch channels side side"]) -> Tensor:
        x = functional.relu(self.bn1(self.conv1(images)))
        x = functional.max_pool2d(x, 3, 2, 1)
        for stage in range(1, len(STAGE_WIDTHS) + 1):
            x = self.get_submodule(f"layer{stage}")(x)
        return x

    def prepared(
        self, images: UInt8[Tensor, "batch side side"]
    ) -> Float[Tensor, "batch channels side side"]:
        """Grey bytes as the network was trained on them: three equal channels, or one."""
        return self.as_read((images[:, None].float() / 255.0 - 0.5) / 0.25)

    def as_read(
        self, views: Float[Tensor, "batch 1 side side"]
    ) -> Float[Tensor, "batch channels side side"]:
        """Normalised grey views as the network was trained on images."""
        if self.channels == 1:
            return views
        mean = torch.tensor(MEAN, device=views.device).view(1, 3, 1, 1)
        spread = torch.tensor(SPREAD, device=views.device).view(1, 3, 1, 1)
        return (views * 0.25 + 0.5 - mean) / spread
