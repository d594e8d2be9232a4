"""Find labels that are likely wrong by what a model says that never saw them."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64, Int


@dataclass(frozen=True)
class Doubts:
    """`joint` estimates how many items are labelled i (row) and truly j (column).

    `likely` is the class each item most likely has; `margins` is its probability minus that of the
    label given (0 where they are the same); `is_error` marks the labels to be looked at again.
    """

    joint: Float64[np.ndarray, "classes classes"]
    likely: Int[np.ndarray, " items"]
    margins: Float64[np.ndarray, " items"]
    is_error: np.ndarray


def find_doubts(
    labels: Int[np.ndarray, " items"], probabilities: Float[np.ndarray, "items classes"]
) -> Doubts:
    """Estimate the joint of given and true labels, and mark as many errors as it counts.

    `probabilities` must come from models that did not learn from the item. A class's threshold is
    the mean probability of that class among items labelled so; an item counts as truly j where j
    is its likeliest class among those whose threshold it reaches. Of each off-diagonal cell the
    estimated number of items is marked, largest margin first ("prune by noise rate"), never one
    whose likeliest class is its label. Source: Northcutt, Jiang, Chuang, "Confident learning:
    estimating uncertainty in dataset labels", JAIR 70, 2021, arXiv 1911.00068, written from the
    formulas. Cost: O(items x classes).

    Raises: ValueError for tables that do not fit or are not probabilities, labels out of range.
    """
    labels, p = np.asarray(labels), np.asarray(probabilities, np.float64)
    _check(labels, p)
    joint = estimated_joint(labels, p)
    items = np.arange(len(labels))
    margins = p - p[items, labels][:, None]
    is_error = np.zeros(len(labels), dtype=bool)
    for given, true in zip(*np.nonzero(joint), strict=True):
        if given != true:
            own = np.flatnonzero((labels == given) & (margins[:, true] > 0))
            ordered = own[np.argsort(-margins[own, true], kind="stable")]
            is_error[ordered[: round(joint[given, true])]] = True
    likely = p.argmax(axis=1)
    return Doubts(joint, likely, margins[items, likely], is_error)


def estimated_joint(
    labels: Int[np.ndarray, " items"], p: Float64[np.ndarray, "items classes"]
) -> Float64[np.ndarray, "classes classes"]:
    """The confident joint, each row scaled to the number of items with that label."""
    count = p.shape[1]
    totals = np.bincount(labels, minlength=count)
    own = np.bincount(labels, weights=p[np.arange(len(p)), labels], minlength=count)
    # A class nobody was given has no threshold that an item could reach.
    thresholds = np.where(totals > 0, own / np.maximum(totals, 1), np.inf)
    reached = np.where(p >= thresholds, p, -1.0)
    is_counted = reached.max(axis=1) >= 0
    joint = np.zeros((count, count))
    np.add.at(joint, (labels[is_counted], reached[is_counted].argmax(axis=1)), 1.0)
    rows = joint.sum(axis=1)
    empty = rows == 0
    joint[empty, empty] = 1.0
    return joint * (totals / np.where(empty, 1.0, rows))[:, None]


def _check(labels: np.ndarray, p: np.ndarray) -> None:
    if labels.ndim != 1 or p.ndim != 2 or len(labels) != len(p):
        raise ValueError("Labels and probabilities must describe the same items.")
    if not np.isfinite(p).all() or (p < 0).any() or (p > 1).any():
        raise ValueError("Probabilities lie between 0 and 1.")
    if len(labels) and (labels.min() < 0 or labels.max() >= p.shape[1]):
        raise ValueError("A label lies outside the classes.")
