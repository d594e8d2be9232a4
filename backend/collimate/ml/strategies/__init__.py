"""Query strategies: which items of the pool to ask for next, one file each."""

from collections.abc import Callable
from enum import StrEnum

import numpy as np
from jaxtyping import Int

from collimate.ml.strategies import (
    badge,
    bald,
    clasp_pe,
    class_balanced_detection,
    core_set,
    direct,
    drop_query,
    entropy,
    foreground_random,
    least_confidence,
    margin,
    max_herding,
    power_bald,
    power_margin,
    random,
    random_by_site,
    rare_aware_herding,
    retrieval,
    typiclust,
    uncertainty_herding,
    v_optimal,
)
from collimate.ml.strategies.parts import Boxes, Regions
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
    RARE_AWARE_HERDING = "rare_aware_herding"
    POWER_MARGIN = "power_margin"
    BALD = "bald"
    POWER_BALD = "power_bald"
    BADGE = "badge"
    DROP_QUERY = "drop_query"
    DIRECT = "direct"
    V_OPTIMAL = "v_optimal"
    RETRIEVAL = "retrieval"
    FOREGROUND_RANDOM = "foreground_random"
    CLASP_PE = "clasp_pe"
    CLASS_BALANCED_DETECTION = "class_balanced_detection"


DEFAULT_STRATEGY = QueryStrategy.RARE_AWARE_HERDING

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
    QueryStrategy.RARE_AWARE_HERDING: rare_aware_herding.select,
    QueryStrategy.POWER_MARGIN: power_margin.select,
    QueryStrategy.BALD: bald.select,
    QueryStrategy.POWER_BALD: power_bald.select,
    QueryStrategy.BADGE: badge.select,
    QueryStrategy.DROP_QUERY: drop_query.select,
    QueryStrategy.DIRECT: direct.select,
    QueryStrategy.V_OPTIMAL: v_optimal.select,
    QueryStrategy.RETRIEVAL: retrieval.select,
    QueryStrategy.FOREGROUND_RANDOM: foreground_random.select,
    QueryStrategy.CLASP_PE: clasp_pe.select,
    QueryStrategy.CLASS_BALANCED_DETECTION: class_balanced_detection.select,
}

NEED_DRAWS = frozenset({QueryStrategy.BALD, QueryStrategy.POWER_BALD, QueryStrategy.DROP_QUERY})

__all__ = [
    "DEFAULT_STRATEGY",
    "NEED_DRAWS",
    "STRATEGIES",
    "Boxes",
    "PoolUnusable",
    "PoolView",
    "QueryStrategy",
    "Regions",
    "Select",
]
