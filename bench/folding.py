"""What should stand for a case whose images are answered one by one: the mean of its images, or
the most doubtful (before a model speaks, the most unusual) of them? Synthetic cases of eight
images; macro recall on images of other patients. `mean start`: the mean only before a model speaks.

Run: python bench/folding.py [--seeds 20]
"""

import argparse

import numpy as np

from collimate.ml.folding import Fold, fold
from collimate.ml.heads import fit_head, probabilities
from collimate.ml.strategies import STRATEGIES, PoolView, QueryStrategy

IMAGES, WIDTH, CLASSES = 8, 24, 4
POOL, TEST, BATCH, ROUNDS = 300, 150, 6, 5


def world(rng: np.random.Generator, *, own: float, rare: float) -> tuple[np.ndarray, ...]:
    """Features and classes (cases, images): most images show nothing, findings come in runs of one
    or two. `own`: how far patients lie apart; `rare`: share of cases that show something.
    """
    centres = rng.normal(0, 1, (CLASSES, WIDTH))
    cases = POOL + TEST
    y = np.zeros((cases, IMAGES), dtype=np.int64)
    for case in np.flatnonzero(rng.random(cases) < rare):
        start = rng.integers(IMAGES - 1)
        y[case, start : start + rng.integers(1, 3)] = rng.integers(1, CLASSES)
    patient = rng.normal(0, own, (cases, 1, WIDTH))
    return centres[y] + patient + rng.normal(0, 0.8, (cases, IMAGES, WIDTH)), y


def recall(truth: np.ndarray, said: np.ndarray) -> float:
    return float(np.mean([(said[truth == c] == c).mean() for c in np.unique(truth)]))


def play(seed: int, arm: str, strategy: QueryStrategy, **kind: float) -> list[float]:
    z, y = world(np.random.default_rng(seed), **kind)
    rng = np.random.default_rng(seed + 1)
    flat = z[:POOL].reshape(-1, WIDTH)
    cases = np.repeat(np.arange(POOL), IMAGES)
    known, said, found = np.zeros(POOL, bool), None, []
    for _ in range(ROUNDS):
        is_mean = arm == "mean" or (arm == "mean start" and said is None)
        how = Fold.MEAN if is_mean else Fold.ITEM
        rows, doubts = fold(cases, flat, said, multi_label=False, how=how)
        counts = np.array([(y[:POOL][known] == c).any(axis=1).sum() for c in range(CLASSES)])
        view = PoolView(rows, known.copy(), doubts, class_counts=counts)
        by = QueryStrategy.RANDOM if arm == "random" else strategy
        known[STRATEGIES[by](view, BATCH, rng)] = True
        learned = z[:POOL][known].reshape(-1, WIDTH), y[:POOL][known].ravel()
        people = np.repeat(np.flatnonzero(known), IMAGES).astype(str)
        head = fit_head(*learned, class_count=CLASSES, seed=seed, patients=people)
        said = probabilities(head, flat)
        test = probabilities(head, z[POOL:].reshape(-1, WIDTH)).argmax(axis=1)
        found.append(recall(y[POOL:].ravel(), test))
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    seeds = parser.parse_args().seeds
    strategy = QueryStrategy.UNCERTAINTY_HERDING
    for name, (own, rare) in {"patients alike": (0.3, 0.3), "patients apart": (1.0, 0.3)}.items():
        means = {}
        for arm in ("random", "mean", "mean start", "item"):
            runs = np.array([play(s, arm, strategy, own=own, rare=rare) for s in range(seeds)])
            means[arm] = runs.mean(axis=1)
            print(name, arm, np.round(runs.mean(axis=0), 3), flush=True)
        for other in ("mean", "mean start", "random"):
            gap = means["item"] - means[other]
            error = gap.std(ddof=1) / np.sqrt(seeds)
            print(f"  item - {other}: {gap.mean():+.4f} (standard error {error:.4f})", flush=True)


if __name__ == "__main__":
    main()
