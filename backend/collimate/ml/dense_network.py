"""A small U-Net: from an image and its neighbours to a map per class.

Source: Ronneberger et al., U-Net, MICCAI 2015; group normalisation (Wu and He, ECCV 2018) instead
of batch statistics, so that a batch may shrink to one image and weights can be averaged.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

NEIGHBOURS = 3
"""Channels that go in: the frame before, the frame, the frame after."""
LEVELS = 4
GROUPS = 4


class Convolutions(nn.Module):
    """Two 3 by 3 convolutions, each normalised in groups."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, after, 3, padding=1, bias=False)
        self.first_norm = nn.GroupNorm(GROUPS, after)
        self.second = nn.Conv2d(after, after, 3, padding=1, bias=False)
        self.second_norm = nn.GroupNorm(GROUPS, after)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.silu(self.first_norm(self.first(x)))
        return functional.silu(self.second_norm(self.second(x)))


class UNet(nn.Module):
    """Four levels, `width` channels at the finest, doubled at each but the last.

    Any size goes in; `forward` gives logits of the same size.
    """

    def __init__(self, out_channels: int, width: int) -> None:
        super().__init__()
        widths = [width * 2 ** min(level, LEVELS - 2) for level in range(LEVELS)]
        self.down = nn.ModuleList(
            Convolutions(before, after)
            for before, after in zip([NEIGHBOURS, *widths[:-1]], widths, strict=True)
        )
        self.up = nn.ModuleList(
            Convolutions(below + own, own)
            for below, own in zip(widths[:0:-1], widths[-2::-1], strict=True)
        )
        self.out = nn.Conv2d(widths[0], out_channels, 1)

    def forward(
        self, images: Float[Tensor, "batch 3 height width"]
    ) -> Float[Tensor, "batch out height width"]:
        height, width = images.shape[-2:]
        step = 2 ** (LEVELS - 1)
        x = functional.pad(images, (0, -width % step, 0, -height % step), mode="replicate")
        passed: list[Tensor] = []
        for level, block in enumerate(self.down):
            x = block(functional.max_pool2d(x, 2) if level else x)
            passed.append(x)
        for block, beside in zip(self.up, passed[-2::-1], strict=True):
            x = functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
            x = block(torch.cat([x, beside], dim=1))
        return self.out(x)[..., :height, :width]


def normalised(images: Float[Tensor, "batch 3 height width"]) -> Tensor:
    """Bring [0, 1] to about zero mean and unit spread."""
    return (images - 0.5) / 0.25
