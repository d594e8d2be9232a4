"""Query strategies: which items of the pool to ask for next, one file each."""

from collections.abc import Callable
from enum import StrEnum

import numpy as np
from jaxtyping import Int

from collimate.ml.strategies import (
    core_set,
    entropy,
    least_confidence,
    margin,
    max_herding,
    random,
    random_by_site,
    typiclust,
    uncertainty_herding,
)
from collimate.ml.strategies.pool import PoolUnusable, PoolView

Select = Callable[[PoolView, int, np.random.Generator], Int[np.ndarray, " picks"]]


class QueryStrategy(StrEnum):
    """The strategies a project may choose from."""

    RANDOM = "random"
    RANDOM_BY_SITE = "random_by_site"
    LEAST_CONFIDENCE = "least_confidence"
    MARGIN = "margin"
    ENTROPY = "entropy"
    CORE_SET = "core_set"
    TYPICLUST = "typiclust"
    MAX_HERDING = "max_herding"
    UNCERTAINTY_HERDING = "uncertainty_herding"


DEFAULT_STRATEGY = QueryStrategy.UNCERTAINTY_HERDING

STRATEGIES: dict[QueryStrategy, Select] = {
    QueryStrategy.RANDOM: random.select,
    QueryStrategy.RANDOM_BY_SITE: random_by_site.select,
    QueryStrategy.LEAST_CONFIDENCE: least_confidence.select,
    QueryStrategy.MARGIN: margin.select,
    QueryStrategy.ENTROPY: entropy.select,
    QueryStrategy.CORE_SET: core_set.select,
    QueryStrategy.TYPICLUST: typiclust.select,
    QueryStrategy.MAX_HERDING: max_herding.select,
    QueryStrategy.UNCERTAINTY_HERDING: uncertainty_herding.select,
}

__all__ = [
    "DEFAULT_STRATEGY",
    "STRATEGIES",
    "PoolUnusable",
    "PoolView",
    "QueryStrategy",
    "Select",
]
