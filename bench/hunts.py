"""How well a hunt finds the like of a lesion: precision among the first, on synthetic radiographs.

    .venv/bin/python bench/hunts.py [--cases 600] [--seed 7] [--first 10 20]

Radiographs as `collimate demo` draws them, each with at most one finding whose region is known.
Every case with a finding is pointed at once, in the middle of its region; the pool is every other
patient. A match is right if its case shows the same finding, and in place if the ring lies on it.
Beside it: chance, which is how frequent the finding is, and the likeness of whole images by the
scattering that orders queues.
"""

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
from scipy import ndimage

from collimate.demo.radiographs import Case, cohort, draw
from collimate.ml import descriptors, patches
from collimate.ml.features import fit_space, unit
from collimate.ml.images import model_image

NEAR = 0.03
"""A ring this share of the image beside the region still shows it."""


def looked_at(case: Case) -> dict[str, Any]:
    """Draw a case, describe it both ways, and say where its finding lies."""
    found = draw(case)
    square = model_image(found.pixels, size=patches.SIDE)
    started = time.process_time()
    grid = patches.described(square).astype(np.float16)
    seconds = time.process_time() - started
    rows, columns = found.pixels.shape
    near, here = None, None
    if found.mask is not None:
        reach = max(1, round(NEAR * max(rows, columns)))
        near = ndimage.binary_dilation(found.mask[::4, ::4], iterations=max(1, reach // 4))
        middle = np.argwhere(found.mask)
        y, x = middle[np.abs(middle - middle.mean(axis=0)).sum(axis=1).argmin()] + 0.5
        here = patches.to_square(x, y, rows=rows, columns=columns)
    small = descriptors.scattering(model_image(found.pixels, size=descriptors.SIDE)[None])[0]
    return {
        "key": case.label_key, "patient": case.patient_number, "grid": grid, "near": near,
        "shape": (rows, columns), "here": here, "whole": small,
        "seconds": seconds,
    }  # fmt: skip


def is_in_place(case: dict[str, Any], cell: np.ndarray) -> bool:
    """Whether the ring of a match lies on the finding."""
    if case["near"] is None:
        return False
    rows, columns = case["shape"]
    x, y = patches.to_picture(int(cell[0]), int(cell[1]), rows=rows, columns=columns)
    high, wide = case["near"].shape
    return bool(case["near"][min(high - 1, int(y // 4)), min(wide - 1, int(x // 4))])


def main() -> None:
    """Run it and print a table."""
    said = argparse.ArgumentParser(description=__doc__)
    said.add_argument("--cases", type=int, default=600)
    said.add_argument("--seed", type=int, default=7)
    said.add_argument("--first", type=int, nargs="+", default=[10, 20])
    asked = said.parse_args()
    with ProcessPoolExecutor(2) as workers:
        cases = list(workers.map(looked_at, cohort(asked.cases, seed=asked.seed), chunksize=8))
    grids = np.stack([case["grid"] for case in cases])
    usual = patches.usual_of(grids[:: max(1, len(grids) // 400)])
    unusual = usual.unusual(grids)
    allowed = np.stack([patches.inside(*case["shape"]) for case in cases])
    blocks = {"scattering": np.stack([case["whole"] for case in cases])}
    whole = unit(fit_space(blocks).transform(blocks))
    keys = np.array([case["key"] for case in cases])
    people = np.array([case["patient"] for case in cases])
    print(f"{len(cases)} cases; describing: {1000 * np.mean([c['seconds'] for c in cases]):.0f} "
          "CPU-ms a frame")  # fmt: skip
    for key in sorted(set(keys) - {"normal"}):
        report(key, asked.first, cases, (usual, grids, unusual, allowed, whole, keys, people))


def report(key: str, first: list[int], cases: list[dict[str, Any]], pool: Any) -> None:
    """Point at every finding of a kind and print how the matches are."""
    usual, grids, unusual, allowed, whole, keys, people = pool
    asked = [n for n in np.flatnonzero(keys == key) if cases[n]["here"] is not None]
    right: dict[tuple[str, int], list[float]] = {}
    spent = []
    for number in asked:
        own = people != people[number]
        wanted = patches.wanted_at(grids[number], *cases[number]["here"], usual)
        started = time.process_time()
        likeness, cells = patches.likest(wanted, unusual, allowed)
        spent.append(time.process_time() - started)
        order = [n for n in np.argsort(-likeness) if own[n]]
        alike = [n for n in np.argsort(-(whole @ whole[number])) if own[n]]
        for k in first:
            placed = [is_in_place(cases[n], cells[n]) and keys[n] == key for n in order[:k]]
            right.setdefault(("patches", k), []).append(float(np.mean(keys[order[:k]] == key)))
            right.setdefault(("in place", k), []).append(float(np.mean(placed)))
            right.setdefault(("whole image", k), []).append(float(np.mean(keys[alike[:k]] == key)))
            right.setdefault(("chance", k), []).append(float(np.mean(keys[own] == key)))
    per_case = 1e6 * np.mean(spent) / len(cases)
    print(f"{key}: {len(asked)} pointed at, {per_case:.0f} CPU-µs a frame of the pool")
    for (name, k), values in right.items():
        half = 1.96 * np.std(values) / np.sqrt(len(values))
        print(f"  first {k:3d}  {name:12s} {np.mean(values):.3f} ± {half:.3f}")


if __name__ == "__main__":
    main()
