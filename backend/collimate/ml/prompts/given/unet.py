"""The residual U-Net of nnU-Net in plain torch, its tensors called as published weights call them.

Each block is ResNet-D's (He et al. 2019): two convolutions, beside them an average pool where the
block takes steps and a convolution of one voxel where it widens. Source of names and order:
dynamic-network-architectures (Apache-2.0), `ResidualEncoderUNet`; that package needs torchvision
and is not used.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from collimate.ml.prompts.given.recipe import Architecture, Recipe, Triple

OUTPUTS = 2
"""Background and structure."""
ONE: Triple = (1, 1, 1)


class Convolution(nn.Module):
    """A convolution that keeps the size (but for its stride), its norm, and mostly a leaky ReLU."""

    def __init__(
        self, before: int, after: int, kernel: Triple, stride: Triple, net: Architecture, *,
        has_bias: bool, is_active: bool,
    ) -> None:  # fmt: skip
        super().__init__()
        first, second, third = ((side - 1) // 2 for side in kernel)
        self.conv = nn.Conv3d(before, after, kernel, stride, (first, second, third), bias=has_bias)
        self.norm = nn.InstanceNorm3d(after, eps=net.eps, affine=net.is_affine)
        self.slope = net.slope if is_active else 1.0

    def forward(self, x: Tensor) -> Tensor:
        return functional.leaky_relu(self.norm(self.conv(x)), self.slope)


class Convolutions(nn.Module):
    """Several in a row."""

    def __init__(
        self, count: int, before: int, after: int, kernel: Triple, net: Architecture
    ) -> None:
        super().__init__()
        self.convs = nn.Sequential(
            *(
                Convolution(
                    after if at else before, after, kernel, ONE, net,
                    has_bias=net.has_bias, is_active=True,
                )
                for at in range(count)
            )
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.convs(x)
        return out


class Block(nn.Module):
    """Two convolutions with a way past them."""

    def __init__(
        self, before: int, after: int, kernel: Triple, stride: Triple, net: Architecture
    ) -> None:
        super().__init__()
        biased = {"has_bias": net.has_bias}
        self.conv1 = Convolution(before, after, kernel, stride, net, **biased, is_active=True)
        self.conv2 = Convolution(after, after, kernel, ONE, net, **biased, is_active=False)
        past: list[nn.Module] = [nn.AvgPool3d(stride, stride)] if stride != ONE else []
        if before != after:
            past.append(Convolution(before, after, ONE, ONE, net, has_bias=False, is_active=False))
        self.skip = nn.Sequential(*past)
        self.slope = net.slope

    def forward(self, x: Tensor) -> Tensor:
        return functional.leaky_relu(self.conv2(self.conv1(x)) + self.skip(x), self.slope)


class Stage(nn.Module):
    """The blocks of one size; the first takes the step to it."""

    def __init__(self, at: int, before: int, net: Architecture) -> None:
        super().__init__()
        after, kernel = net.features[at], net.kernels[at]
        self.blocks = nn.Sequential(
            Block(before, after, kernel, net.strides[at], net),
            *(Block(after, after, kernel, ONE, net) for _ in range(1, net.blocks[at])),
        )

    def forward(self, x: Tensor, step: Callable[[], None]) -> Tensor:
        for block in self.blocks:
            step()
            x = block(x)
        return x


class Encoder(nn.Module):
    """From the image to ever coarser features."""

    def __init__(self, inputs: int, net: Architecture) -> None:
        super().__init__()
        first = net.features[0]
        self.stem = Convolutions(1, inputs, first, net.kernels[0], net)
        befores = (first, *net.features)
        self.stages = nn.ModuleList(Stage(at, befores[at], net) for at in range(len(net.features)))


class Decoder(nn.Module):
    """And back, each stage joined with what the encoder knew at its size."""

    def __init__(self, net: Architecture) -> None:
        super().__init__()
        coarse, fine = net.features[:0:-1], net.features[-2::-1]
        strides, kernels = net.strides[:0:-1], net.kernels[-2::-1]
        self.transpconvs = nn.ModuleList(
            nn.ConvTranspose3d(below, here, stride, stride, bias=net.has_bias)
            for below, here, stride in zip(coarse, fine, strides, strict=True)
        )
        self.stages = nn.ModuleList(
            Convolutions(count, 2 * here, here, kernel, net)
            for count, here, kernel in zip(net.decoder_convs, fine, kernels, strict=True)
        )
        # only the last answers; the others were of use in training and come with the weights
        self.seg_layers = nn.ModuleList(nn.Conv3d(here, OUTPUTS, 1) for here in fine)


class Network(nn.Module):
    """Image and prompts (batch, channel, frame, row, column) to the odds of both answers."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.encoder = Encoder(1 + recipe.channel_count, recipe.architecture)
        self.decoder = Decoder(recipe.architecture)

    def forward(self, x: Tensor, step: Callable[[], None] = lambda: None) -> Tensor:
        """`step` is called before each part of the work and may raise to give it up."""
        step()
        x = self.encoder.stem(x)
        known = []
        for stage in self.encoder.stages:
            x = stage(x, step)
            known.append(x)
        x = known.pop()
        for up, stage in zip(self.decoder.transpconvs, self.decoder.stages, strict=True):
            step()
            x = stage(torch.cat((up(x), known.pop()), dim=1))
        out: Tensor = self.decoder.seg_layers[-1](x)
        return out
