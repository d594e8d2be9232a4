"""How long each case of the pool is likely to take, learned from how long readers took."""

import numpy as np

from collimate.learning.fit import Lessons
from collimate.learning.pool import Pool
from collimate.ml.reading_time import fit_reading_time

LOOKS = 8
"""How many numbers of the feature space stand for what a case looks like."""
MS_PER_MINUTE = 60_000


def predicted_minutes(pool: Pool, z: np.ndarray, lessons: Lessons) -> np.ndarray:
    """Minutes of every study of the pool, from its images, series, modality and look.

    The median serves everywhere until thirty reads are timed, and wherever it predicts no worse.
    The focus time of all readers of a case counts; held-out cases teach nothing here either.
    """
    facts = np.concatenate([pool.sizes, z[:, :LOOKS]], axis=1)
    spent = np.array([item.active_ms for item in lessons.items], dtype=np.float64) / MS_PER_MINUTE
    timed = spent > 0
    return fit_reading_time(facts[lessons.rows[timed]], spent[timed]).minutes(facts)
