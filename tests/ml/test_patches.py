"""Places that look alike are found again wherever they lie, and anatomy is no finding."""

import numpy as np
import pytest

from collimate.ml import patches

BLOB = 5.0


def picture(
    rng: np.random.Generator, blob: tuple[int, int] | None = None, bright: float = 0.5
) -> np.ndarray:
    """A bright band everywhere at the same place, noise, and perhaps a round spot."""
    image = 0.3 + rng.normal(0, 0.03, (patches.SIDE, patches.SIDE))
    image[:, 90:100] += 0.35
    if blob is not None:
        row, column = np.mgrid[: patches.SIDE, : patches.SIDE]
        apart = (row - blob[0]) ** 2 + (column - blob[1]) ** 2
        image += bright * np.exp(-apart / (2 * BLOB**2))
    return image.clip(0, 1)


@pytest.fixture(scope="module")
def pool() -> tuple[np.ndarray, dict[int, tuple[int, int]]]:
    """Thirty pictures; six of them have a spot, each at another place."""
    rng = np.random.default_rng(0)
    places = {at: tuple(rng.integers(20, 172, 2).tolist()) for at in range(0, 30, 5)}
    pictures = [patches.described(picture(rng, places.get(at))) for at in range(30)]
    return np.stack(pictures), places


def test_a_spot_finds_the_other_spots_and_says_where_they_are(pool) -> None:
    grids, places = pool
    usual = patches.usual_of(grids)
    grid = patches.described(picture(np.random.default_rng(9), (60, 150)))
    wanted = patches.wanted_at(grid, 61, 149, usual)
    allowed = np.ones((30, patches.GRID, patches.GRID), dtype=bool)
    likeness, cells = patches.likest(wanted, usual.unusual(grids), allowed)
    best = np.argsort(-likeness)[:6]
    assert set(best.tolist()) == set(places)
    for at in best:
        middle = cells[at] * patches.CELL + patches.CELL / 2
        assert np.abs(middle - places[int(at)]).max() <= patches.REACH


def test_what_is_usual_at_its_place_is_nothing(pool) -> None:
    grids, _ = pool
    usual = patches.usual_of(grids)
    grid = patches.described(picture(np.random.default_rng(9), (60, 150)))
    band = patches.wanted_at(grid, 120, 95, usual)
    spot = patches.wanted_at(grid, 60, 150, usual)
    assert np.linalg.norm(spot) > 3 * np.linalg.norm(band)


def test_the_very_same_place_is_like_itself_only(pool) -> None:
    grids, _ = pool
    usual = patches.usual_of(grids)
    allowed = np.zeros((30, patches.GRID, patches.GRID), dtype=bool)
    allowed[:, 3, 7] = True
    unusual = usual.unusual(grids)
    likeness, cells = patches.likest(unusual[4, 3, 7], unusual, allowed)
    assert likeness.argmax() == 4
    assert likeness[4] == pytest.approx(1.0)
    assert (cells == [3, 7]).all()


def test_places_of_a_picture_and_of_its_square_are_the_same() -> None:
    for rows, columns in ((120, 100), (64, 256), (2000, 1500)):
        row, column = patches.to_square(0.3 * columns, 0.7 * rows, rows=rows, columns=columns)
        cell = (row // patches.CELL, column // patches.CELL)
        assert patches.inside(rows, columns)[cell]
        x, y = patches.to_picture(*cell, rows=rows, columns=columns)
        most = max(rows, columns) / patches.GRID
        assert abs(x - 0.3 * columns) <= most
        assert abs(y - 0.7 * rows) <= most
    assert not patches.inside(64, 256)[0].any()


def test_images_that_cannot_be_described_are_refused() -> None:
    for image in (np.zeros((10, 10)), np.full((patches.SIDE, patches.SIDE), np.nan)):
        with pytest.raises(ValueError, match="finite"):
            patches.described(image)


def test_a_pool_of_one_image_is_no_error() -> None:
    grids = patches.described(picture(np.random.default_rng(0)))[None]
    assert np.isfinite(patches.usual_of(grids).unusual(grids)).all()
