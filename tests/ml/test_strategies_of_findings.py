"""Strategies for rare findings, masks and boxes give the obvious answer on toy pools."""

import numpy as np
import pytest

from collimate.ml.strategies import (
    STRATEGIES,
    Boxes,
    PoolUnusable,
    PoolView,
    QueryStrategy,
    Regions,
)
from collimate.ml.strategies.class_balanced_detection import image_scores
from collimate.ml.strategies.retrieval import lane_picks, neighbours


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def choose(strategy: QueryStrategy, pool: PoolView, k: int, seed: int = 0) -> list[int]:
    return STRATEGIES[strategy](pool, k, rng(seed)).tolist()


def rare_pool() -> PoolView:
    """Ninety common items on one axis, ten rare ones (from 90 on) on another, one of them known."""
    z = np.concatenate([np.tile([1.0, 0, 0], (90, 1)), np.tile([0, 1.0, 0], (10, 1))])
    z += rng().normal(0, 0.05, z.shape)
    labelled = np.isin(np.arange(100), [0, 1, 2, 3, 90])
    answers = np.full((100, 2), -1)
    answers[labelled] = [[1, 0]] * 4 + [[0, 1]]
    p = np.tile([0.8, 0.2], (100, 1))
    return PoolView(z, labelled, p, answers=answers, class_counts=np.array([4, 1]))


def test_neighbours_are_those_of_brute_force() -> None:
    z = PoolView(rng().normal(size=(300, 5)), np.zeros(300, bool)).z
    usable = rng(1).random(300) < 0.7
    found = neighbours(z, np.array([3, 200]), usable)
    for anchor, near in zip((3, 200), found, strict=True):
        order = np.argsort(-(z @ z[anchor]), kind="stable")
        assert near.tolist() == [i for i in order.tolist() if usable[i]][:50]


def test_the_lane_follows_a_rare_positive_to_its_like() -> None:
    pool = rare_pool()
    lane = lane_picks(pool, 3, rng()).tolist()
    assert len(lane) == 3
    assert min(lane) > 90
    picks = choose(QueryStrategy.RETRIEVAL, pool, 10)
    assert picks[:3] == lane
    assert len(set(picks)) == 10


def test_an_anchor_leads_to_five_at_most() -> None:
    assert len(lane_picks(rare_pool(), 9, rng())) == 5


def test_foreground_random_takes_a_third_where_something_is_to_be_seen() -> None:
    foreground = np.arange(200) < 10
    pool = PoolView(rng().normal(size=(200, 3)), np.zeros(200, bool), foreground=foreground)
    shares = [foreground[choose(QueryStrategy.FOREGROUND_RANDOM, pool, 9, s)].sum() for s in
              range(60)]  # fmt: skip
    assert min(shares) == 3
    assert np.mean(shares) < 4.5


def masks(progress: float = 1.0) -> PoolView:
    """Twelve volumes of ten slices; class 0 doubtful in volumes 0-3, class 1 in volume 11."""
    volumes = np.repeat(np.arange(12), 10)
    class_doubt = np.full((120, 2), 1e-3)
    class_doubt[volumes < 4, 0] = 1.0
    class_doubt[volumes == 11, 1] = 0.1
    doubt = np.where(volumes == 6, 2.0, class_doubt.max(axis=1))
    return PoolView(
        rng().normal(size=(120, 3)),
        np.zeros(120, bool),
        regions=Regions(doubt, class_doubt, volumes),
        progress=progress,
    )


def test_clasp_pe_serves_every_class_and_spares_volumes() -> None:
    pool = masks()
    assert pool.regions is not None
    picks = np.array(choose(QueryStrategy.CLASP_PE, pool, 9))
    volume = pool.regions.volumes[picks]
    assert np.bincount(volume).max() <= 3
    assert (volume == 11).sum() == 3
    assert len(set(volume[volume < 4])) >= 3
    assert 1 <= (volume == 6).sum() <= 2
    assert set(volume) <= {0, 1, 2, 3, 6, 11}


def test_clasp_pe_asks_for_three_regions_of_one_volume_and_no_more() -> None:
    alone = Regions(np.linspace(1, 2, 10), np.ones((10, 1)), np.zeros(10))
    pool = PoolView(rng().normal(size=(10, 3)), np.zeros(10, bool), regions=alone)
    assert len(choose(QueryStrategy.CLASP_PE, pool, 8)) == 3


