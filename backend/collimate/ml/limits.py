"""What a query batch must keep to: quotas by group, a ceiling per site, no twins."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Int, Shaped

from collimate.ml.strategies.pool import PoolView

SITE_PARTS = 8
TWIN_COSINE = 0.995
UNKNOWN = ""

Ask = Callable[[PoolView, int], Int[np.ndarray, " picks"]]


@dataclass(frozen=True)
class Limits:
    """`groups` gives each item's value per attribute (scanner, sex, age band, ...; "" is unknown).
    `quotas` are least shares of a batch: attribute, value, share. A site gets at most an eighth
    of a batch where there are eight sites or more. Nothing is asked for that looks the same as
    another pick or as what is `being_read` now. Limits give way where the pool has nothing else
    left, so that a batch is never short because of them.
    """

    groups: Mapping[str, Shaped[np.ndarray, " items"]] = field(default_factory=dict)
    quotas: Mapping[tuple[str, str], float] = field(default_factory=dict)
    spread_sites: bool = True
    no_twins: bool = True
    being_read: Bool[np.ndarray, " items"] | None = None


@dataclass(frozen=True)
class _Rule:
    """The limits in force: picks a site may have, and items whose twins may not be asked for."""

    ceiling: int | None
    beside: Int[np.ndarray, " items"] | None


def select_within(
    ask: Ask, pool: PoolView, k: int, limits: Limits, control: Int[np.ndarray, " control"]
) -> Int[np.ndarray, " picks"]:
    """Ask a strategy for picks that keep to the limits: quotas first, then the rest.

    `control` picks are in the batch already. The strategy is asked again for what a limit refused,
    knowing what is chosen. Cost: a call of the strategy per quota and per limit that was met.
    """
    beside = control
    if limits.being_read is not None:
        beside = np.union1d(control, np.flatnonzero(limits.being_read))
    rule = _Rule(
        _site_ceiling(pool, k) if limits.spread_sites else None,
        beside if limits.no_twins else None,
    )
    picks = np.zeros(0, dtype=np.int64)
    for (attribute, value), share in limits.quotas.items():
        member = np.asarray(limits.groups[attribute] == value)
        missing = math.ceil(share * k) - int(member[picks].sum())
        picks = _filled(ask, pool.without(~member), picks, min(missing, k - len(picks)), rule)
    for easier in (rule, _Rule(None, None)):
        picks = _filled(ask, pool, picks, k - len(picks), easier)
    return picks


def twins(pool: PoolView, indices: Int[np.ndarray, " picks"]) -> Bool[np.ndarray, " items"]:
    """Mark the items that look the same as one of these (cosine of 0.995 and more)."""
    alike = np.zeros(len(pool), dtype=bool)
    if len(indices):
        for start in range(0, len(pool), 65_536):
            stop = start + 65_536
            alike[start:stop] = (pool.z[start:stop] @ pool.z[indices].T).max(1) >= TWIN_COSINE
    return alike


def _site_ceiling(pool: PoolView, k: int) -> int | None:
    """How many picks a site may have; None where there are fewer than eight known sites."""
    if pool.sites is None:
        return None
    sites = np.unique(pool.sites[pool.pickable])
    if sum(site != UNKNOWN for site in sites.tolist()) < SITE_PARTS:
        return None
    return max(1, k // SITE_PARTS)


def _filled(
    ask: Ask, pool: PoolView, picks: Int[np.ndarray, " picks"], missing: int, rule: _Rule
) -> Int[np.ndarray, " picks"]:
    while missing > 0:
        rest = pool.barring(picks).knowing(picks)
        if rule.beside is not None:
            rest = rest.without(twins(pool, np.concatenate([rule.beside, picks])))
        if rule.ceiling is not None:
            rest = rest.without(_full_sites(pool, picks, rule.ceiling))
        if not rest.pickable.any():
            break
        kept = _kept(pool, picks, ask(rest, missing), rule)
        if len(kept) == 0:
            break
        picks, missing = np.concatenate([picks, kept]), missing - len(kept)
    return picks


def _kept(
    pool: PoolView, before: np.ndarray, asked: np.ndarray, rule: _Rule
) -> Int[np.ndarray, " kept"]:
    """The picks, in order, without those that break a limit beside earlier ones."""
    kept: list[int] = []
    sites = None if rule.ceiling is None else pool.sites
    counts = Counter([] if sites is None else sites[before].tolist())
    for item in asked.tolist():
        is_twin = bool(kept) and float((pool.z[kept] @ pool.z[item]).max()) >= TWIN_COSINE
        if rule.beside is not None and is_twin:
            continue
        if sites is not None and rule.ceiling is not None:
            site = sites[item]
            if site != UNKNOWN and counts[site] >= rule.ceiling:
                continue
            counts[site] += 1
        kept.append(item)
    return np.array(kept, dtype=np.int64)


def _full_sites(pool: PoolView, picks: np.ndarray, ceiling: int) -> Bool[np.ndarray, " items"]:
    if pool.sites is None or len(picks) == 0:
        return np.zeros(len(pool), dtype=bool)
    sites, counts = np.unique(pool.sites[picks], return_counts=True)
    full = [s for s, n in zip(sites.tolist(), counts, strict=True) if n >= ceiling and s != UNKNOWN]
    return np.isin(pool.sites, full)
