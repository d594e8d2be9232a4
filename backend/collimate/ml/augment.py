"""Random views of an image batch, as contrastive learning needs them."""

import math

import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn import functional

Images = Float[Tensor, "batch 1 side side"]
SMALLEST_AREA = 0.5
LARGEST_TURN_DEGREES = 10.0


def random_view(images: UInt8[Tensor, "batch side side"], draw: torch.Generator) -> Images:
    """Crop 50-100 % of the area, turn by up to 10 degrees, flip left-right, change gamma,
    contrast and brightness, blur and add noise; normalised like the encoder's input.

    `draw` lives on the CPU, so that a seed gives the same views on every device.
    """
    device, count = images.device, len(images)
    warped = functional.grid_sample(
        images[:, None].float() / 255.0,
        _warp(count, images.shape[-1], draw).to(device),
        mode="bilinear",
        padding_mode="zeros",
        align_corners=False,
    )
    gamma = torch.exp(_uniform(count, -0.4, 0.4, draw)).to(device)
    contrast = _uniform(count, 0.6, 1.4, draw).to(device)
    brightness = _uniform(count, -0.15, 0.15, draw).to(device)
    toned = warped.clamp(1e-4, 1.0) ** gamma
    mean = toned.mean(dim=(1, 2, 3), keepdim=True)
    toned = (toned - mean) * contrast + mean + brightness
    soft = functional.avg_pool2d(toned, 3, 1, 1, count_include_pad=False)
    amount = (_uniform(count, -1.0, 1.0, draw).clamp(min=0.0)).to(device)
    toned = toned + amount * (soft - toned)
    strength = _uniform(count, 0.0, 0.05, draw).to(device)
    noise = torch.randn(toned.shape, generator=draw).to(device)
    return ((toned + strength * noise).clamp(0.0, 1.0) - 0.5) / 0.25


def _warp(count: int, side: int, draw: torch.Generator) -> Float[Tensor, "batch side side 2"]:
    zoom = _uniform(count, SMALLEST_AREA, 1.0, draw).flatten().sqrt()
    turn = _uniform(count, -1.0, 1.0, draw).flatten() * math.radians(LARGEST_TURN_DEGREES)
    flip = torch.where(_uniform(count, 0.0, 1.0, draw).flatten() < 0.5, -1.0, 1.0)
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
    return low + (high - low) * torch.rand((count, 1, 1, 1), generator=draw)
