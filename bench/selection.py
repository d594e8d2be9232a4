"""Choosing 100 of up to a million embeddings on one core, beside numpy, scikit-activeml and modAL.

Every way gets the same unit embeddings and probabilities. Times are CPU seconds in one process
of its own, with the highest memory that process reached; ratios are to the same row in the same
run. A peer that runs out of its memory or time limit is reported as such.
"""

import argparse
import multiprocessing
import os
import resource
import sys
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
from active import arms, report
from active.arms import Arm

from collimate.ml.draws import dropout_draws
from collimate.ml.heads import Head, probabilities
from collimate.ml.strategies import PoolView, QueryStrategy

WIDTH, CLASSES, LABELLED, PICKS = 512, 5, 500, 100
SIZES = (2_000, 20_000, 200_000, 1_000_000)
QUICK_SIZES = (2_000, 20_000)
START, END = "<!-- selection:start -->", "<!-- selection:end -->"
S = QueryStrategy
OURS = (
    S.RANDOM, S.MARGIN, S.POWER_MARGIN, S.CORE_SET, S.BADGE, S.TYPICLUST, S.MAX_HERDING,
    S.UNCERTAINTY_HERDING, S.RARE_AWARE_HERDING, S.DIRECT, S.RETRIEVAL, S.DROP_QUERY,
)  # fmt: skip
PEERS = {
    S.MARGIN: arms.scikit_activeml("UncertaintySampling"),
    S.CORE_SET: arms.scikit_activeml("CoreSet"),
    S.BADGE: arms.scikit_activeml("Badge"),
    S.TYPICLUST: arms.scikit_activeml("TypiClust"),
    S.MAX_HERDING: arms.scikit_activeml("MaxHerding"),
    S.UNCERTAINTY_HERDING: arms.modal("ranked batch"),
}


def pool_of(items: int, *, with_draws: bool) -> PoolView:
    """Clustered embeddings, a linear head's probabilities, answers of 500 items."""
    rng = np.random.default_rng(0)
    middles = rng.normal(0, 1, (40, WIDTH)).astype(np.float32)
    z = middles[rng.integers(40, size=items)]
    for start in range(0, items, 100_000):
        part = z[start : start + 100_000]
        part += rng.normal(0, 1, part.shape).astype(np.float32)
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    head = Head(rng.normal(0, 3, (CLASSES, WIDTH)), np.zeros(CLASSES), np.ones(CLASSES),
                np.ones(CLASSES, int), 1.0, False)  # fmt: skip
    said = probabilities(head, z)
    labelled = np.zeros(items, bool)
    labelled[rng.choice(items, min(LABELLED, items // 4), replace=False)] = True
    answers = np.full((items, CLASSES), -1, np.int8)
    answers[labelled] = np.eye(CLASSES, dtype=np.int8)[said[labelled].argmax(axis=1)]
    counts = (answers == 1).sum(axis=0)
    draws = dropout_draws(head, z, seed=0, draws=3) if with_draws else None
    return PoolView(
        z, labelled, said, answers=answers, class_counts=counts, draws=draws, is_checked=True
    )


def measure(arm: Arm, pool: PoolView, seconds: float) -> tuple[float, float] | str:
    """CPU seconds and peak GB of choosing, in a process of its own; or why there are none."""
    here, there = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_child, args=(arm, pool, there))
    child.start()
    there.close()
    answer: tuple[float, float] | str = f"more than {seconds:.0f} s"
    try:
        if here.poll(seconds):
            answer = here.recv()
    except EOFError:
        answer = "ended without an answer"
    child.kill()
    child.join()
    return answer


def _child(arm: Arm, pool: PoolView, out) -> None:
    limit = 0.8 * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    resource.setrlimit(resource.RLIMIT_AS, (int(limit), int(limit)))
    try:
        arms.load(arm)
        before = time.process_time()
        picks = arm.ask(pool, PICKS, np.random.default_rng(1))
        spent = time.process_time() - before
        if len(set(np.asarray(picks).tolist())) != PICKS:
            out.send("did not pick 100 items")
            return
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        out.send((spent, peak))
    except MemoryError:
        out.send("out of memory")
    except Exception as error:
        out.send(f"failed: {type(error).__name__}")


def main() -> int:
    """Measure every strategy, and its peer where there is one, at growing sizes."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", type=int, nargs="*")
    asked.add_argument("--full", action="store_true", help="up to 1,000,000 items (8 GB)")
    asked.add_argument("--seconds", type=float, default=600, help="limit for one measurement")
    asked.add_argument("--strategies", nargs="*", type=S, default=OURS)
    asked.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    options = asked.parse_args()
    sizes = options.sizes or (SIZES if options.full else QUICK_SIZES)
    rows, given_up = [], set()
    for items in sizes:
        pool = pool_of(items, with_draws=S.DROP_QUERY in options.strategies)
        for strategy in options.strategies:
            own = measure(arms.ours(strategy), pool, options.seconds)
            peer = PEERS.get(strategy)
            other: tuple[float, float] | str = ""
            if peer is not None and peer.name in given_up:
                other = "left out: failed at a smaller size"
            elif peer is not None:
                other = measure(peer, pool, options.seconds)
                if isinstance(other, str):
                    given_up.add(peer.name)
            rows.append(_row(items, strategy, own, peer, other))
            print(rows[-1], flush=True)
        rows.append(f"| {items:,} | scoring by a linear head | {_scoring(items)} | | | |")
        print(rows[-1], flush=True)
    if options.write:
        _write(rows)
    return 0


def _scoring(items: int) -> str:
    head = Head(np.ones((CLASSES, WIDTH)), np.zeros(CLASSES), np.ones(CLASSES),
                np.ones(CLASSES, int), 1.0, False)  # fmt: skip
    block = np.random.default_rng(0).normal(size=(50_000, WIDTH)).astype(np.float32)
    before = time.process_time()
    for _ in range(max(1, items // len(block))):
        probabilities(head, block[: min(items, len(block))])
    return f"{time.process_time() - before:.2f} s"


def _row(items: int, strategy: QueryStrategy, own, peer: Arm | None, other) -> str:
    ratio = ""
    if not isinstance(own, str) and not isinstance(other, str) and own[0] > 0:
        ratio = f"{other[0] / own[0]:.1f}"
    name = "" if peer is None else peer.name
    return f"| {items:,} | {strategy.value} | {_words(own)} | {name} | {_words(other)} | {ratio} |"


def _words(found) -> str:
    return found if isinstance(found, str) else f"{found[0]:.2f} s, {found[1]:.1f} GB"


def _write(rows: list[str]) -> None:
    text = "\n".join(
        [
            START,
            "## Choosing 100 items, on one core",
            "",
            "`python bench/selection.py --full --write`. CPU seconds and peak memory of a process",
            f"that holds the pool ({WIDTH} numbers an item) and chooses. The last column is the",
            "peer's time over ours.",
            "",
            "| Items | Strategy | Ours | Peer | Peer's | Peer / ours |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
            END,
        ]
    )
    report.put(
        text, Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md", (START, END)
    )


if __name__ == "__main__":
    sys.exit(main())