def test_clasp_pe_takes_a_volumes_next_region_where_it_is_twice_as_doubtful() -> None:
    for other in (0.4, 0.7):
        doubt = np.array([1.0, 1.0, other, 1e-3])
        regions = Regions(doubt, doubt[:, None], np.array([0, 0, 1, 2]))
        pool = PoolView(np.eye(4), np.zeros(4, bool), regions=regions, progress=1.0)
        for seed in range(10):
            assert (2 in choose(QueryStrategy.CLASP_PE, pool, 2, seed)) is (other > 0.5)


def test_clasp_pe_is_looser_early_than_late() -> None:
    doubt = np.linspace(0.5, 1.0, 60)
    regions = Regions(doubt, doubt[:, None], np.arange(60))

    def lowest(progress: float) -> float:
        pool = PoolView(
            rng().normal(size=(60, 3)), np.zeros(60, bool), regions=regions, progress=progress
        )
        picks = [choose(QueryStrategy.CLASP_PE, pool, 6, seed) for seed in range(40)]
        return float(np.mean([doubt[own].mean() for own in picks]))

    best = doubt[-6:].mean()
    assert best - lowest(1.0) < 0.02 < best - lowest(0.0) < 0.15


def test_clasp_pe_without_regions_takes_every_item_as_one() -> None:
    p = np.array([[0.98, 0.01, 0.01]] * 20 + [[0.4, 0.55, 0.05]] * 4 + [[0.4, 0.05, 0.55]] * 4)
    pool = PoolView(rng().normal(size=(28, 3)), np.zeros(28, bool), p, progress=1.0)
    assert min(choose(QueryStrategy.CLASP_PE, pool, 8)) >= 20


def test_broken_doubts_are_refused() -> None:
    regions = Regions(np.array([1.0, np.nan]), np.ones((2, 1)), np.arange(2))
    with pytest.raises(PoolUnusable):
        choose(QueryStrategy.CLASP_PE, PoolView(np.eye(2), np.zeros(2, bool), regions=regions), 1)
    with pytest.raises(PoolUnusable):
        PoolView(np.eye(3), np.zeros(3, bool), regions=regions)


def boxes_of(*rows: tuple[int, int, float, list[float]]) -> Boxes:
    """Rows of (image, class, probability, feature); the other class stands at 0."""
    p = np.zeros((len(rows), 2))
    for number, (_, label, value, _) in enumerate(rows):
        p[number, label] = value
    return Boxes(np.array([r[0] for r in rows]), p, np.array([r[3] for r in rows]))


def test_detection_scores_sum_the_five_most_doubtful_boxes() -> None:
    boxes = boxes_of(*[(0, 0, 0.5, [1.0, 0.0])] * 7, (1, 1, 0.99, [1.0, 0.0]))
    table = image_scores(boxes, 3)
    assert table[0, 0] == pytest.approx(5 * np.log(2))
    assert 0 < table[1, 1] < 0.1
    assert table[2].sum() == 0
    with pytest.raises(PoolUnusable):
        image_scores(boxes_of((0, 0, float("nan"), [1.0])), 1)


def test_detection_serves_both_classes_and_not_the_same_scene_twice() -> None:
    boxes = boxes_of(
        (0, 0, 0.5, [1.0, 0.0]),
        (1, 0, 0.5, [1.0, 0.01]),
        (2, 0, 0.6, [0.0, 1.0]),
        (3, 1, 0.8, [1.0, 0.0]),
    )
    pool = PoolView(np.eye(6), np.zeros(6, bool), boxes=boxes, class_counts=np.array([9, 9]))
    picks = choose(QueryStrategy.CLASS_BALANCED_DETECTION, pool, 3)
    assert 3 in picks
    assert 2 in picks
    assert len({0, 1} & set(picks)) == 1


def test_detection_gives_a_class_without_labels_more_turns() -> None:
    rows = [(i, i % 2, 0.5, list(np.eye(40)[i])) for i in range(40)]
    pool = PoolView(
        np.eye(40), np.zeros(40, bool), boxes=boxes_of(*rows), class_counts=np.array([80, 0])
    )
    picks = choose(QueryStrategy.CLASS_BALANCED_DETECTION, pool, 10)
    assert sum(index % 2 for index in picks) >= 8
