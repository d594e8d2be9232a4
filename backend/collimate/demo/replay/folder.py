"""Replay of a folder of labelled pictures, without a database: the same mathematics, bare."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from collimate.demo.label_table import Columns, KnownImage, TableUnusable, read_table
from collimate.demo.replay.play import Curve
from collimate.demo.replay.project import OF_PROJECT
from collimate.demo.replay.report import Outcome
from collimate.ml.batches import query_batch
from collimate.ml.descriptors import SIDE, scattering
from collimate.ml.features import fit_space
from collimate.ml.heads import fit_head, probabilities
from collimate.ml.images import UnusableImage, model_image
from collimate.ml.metrics import macro_recall
from collimate.ml.strategies import DEFAULT_STRATEGY, PoolView, QueryStrategy

Tell = Callable[[str], None]
HOLDOUT_SHARE = 0.2
CHUNK = 100


@dataclass(frozen=True)
class Known:
    """A folder as arrays: features (pool and hold-out), labels as class indices, patients."""

    z: NDArray[np.float32]
    labels: NDArray[np.int64]
    patients: NDArray[np.str_]
    is_holdout: NDArray[np.bool_]
    class_count: int


def replay_folder(
    folder: Path,
    table: Path,
    columns: Columns,
    *,
    strategies: list[str],
    seeds: int,
    batch_size: int,
    cap: int,
    tell: Tell,
) -> Outcome:
    """Play labels of a table in the order each strategy asks for them.

    Raises:
        TableUnusable, ValueError (unknown strategy)
    """
    names = [DEFAULT_STRATEGY if name == OF_PROJECT else name for name in strategies]
    chosen = [QueryStrategy(name) for name in dict.fromkeys(names)]
    known = load(read_table(folder, table, columns).images, tell)
    tell("the whole pool")
    full = _score(known, np.flatnonzero(~known.is_holdout), 0)[0]
    curves = []
    for seed in range(seeds):
        for name in chosen:
            tell(f"{name}, seed {seed + 1} of {seeds}")
            curves.append(_play(known, name, seed=seed, batch_size=batch_size, cap=cap))
    return Outcome(
        full, int((~known.is_holdout).sum()), int(known.is_holdout.sum()), batch_size, tuple(curves)
    )


def load(images: list[KnownImage], tell: Tell) -> Known:
    """Read pictures into the feature space, which is fitted on the pool alone.

    Without a split column, a fifth of the patients, drawn by a fixed seed, is held out.

    Raises:
        TableUnusable: no picture with a single label, or only one class.
    """
    rows, features = [], []
    waiting: list[NDArray[np.float32]] = []
    for number, image in enumerate(images, start=1):
        picture = _picture(image) if len(image.label_keys) == 1 else None
        if picture is not None:
            rows.append(image)
            waiting.append(picture)
        if len(waiting) == CHUNK or (number == len(images) and waiting):
            features.append(scattering(np.stack(waiting)))
            waiting = []
            tell(f"looking at pictures: {number} of {len(images)}")
    keys = sorted({row.label_keys[0] for row in rows})
    if len(keys) < 2:
        raise TableUnusable("A replay needs pictures of at least two classes.")
    values = np.concatenate(features)
    patients = np.array([row.patient for row in rows])
    is_holdout = _holdout(rows, patients)
    space = fit_space({"scattering": values[~is_holdout]})
    return Known(
        space.transform({"scattering": values}),
        np.array([keys.index(row.label_keys[0]) for row in rows]),
        patients,
        is_holdout,
        len(keys),
    )


def _picture(image: KnownImage) -> NDArray[np.float32] | None:
    try:
        with Image.open(image.path) as opened:
            return model_image(np.asarray(opened.convert("L")), size=SIDE)
    except (OSError, UnusableImage):
        return None


def _holdout(rows: list[KnownImage], patients: NDArray[np.str_]) -> NDArray[np.bool_]:
    if all(row.is_holdout is not None for row in rows):
        return np.array([bool(row.is_holdout) for row in rows])
    people = np.unique(patients)
    drawn = np.random.default_rng(0).permutation(people)[: round(HOLDOUT_SHARE * len(people))]
    return np.isin(patients, drawn)


def _score(
    known: Known, labelled: NDArray[np.int64], seed: int
) -> tuple[float, NDArray[np.float64]]:
    """Macro recall on the hold-out after these labels, and what the model says of everything."""
    head = fit_head(
        known.z[labelled],
        known.labels[labelled],
        class_count=known.class_count,
        seed=seed,
        patients=known.patients[labelled],
    )
    said = probabilities(head, known.z)
    held = known.is_holdout
    found = macro_recall(
        known.labels[held],
        said[held].argmax(axis=1),
        known.patients[held],
        class_count=known.class_count,
    )
    return float(found.value or 0.0), said


def _play(known: Known, strategy: QueryStrategy, *, seed: int, batch_size: int, cap: int) -> Curve:
    pool = np.flatnonzero(~known.is_holdout)
    is_labelled = np.zeros(len(pool), dtype=bool)
    view = PoolView(known.z[pool], is_labelled, patients=known.patients[pool])
    counts: list[int] = []
    scores: list[float] = []
    while is_labelled.sum() < min(cap, len(pool)):
        rng = np.random.default_rng((seed, len(counts)))
        wanted = min(batch_size, cap - int(is_labelled.sum()))
        picks = query_batch(strategy, replace(view, labelled=is_labelled), wanted, rng=rng)
        if not picks:
            break
        is_labelled[[pick.index for pick in picks]] = True
        labels = known.labels[pool[is_labelled]]
        score, said = _score(known, pool[is_labelled], seed)
        class_counts = np.bincount(labels, minlength=known.class_count)
        if np.count_nonzero(class_counts) >= 2:
            view = replace(view, probabilities=said[pool], class_counts=class_counts)
        counts.append(int(is_labelled.sum()))
        scores.append(score)
    return Curve(str(strategy), seed, tuple(counts), tuple(scores))
