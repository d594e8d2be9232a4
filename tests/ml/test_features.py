"""The joined feature space is standardised, balanced between blocks, and survives storing."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collimate.ml.features import BlocksDiffer, Space, UnreadableSpace, fit_space, unit


def two_blocks(items: int = 60) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "small": rng.normal(5.0, 0.01, (items, 12)),
        "large": rng.normal(-3.0, 400.0, (items, 300)),
    }


def test_blocks_carry_equal_energy_per_component() -> None:
    blocks = two_blocks()
    space = fit_space(blocks, components=10)
    z = space.transform(blocks)
    assert z.shape == (60, 20)
    for name in blocks:
        energy = (z[:, space.columns(name)] ** 2).sum(axis=1).mean()
        assert energy == pytest.approx(10.0, rel=1e-3)


def test_full_rank_projection_keeps_distances_of_the_standardised_features() -> None:
    values = two_blocks()["small"]
    space = fit_space({"small": values})
    z = space.transform({"small": values})
    standard = (values - values.mean(axis=0)) / values.std(axis=0)
    expected = np.linalg.norm(standard[0] - standard[1:], axis=1)
    np.testing.assert_allclose(np.linalg.norm(z[0] - z[1:], axis=1), expected, rtol=1e-3)


def test_the_large_pool_path_finds_the_same_directions() -> None:
    rng = np.random.default_rng(1)
    hidden = rng.normal(size=(900, 3)) @ rng.normal(size=(3, 500)) * 5
    values = hidden + rng.normal(size=(900, 500))
    z = fit_space({"a": values}, components=3).transform({"a": values})
    standard = (values - values.mean(axis=0)) / values.std(axis=0)
    exact = np.linalg.svd(standard, full_matrices=False)[0][:, :3]
    overlap = np.linalg.svd(exact.T @ np.linalg.qr(z)[0], compute_uv=False)
    assert overlap.min() > 0.999


def test_a_feature_that_never_changes_is_ignored() -> None:
    values = two_blocks()["small"]
    values[:, 0] = 7.0
    space = fit_space({"small": values})
    moved = values.copy()
    moved[:, 0] = 1e6
    np.testing.assert_allclose(
        space.transform({"small": values}), space.transform({"small": moved}), atol=1e-5
    )


@pytest.mark.parametrize("items", [1, 2, 3])
def test_tiny_pools_do_not_fail(items: int) -> None:
    blocks = two_blocks(items)
    z = fit_space(blocks).transform(blocks)
    assert np.isfinite(z).all()
    assert len(z) == items


def test_storing_keeps_every_number() -> None:
    blocks = two_blocks()
    space = fit_space(blocks)
    again = Space.from_bytes(space.to_bytes())
    np.testing.assert_array_equal(space.transform(blocks), again.transform(blocks))
    assert again.to_bytes() == space.to_bytes()


@pytest.mark.parametrize("content", [b"", b"\x80\x04N.", b"\xff" * 64, b"{}" * 40])
def test_foreign_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(UnreadableSpace):
        Space.from_bytes(content)


def test_other_blocks_are_refused() -> None:
    blocks = two_blocks()
    space = fit_space(blocks)
    with pytest.raises(BlocksDiffer):
        space.transform({"small": blocks["small"]})
    with pytest.raises(BlocksDiffer):
        space.transform({"small": blocks["large"], "large": blocks["small"]})
    with pytest.raises(BlocksDiffer):
        space.columns("unknown")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused(bad: float) -> None:
    blocks = two_blocks()
    blocks["small"][3, 3] = bad
    with pytest.raises(ValueError, match="finite"):
        fit_space(blocks)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 30), st.integers(1, 8), st.integers(0, 2**31))
def test_unit_rows_have_length_one_or_zero(items: int, width: int, seed: int) -> None:
    z = np.random.default_rng(seed).normal(size=(items, width))
    z[0] = 0.0
    lengths = np.linalg.norm(unit(z), axis=1)
    assert lengths[0] == 0.0
    np.testing.assert_allclose(lengths[1:], 1.0, atol=1e-5)


def test_light_modules_do_not_load_torch() -> None:
    code = (
        "import sys, collimate.ml.batches, collimate.ml.heads, collimate.ml.metrics,"
        "collimate.ml.descriptors, collimate.ml.explain, collimate.ml.images;"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
