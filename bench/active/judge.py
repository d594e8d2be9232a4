"""What the curves say: labels to a target, areas, paired tests, penalty matrix."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from active.run import Run

DRAWS = 4_000
ALPHA = 0.05


@dataclass(frozen=True)
class Ratio:
    """Labels (or minutes) over those of random, paired by seed: geometric mean and 95 % interval.

    A run that never got there counts as the cap; `reached` says how many of `seeds` did. Where
    random misses more often than the arm, the ratio flatters random.
    """

    mean: float
    low: float
    high: float


def reach(run: Run, share: float, *, minutes: bool = False) -> float | None:
    """Labels (or minutes) at which the curve crosses that share of the full score for two rounds,
    by linear interpolation; None where it never does.
    """
    target = share * run.full
    x = run.minutes if minutes else run.labels
    scores = run.scores
    for place, (score, later) in enumerate(pairwise(scores)):
        if score >= target and later >= target:
            if place == 0:
                return float(x[0])
            before = scores[place - 1]
            way = (target - before) / (score - before) if score > before else 1.0
            return float(x[place - 1] + np.clip(way, 0.0, 1.0) * (x[place] - x[place - 1]))
    return None


def area(run: Run) -> float:
    """The mean score over the range of labels."""
    x = np.array(run.labels, float)
    if len(x) < 2:
        return run.scores[0]
    return float(np.trapezoid(run.scores, x) / (x[-1] - x[0]))


def ratio(
    own: list[Run], random: list[Run], share: float, *, minutes: bool = False
) -> Ratio | None:
    """The arm's need over random's, seed by seed."""
    others = {run.seed: run for run in random}
    logs = []
    for run in own:
        if run.seed not in others:
            continue
        pair = []
        for one in (run, others[run.seed]):
            last = one.minutes[-1] if minutes else one.labels[-1]
            pair.append(reach(one, share, minutes=minutes) or last)
        logs.append(np.log(pair[0] / pair[1]))
    if not logs:
        return None
    values = np.array(logs)
    rng = np.random.default_rng(0)
    means = values[rng.integers(0, len(values), (DRAWS, len(values)))].mean(axis=1)
    low, high = np.exp(np.percentile(means, (2.5, 97.5)))
    return Ratio(float(np.exp(values.mean())), float(low), float(high))


def interval(values: list[float]) -> tuple[float, float, float]:
    """Mean and bootstrap 95 % interval over seeds."""
    drawn = np.array(values)
    rng = np.random.default_rng(0)
    means = drawn[rng.integers(0, len(drawn), (DRAWS, len(drawn)))].mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return float(drawn.mean()), float(low), float(high)


def against(own: list[Run], other: list[Run]) -> float:
    """Wilcoxon's p-value of paired areas; 1 where nothing differs."""
    from scipy.stats import wilcoxon

    areas = {run.seed: area(run) for run in other}
    gains = np.array([area(run) - areas[run.seed] for run in own if run.seed in areas])
    if len(gains) < 2 or not gains.any():
        return 1.0
    return float(wilcoxon(gains).pvalue)


def holm(p_values: dict[str, float]) -> dict[str, float]:
    """Holm's correction."""
    corrected, running = {}, 0.0
    order = sorted(p_values, key=lambda name: p_values[name])
    for place, name in enumerate(order):
        running = max(running, min(1.0, (len(order) - place) * p_values[name]))
        corrected[name] = running
    return corrected


def penalties(runs: dict[str, list[Run]]) -> dict[str, float]:
    """The column means of the pairwise penalty matrix: the share of rounds, over all opponents, in
    which an arm is significantly beaten (paired t-test, p < 0.05). Lower is better.
    """
    from scipy.stats import ttest_rel

    names = list(runs)
    seeds = sorted(set.intersection(*({run.seed for run in runs[name]} for name in names)))
    if len(seeds) < 3 or len(names) < 2:
        return {}
    counts = sorted(set.intersection(*(set(run.labels) for name in names for run in runs[name])))
    table = {}
    for name in names:
        by_seed = {run.seed: dict(zip(run.labels, run.scores, strict=True)) for run in runs[name]}
        table[name] = np.array([[by_seed[seed][n] for n in counts] for seed in seeds])
    beaten = dict.fromkeys(names, 0.0)
    for winner in names:
        for loser in names:
            if winner == loser:
                continue
            gain = table[winner] - table[loser]
            usable = gain.std(axis=0) > 0
            p = np.ones(len(counts))
            p[usable] = ttest_rel(table[winner][:, usable], table[loser][:, usable]).pvalue
            beaten[loser] += float(((p < ALPHA) & (gain.mean(axis=0) > 0)).mean())
    return {name: value / (len(names) - 1) for name, value in beaten.items()}
