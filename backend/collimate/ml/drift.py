"""Whether two samples of cases come from one population: plain two-sample tests."""

import numpy as np
from jaxtyping import Float, Shaped

FEWEST = 20
"""Below so many on either side nothing is tested."""
SHUFFLES = 999


def score_difference(
    one: Float[np.ndarray, " items"], other: Float[np.ndarray, " others"]
) -> float:
    """Return the p-value of the two-sample Kolmogorov-Smirnov test; 1 where either is small."""
    from scipy.stats import ks_2samp

    if min(len(one), len(other)) < FEWEST:
        return 1.0
    return float(ks_2samp(one, other).pvalue)


def share_difference(
    one: Shaped[np.ndarray, " items"], other: Shaped[np.ndarray, " others"], *, seed: int
) -> float:
    """Return the p-value of a permutation test on the chi-squared statistic of value counts.

    Exact for rare values too, where the chi-squared table is not; 1 where either side is small.
    """
    if min(len(one), len(other)) < FEWEST:
        return 1.0
    joined = np.concatenate([one.astype(str), other.astype(str)])
    codes = np.unique(joined, return_inverse=True)[1]
    totals = np.bincount(codes)
    expected = totals * len(one) / len(joined)
    # With both margins fixed the statistic grows with this sum, so that it orders shuffles alike.
    rng = np.random.default_rng(seed)

    def statistic(order: np.ndarray) -> float:
        counts = np.bincount(codes[order[: len(one)]], minlength=len(totals))
        return float(((counts - expected) ** 2 / totals).sum())

    seen = statistic(np.arange(len(codes)))
    as_large = sum(statistic(rng.permutation(len(codes))) >= seen - 1e-9 for _ in range(SHUFFLES))
    return (1 + as_large) / (1 + SHUFFLES)
