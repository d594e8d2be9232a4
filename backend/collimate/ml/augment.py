"""Random views of an image batch, as contrastive learning needs them."""

import math

import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn import functional

Images = Float[Tensor, "batch 1 side side"]
SMALLEST_AREA = 0.5
LARGEST_TURN_DEGREES = 10.0


def random_view(
    images: UInt8[Tensor, "batch side side"],
    draw: torch.Generator,
    *,
    among: tuple[slice, int] | None = None,
    flips: bool = True,
) -> Images:
    """Crop 50-100 % of the area, turn by up to 10 degrees, flip left-right, change gamma,
    contrast and brightness, blur and add noise; normalised like the encoder's input.

    The same seed gives the same views on the same kind of device. Of a larger batch these may be
    some: `among` says which and of how many, and they are drawn as in the whole. Without `flips`
    left stays left.
    """
    own, count = among or (slice(None), len(images))
    device = images.device

    def uniform(low: float, high: float) -> Float[Tensor, "batch 1 1 1"]:
        return _uniform(count, low, high, draw)[own].to(device)

    warped = functional.grid_sample(
        images[:, None].float() / 255.0,
        _warp(count, images.shape[-1], draw, flips=flips)[own].to(device),
        mode="bilinear",
        padding_mode="zeros",
        align_corners=False,
    )
    gamma = torch.exp(uniform(-0.4, 0.4))
    contrast, brightness = uniform(0.6, 1.4), uniform(-0.15, 0.15)
    toned = warped.clamp(1e-4, 1.0) ** gamma
    mean = toned.mean(dim=(1, 2, 3), keepdim=True)
    toned = (toned - mean) * contrast + mean + brightness
    soft = functional.avg_pool2d(toned, 3, 1, 1, count_include_pad=False)
    toned = toned + uniform(-1.0, 1.0).clamp(min=0.0) * (soft - toned)
    strength = uniform(0.0, 0.05)
    noise = torch.randn((count, *toned.shape[1:]), generator=draw, device=draw.device)[own]
    noise = noise.to(device)
    return ((toned + strength * noise).clamp(0.0, 1.0) - 0.5) / 0.25


def _warp(
    count: int, side: int, draw: torch.Generator, *, flips: bool
) -> Float[Tensor, "batch side side 2"]:
    zoom = _uniform(count, SMALLEST_AREA, 1.0, draw).flatten().sqrt()
    turn = _uniform(count, -1.0, 1.0, draw).flatten() * math.radians(LARGEST_TURN_DEGREES)
    turned = _uniform(count, 0.0, 1.0, draw).flatten() < 0.5
    flip = torch.where(turned & flips, -1.0, 1.0)
    shift_x = _uniform(count, -1.0, 1.0, draw).flatten() * (1.0 - zoom)
    shift_y = _uniform(count, -1.0, 1.0, draw).flatten() * (1.0 - zoom)
    cosine, sine = zoom * torch.cos(turn), zoom * torch.sin(turn)
    rows = (
        torch.stack([cosine * flip, -sine, shift_x], dim=1),
        torch.stack([sine * flip, cosine, shift_y], dim=1),
    )
    return functional.affine_grid(torch.stack(rows, dim=1), [count, 1, side, side], False)


def _uniform(
    count: int, low: float, high: float, draw: torch.Generator
) -> Float[Tensor, "batch 1 1 1"]:
    return low + (high - low) * torch.rand((count, 1, 1, 1), generator=draw, device=draw.device)
