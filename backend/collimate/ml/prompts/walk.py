"""The random walker with priors, on a grid: how likely a walker from here ends in the structure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from collimate.ml.prompts.prompt import Check, Mask, Values

TOLERANCE = 2e-3
MOST_STEPS = 300
Field = NDArray[np.float32]


def random_walk(  # noqa: PLR0913
    values: Values,
    *,
    inside: Mask,
    outside: Mask,
    prior: Values,
    trust: float,
    spacing: Sequence[float],
    sharpness: float,
    most_steps: int = MOST_STEPS,
    check: Check = lambda _share: None,
) -> Field:
    """The chance (same shape as `values`) that a walker first meets the structure.

    Seeds `inside` are 1, seeds `outside` 0. At every step the walker may also be taken to the
    structure, with a weight of `trust` times `prior`, or away from it, with `trust` times the rest.
    A step between neighbours weighs `exp(-(sharpness · difference)²)`, less the longer it is.
    Source: Grady 2005 ("Multilabel random walker with prior models"); conjugate gradients with a
    diagonal preconditioner.
    """
    weights = [
        _weights(values, axis, spacing[axis] / min(spacing), sharpness)
        for axis in range(values.ndim)
    ]
    fixed = inside | outside
    free = (~fixed).astype(np.float32)
    diagonal = np.full(values.shape, np.float32(trust))
    for axis, weight in enumerate(weights):
        _upper(diagonal, axis)[...] += weight
        _lower(diagonal, axis)[...] += weight
    known = inside.astype(np.float32)
    right = (np.float32(trust) * prior + _neighbours(known, weights)) * free
    x = prior * free
    residual = right - (diagonal * x - _neighbours(x, weights)) * free
    scale = free / diagonal
    direction = scaled = scale * residual
    energy = float(np.vdot(residual, scaled))
    stop = TOLERANCE**2 * max(float(np.vdot(right, scale * right)), 1e-12)
    for step in range(most_steps):
        if energy <= stop:
            break
        if step % 8 == 0:
            check(step / most_steps)
        pushed = (diagonal * direction - _neighbours(direction, weights)) * free
        length = np.float32(energy / float(np.vdot(direction, pushed)))
        x = x + length * direction
        residual = residual - length * pushed
        scaled = scale * residual
        before, energy = energy, float(np.vdot(residual, scaled))
        direction = scaled + np.float32(energy / before) * direction
    return x + known


def _lower(field: Field, axis: int) -> Field:
    """All but the last along an axis."""
    return field[(slice(None),) * axis + (slice(None, -1),)]


def _upper(field: Field, axis: int) -> Field:
    """All but the first along an axis."""
    return field[(slice(None),) * axis + (slice(1, None),)]


def _weights(values: Values, axis: int, length: float, sharpness: float) -> Field:
    change = np.diff(values, axis=axis) * np.float32(sharpness)
    return (np.exp(-(change * change)) + np.float32(1e-4)) / np.float32(length * length)


def _neighbours(field: Field, weights: Sequence[Field]) -> Field:
    """The weighted sum of each voxel's neighbours."""
    total = np.zeros_like(field)
    for axis, weight in enumerate(weights):
        _upper(total, axis)[...] += weight * _lower(field, axis)
        _lower(total, axis)[...] += weight * _upper(field, axis)
    return total
