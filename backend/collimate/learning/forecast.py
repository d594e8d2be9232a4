"""Where the learning curve is heading: a line in the logarithm of the number of labels."""

from typing import Any

import numpy as np

FEWEST_POINTS = 5
RECENT_POINTS = 10


def forecast(points: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Expect the score once half as many labels again are read; None while points are few.

    `trend` is the line's score at the labels there are now, so that `score - trend` is what the
    labels to come are worth: the last measured score carries its own chance. The interval is
    twice the spread of the points around the line, at least .01.
    """
    recent = points[-RECENT_POINTS:]
    counts = np.array([point["label_count"] for point in recent], dtype=np.float64)
    if len(recent) < FEWEST_POINTS or len(np.unique(counts)) < FEWEST_POINTS:
        return None
    scores = np.array([point["score"] for point in recent], dtype=np.float64)
    slope, level = np.polyfit(np.log(counts), scores, 1)
    spread = max(0.005, float(np.std(scores - (level + slope * np.log(counts)), ddof=2)))
    at = round(float(counts[-1]) * 1.5)
    trend, expected = (
        float(score) for score in np.clip(level + slope * np.log([counts[-1], at]), 0.0, 1.0)
    )
    return {
        "label_count": at,
        "trend": trend,
        "score": expected,
        "low": max(0.0, expected - 2 * spread),
        "high": min(1.0, expected + 2 * spread),
    }
