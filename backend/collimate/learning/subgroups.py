"""Whom the model serves less well: the score by site, scanner, sex and age, on the hold-out."""

from typing import Any

import numpy as np

from collimate.learning import measure
from collimate.ml.metrics import FEWEST_ITEMS

AGE_BANDS = ((18, "0-17"), (40, "18-39"), (65, "40-64"), (1_000, "65 and over"))
MOST_VALUES = 20


def age_band(age_years: int | None) -> str:
    """The band an age belongs to; empty where the age is not known."""
    if age_years is None:
        return ""
    return next(name for end, name in AGE_BANDS if age_years < end)


def scores_by_group(
    groups: dict[str, np.ndarray],
    answers: np.ndarray,
    probabilities: np.ndarray,
    patients: np.ndarray,
    keys: tuple[str, ...],
) -> list[dict[str, Any]]:
    """Score and interval of every value that two or more of an attribute have, largest first.

    Below five cases no score is given, below ten patients no interval. An attribute that says the
    same of every case tells nothing and is left out. At most twenty values an attribute.
    """
    found: list[dict[str, Any]] = []
    for attribute, values in groups.items():
        known, counts = np.unique(values[values != ""], return_counts=True)
        if len(known) < 2:
            continue
        for place in np.argsort(-counts, kind="stable")[:MOST_VALUES]:
            mask = values == known[place]
            score = measure.score_of(answers[mask], probabilities[mask], patients[mask], keys)
            if score["n"] < FEWEST_ITEMS:
                score = {**score, "value": None, "low": None, "high": None}
            found.append(
                {
                    "attribute": attribute,
                    "value": str(known[place]),
                    "score": score["value"],
                    "low": score["low"],
                    "high": score["high"],
                    "count": score["n"],
                }
            )
    return found
