"""Where a new model gets wrong what the present one gets right: classes and groups of patients."""

from dataclasses import dataclass
from math import comb

import numpy as np
from jaxtyping import Bool, Shaped

CHANCE = 0.05
"""How likely a drop may be by chance alone and still count."""

Members = dict[tuple[str, str], Bool[np.ndarray, " items"]]


@dataclass(frozen=True)
class Drop:
    """A group whose share of right answers (or mean score) fell from `before` to `after` over
    `count` items.

    `worse` patients have fewer right answers (or a lower score) than before, `better` ones more.
    """

    attribute: str
    value: str
    before: float
    after: float
    count: int
    worse: int
    better: int


def drops(
    before: Shaped[np.ndarray, " items"],
    after: Shaped[np.ndarray, " items"],
    patients: Shaped[np.ndarray, " items"],
    groups: Members,
    *,
    limit: float,
) -> list[Drop]:
    """Return the groups that lost more than `limit` (a share, 0 to 1) and not by chance.

    `before` and `after` say which items each model gets right, or how well (0 to 1). Chance is
    excluded by the one-sided sign test over patients (below 0.05), so fewer than five patients
    never suffice. Groups are not corrected for their number: a false alarm costs one round, a
    missed drop costs patients.
    The deepest drop comes first.

    Raises: ValueError where the arrays do not describe the same items.
    """
    lengths = {len(before), len(after), len(patients), *(len(mask) for mask in groups.values())}
    if len(lengths) != 1:
        raise ValueError("All arrays must describe the same items.")
    found = []
    for (attribute, value), mask in groups.items():
        if not mask.any():
            continue
        own = _compared(before[mask], after[mask], patients[mask], attribute, value)
        if own.before - own.after > limit and _by_chance(own.worse, own.better) < CHANCE:
            found.append(own)
    return sorted(found, key=lambda drop: drop.after - drop.before)


def _compared(
    before: np.ndarray, after: np.ndarray, patients: np.ndarray, attribute: str, value: str
) -> Drop:
    _, people = np.unique(patients, return_inverse=True)
    net = np.bincount(people, weights=after.astype(float) - before.astype(float))
    return Drop(
        attribute, value, float(before.mean()), float(after.mean()), len(before),
        int((net < 0).sum()), int((net > 0).sum()),
    )  # fmt: skip


def _by_chance(worse: int, better: int) -> float:
    """The chance of at least so many worse patients if worse and better were a coin's sides."""
    changed = worse + better
    return sum(comb(changed, k) for k in range(worse, changed + 1)) / 2**changed
