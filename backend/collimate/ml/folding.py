"""Items that are read together, such as the images of a case, as one item that can be picked."""

from enum import StrEnum

import numpy as np
from jaxtyping import Float, Int

from collimate.ml.strategies.scores import margins

Cases = Int[np.ndarray, " items"]
Table = Float[np.ndarray, "items columns"]


class Fold(StrEnum):
    """Which point of the feature space stands for a case (compared in `bench/folding.py`).

    `ITEM`: its most doubtful item; before a model speaks its most unusual one, farthest from the
    middle of the pool. `MEAN`: the mean of all its items.
    """

    ITEM = "item"
    MEAN = "mean"


def highest(cases: Cases, values: Float[np.ndarray, " items"]) -> Int[np.ndarray, " cases"]:
    """The item of each case with the highest value, the first of equals.

    `cases` numbers the case of every item from 0, without gaps.
    """
    order = np.lexsort((np.arange(len(cases)), -values, cases))
    return order[np.unique(cases[order], return_index=True)[1]]


def means(cases: Cases, values: Table) -> Table:
    """The mean row of each case; `cases` as above."""
    counts = np.bincount(cases)
    total = np.zeros((len(counts), values.shape[1]), dtype=np.float64)
    np.add.at(total, cases, values)
    return (total / counts[:, None]).astype(values.dtype)


def fold(
    cases: Cases,
    z: Table,
    said: Table | None,
    *,
    multi_label: bool,
    how: Fold = Fold.ITEM,
) -> tuple[Table, Table | None]:
    """Features and probabilities with a row per case.

    Probabilities are those of the item whose answer is least certain (smallest margin): one
    doubtful image is enough to ask for a case.
    """
    doubt = np.linalg.norm(z - z.mean(axis=0), axis=1) if said is None else margins(
        said, multi_label
    )  # fmt: skip
    chosen = highest(cases, doubt)
    rows = means(cases, z) if how is Fold.MEAN else z[chosen]
    return rows, None if said is None else said[chosen]
