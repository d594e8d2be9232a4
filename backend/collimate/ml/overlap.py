"""Judge masks: Dice and surface distance per case and class, with intervals over patients."""

import numpy as np
from jaxtyping import Bool, Float, Float64, Shaped

from collimate.ml.intake import Spacing
from collimate.ml.metrics import DRAWS, Estimate, bounded

MOST_PIXELS = 512

Table = Float[np.ndarray, "cases classes"]


def dice(reference: Bool[np.ndarray, "*shape"], said: Bool[np.ndarray, "*shape"]) -> float:
    """Twice the overlap over both sizes; NaN where neither has anything."""
    size = int(reference.sum()) + int(said.sum())
    return 2.0 * int((reference & said).sum()) / size if size else float("nan")


def surface_distance(
    reference: Bool[np.ndarray, "rows columns"],
    said: Bool[np.ndarray, "rows columns"],
    spacing: Spacing,
) -> tuple[float, int]:
    """Summed distance (mm, or pixels where spacing is 1) of each outline's pixels to the other
    outline, and how many pixels that were; (0, 0) where one of both is empty.

    The average symmetric surface distance is the quotient. Source: Heimann et al., IEEE TMI 2009.
    What is larger than 512 pixels is measured on every second, third, … pixel.
    """
    from scipy import ndimage

    if not reference.any() or not said.any():
        return 0.0, 0
    rows, columns = np.nonzero(reference | said)
    step = -(-max(int(np.ptp(rows)), int(np.ptp(columns)), 1) // MOST_PIXELS)
    part = np.s_[
        max(0, rows.min() - 1) : rows.max() + 2 : step,
        max(0, columns.min() - 1) : columns.max() + 2 : step,
    ]
    edges = [mask[part] & ~ndimage.binary_erosion(mask[part]) for mask in (reference, said)]
    pitch = (spacing[0] * step, spacing[1] * step)
    away = [ndimage.distance_transform_edt(~edge, sampling=pitch) for edge in edges]
    total = float(away[1][edges[0]].sum() + away[0][edges[1]].sum())
    return total, int(edges[0].sum() + edges[1].sum())


def per_class(
    table: Table, patients: Shaped[np.ndarray, " cases"], *, seed: int = 0
) -> list[Estimate]:
    """Each class's mean over the cases where it is defined, resampling whole patients."""
    drawn = _drawn_means(table, patients, seed)
    found = []
    for column in range(table.shape[1]):
        known = np.isfinite(table[:, column])
        value = float(table[known, column].mean()) if known.any() else None
        people = len(np.unique(patients[known]))
        found.append(bounded(value, drawn[:, column], n=int(known.sum()), patients=people))
    return found


def overall(table: Table, patients: Shaped[np.ndarray, " cases"], *, seed: int = 0) -> Estimate:
    """The mean over classes of the mean over cases; n counts cases where any class is defined."""
    known = np.isfinite(table)
    cases = int(known.any(axis=1).sum())
    if cases == 0:
        return Estimate(None, None, None, 0)
    present = known.any(axis=0)
    value = float(np.mean([table[known[:, c], c].mean() for c in np.flatnonzero(present)]))
    drawn = _drawn_means(table, patients, seed)[:, present]
    counted = np.isfinite(drawn).sum(axis=1)
    means = np.where(counted > 0, np.nansum(drawn, axis=1) / np.maximum(counted, 1), np.nan)
    people = len(np.unique(patients[known.any(axis=1)]))
    return bounded(value, means, n=cases, patients=people)


def _drawn_means(
    table: Table, patients: Shaped[np.ndarray, " cases"], seed: int
) -> Float64[np.ndarray, "draws classes"]:
    people, person_of = np.unique(patients, return_inverse=True)
    known = np.isfinite(table)
    total = np.zeros((len(people), table.shape[1]))
    count = np.zeros_like(total)
    np.add.at(total, person_of, np.where(known, table, 0.0))
    np.add.at(count, person_of, known.astype(np.float64))
    if len(people) == 0:
        return np.full((DRAWS, table.shape[1]), np.nan)
    rng = np.random.default_rng(seed)
    times = rng.multinomial(len(people), np.full(len(people), 1 / len(people)), size=DRAWS)
    counts = times @ count
    return np.divide(times @ total, counts, out=np.full(counts.shape, np.nan), where=counts > 0)


def doubt_maps(
    probabilities: Float[np.ndarray, "frames classes height width"],
) -> Float64[np.ndarray, "frames height width"]:
    """The predictive entropy of every pixel in nats: of each class by itself, summed."""
    p = np.clip(np.asarray(probabilities, dtype=np.float64), 1e-9, 1 - 1e-9)
    return np.asarray(-(p * np.log(p) + (1 - p) * np.log(1 - p)).sum(axis=1))


def pooled_doubt(
    probabilities: Float[np.ndarray, "frames classes height width"], *, share: float = 0.1
) -> tuple[Float64[np.ndarray, " frames"], Float64[np.ndarray, "frames classes"]]:
    """The doubt of each frame, and it weighed by the probability of each class.

    Pooled over the most doubtful tenth of the pixels: the plain mean would measure how much
    background there is. Source: "ClaSP PE", TMLR 2026, arXiv 2601.13677.
    """
    entropy = doubt_maps(probabilities)
    count = len(entropy)
    weighed = entropy[:, None] * np.asarray(probabilities, dtype=np.float64)
    flat = np.concatenate([entropy[:, None], weighed], axis=1).reshape(
        count, 1 + weighed.shape[1], -1
    )
    most = max(1, round(share * flat.shape[-1]))
    pooled = np.partition(flat, -most, axis=-1)[..., -most:].mean(axis=-1)
    return pooled[:, 0], pooled[:, 1:]
