"""Maps of random weights are told from those of the trained, and chance is what chance is."""

import numpy as np
import pytest

from collimate.ml.heads import Head
from collimate.ml.map_check import correlation, hits, over_images, randomised


def test_random_weights_keep_their_spread_and_nothing_else() -> None:
    rng = np.random.default_rng(0)
    coef = rng.normal(0, [[1.0], [5.0]], (2, 4000))
    head = Head(coef, np.ones(2), np.ones(2), np.ones(2, np.int64), 0.1, False)
    drawn = randomised(head, rng)
    assert np.allclose(drawn.coef.std(axis=1), coef.std(axis=1), rtol=0.05)
    assert abs(np.corrcoef(drawn.coef[0], coef[0])[0, 1]) < 0.1
    assert (drawn.intercept == head.intercept).all()


def test_correlation_of_maps() -> None:
    one = np.arange(12.0).reshape(3, 4)
    assert correlation(one, 2 * one + 5) == pytest.approx(1.0)
    assert correlation(one, -one) == pytest.approx(-1.0)
    assert correlation(one, np.ones((3, 4))) == 0.0
    found = over_images(np.array([0.2, 0.4, 0.6]), seed=0)
    assert found.mean == pytest.approx(0.4)
    assert 0.2 <= found.low < 0.4 < found.high <= 0.6


def test_maps_that_like_the_middle_are_not_better_than_their_chance() -> None:
    """Regions and maps near the middle: far above the share of area, at chance by shuffling."""
    rng = np.random.default_rng(1)
    regions = np.zeros((40, 20, 20), dtype=bool)
    maps = np.zeros((40, 20, 20))
    for region, shown in zip(regions, maps, strict=True):
        row, column = rng.integers(7, 11, 2)
        region[row : row + 4, column : column + 4] = True
        shown[10 + rng.integers(-1, 2), 10 + rng.integers(-1, 2)] = 1.0
    own, shuffled, area = hits(maps, regions)
    assert own > 5 * area
    assert own == pytest.approx(shuffled, abs=0.12)
    perfect, chance, _ = hits(regions.astype(float), regions)
    assert perfect == 1.0
    assert chance < 0.6
    with pytest.raises(ValueError, match="two"):
        hits(maps[:1], regions[:1])
