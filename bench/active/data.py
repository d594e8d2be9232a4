"""The benchmark's pools as arrays; what takes long to compute is kept beside the benchmark."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from collimate.demo.replay.answers import Known, load
from collimate.demo.replay.pictures import Seen, describe
from collimate.ml.features import fit_space, unit
from collimate.ml.folds import stratified_folds
from collimate.ml.images import model_image, to_bytes
from collimate.studies.imports.label_table import Columns, KnownImage, read_table

CACHE = Path(__file__).resolve().parent.parent / ".cache"
DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
SYNTHETIC_CASES = 2400
TEST_SHARE = 0.3
PARTS = 5


def digits() -> Known:
    """Handwritten digits of scikit-learn: a regression test, not medicine."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    return _pixels(images, labels, seed=0)


def digits_rare() -> Known:
    """The same with five digits made twenty times rarer in the pool."""
    known = digits()
    rng = np.random.default_rng(1)
    keep = known.is_holdout | (known.labels < 5) | (rng.random(len(known.labels)) < 0.05)
    for digit in range(5, 10):
        keep[np.flatnonzero((known.labels == digit) & ~known.is_holdout)[:3]] = True
    return _rows(known, keep)


def chest_xray(steps: int = 300) -> Known:
    """Children's chest X-rays: normal, bacterial, viral (labelled-cxr)."""
    folder = DATA / "labelled-cxr"
    columns = Columns(patient="group", split="split")
    table = read_table(folder, folder / "labels.csv", columns)
    return load(table.images, encoder_steps=steps, tell=_tell)


def chest_xray_part(part: int, steps: int) -> Known:
    """The same radiographs, tested on one patient in five; part 0 to 4 says on whom. An encoder
    is trained for each part, on the other four; it takes a quarter of an hour a part.
    """
    folder = DATA / "labelled-cxr"
    images = read_table(folder, folder / "labels.csv", Columns(patient="group")).images
    return load(_divided(images, part), encoder_steps=steps, tell=_tell)


def _divided(images: list[KnownImage], part: int) -> list[KnownImage]:
    """Every patient is held out in one part of five; labels are in equal shares in all."""
    labels = np.unique([image.label or "" for image in images], return_inverse=True)[1]
    patients = np.array([image.patient for image in images])
    parts = stratified_folds(labels, patients, folds=PARTS, seed=0)
    return [
        replace(image, is_holdout=bool(own == part))
        for image, own in zip(images, parts, strict=True)
    ]


def pneumonia(part: int) -> Known:
    """The same part as a screening would ask it: normal, or pneumonia of either kind."""
    known = pool(f"{ENCODED}, {part}")
    normal = known.class_names.index("normal")
    return replace(
        known, labels=np.int64(known.labels != normal), class_names=("normal", "pneumonia")
    )


def pneumonia_rare(part: int) -> Known:
    """That with pneumonia in one image of ten of the pool; whom it is tested on stays whole."""
    known = pneumonia(part)
    ill = np.flatnonzero((known.labels == 1) & ~known.is_holdout)
    well = int(((known.labels == 0) & ~known.is_holdout).sum())
    kept = np.random.default_rng(part).permutation(ill)[: round(well / 9)]
    keep = known.is_holdout | (known.labels == 0)
    keep[kept] = True
    return _rows(known, keep)


def cardiac_mr(part: int) -> Known:
    """Short-axis cardiac MR with left-ventricle masks (labelled-cardiac-mr), tested on one
    patient in five; what learns masks looks at pixels, so descriptors without training suffice
    for the arms that look at features.
    """
    folder = DATA / "labelled-cardiac-mr"
    columns = Columns(label=None, patient="group", mask="mask")
    images = read_table(folder, folder / "labels.csv", columns).images
    return load(_divided(images, part), encoder_steps=0, tell=_tell)


def synthetic(steps: int = 300) -> Known:
    """Computed chest radiographs: five classes, two of them rare, several sites."""
    from collimate.demo.radiographs import cohort, draw

    cases = cohort(SYNTHETIC_CASES)
    small, large = [], []
    for number, case in enumerate(cases):
        if number % 100 == 0:
            _tell(f"drawing radiographs: {number} of {len(cases)}")
        pixels = draw(case).pixels
        small.append(model_image(pixels, size=64))
        large.append(to_bytes(model_image(pixels, size=96)))
    names = tuple(sorted({case.label_key for case in cases}))
    labels = np.array([names.index(case.label_key) for case in cases])
    patients = np.array([str(case.patient_number) for case in cases])
    is_test = _split(patients, seed=0)
    seen = Seen(list(range(len(cases))), np.stack(small), np.stack(large), None, {})
    blocks = describe(seen, is_test, encoder_steps=steps, tell=_tell)
    space = fit_space({name: values[~is_test] for name, values in blocks.items()})
    return Known(
        space.transform(blocks), np.zeros((0, 64, 64), np.float32), labels, names, patients,
        is_test, {},
    )  # fmt: skip


DIVIDED, ENCODED = "chest X-ray, five parts", "chest X-ray, five parts and encoders"
PNEUMONIA, RARE = "pneumonia or not, five parts", "pneumonia rare, five parts"
MASKS = "cardiac MR masks, five parts"
STEPS = {DIVIDED: 0, ENCODED: 300}
POOLS: dict[str, Callable[[], Known]] = {
    "chest X-ray": chest_xray,
    **{
        f"{name}, {part}": partial(chest_xray_part, part, steps)
        for name, steps in STEPS.items()
        for part in range(PARTS)
    },
    **{f"{PNEUMONIA}, {part}": partial(pneumonia, part) for part in range(PARTS)},
    **{f"{RARE}, {part}": partial(pneumonia_rare, part) for part in range(PARTS)},
    "synthetic chest X-ray": synthetic,
    "digits": digits,
    "digits, half of them rare": digits_rare,
    **{f"{MASKS}, {part}": partial(cardiac_mr, part) for part in range(PARTS)},
}
IN_PARTS = (DIVIDED, ENCODED, PNEUMONIA, RARE, MASKS)
NEEDS = {
    **dict.fromkeys(("chest X-ray", *IN_PARTS), "labelled-cxr"),
    MASKS: "labelled-cardiac-mr",
}  # fmt: skip


def is_here(name: str) -> bool:
    """Whether the images that a pool is made from are on this machine."""
    return name not in NEEDS or (DATA / NEEDS[name] / "labels.csv").exists()


def parts(name: str) -> list[str]:
    """The pools that a name stands for; seeds take them by turns."""
    return [f"{name}, {part}" for part in range(PARTS)] if name in IN_PARTS else [name]


def pool(name: str) -> Known:
    """A pool by name (one part of a divided one), from the cache if it was made before."""
    CACHE.mkdir(exist_ok=True)
    path = CACHE / f"{name.replace(' ', '-').replace(',', '')}.npz"
    if path.exists():
        with np.load(path, allow_pickle=False) as kept:
            arrays = {key: kept[key] for key in kept.files}
        masks = arrays.pop("masks", None)
        names = tuple(arrays.pop("class_names").tolist())
        return Known(**arrays, class_names=names, refused={}, masks=masks)
    known = POOLS[name]()
    arrays = {
        "z": known.z, "small": known.small, "labels": known.labels, "patients": known.patients,
        "is_holdout": known.is_holdout, "class_names": np.array(known.class_names),
    }  # fmt: skip
    if known.masks is not None:
        arrays["masks"] = known.masks
    np.savez_compressed(path, **arrays)
    return known


def _pixels(values: np.ndarray, labels: np.ndarray, *, seed: int) -> Known:
    patients = np.arange(len(labels)).astype(str)
    is_test = _split(patients, seed=seed)
    space = fit_space({"pixels": values[~is_test]}, components=32)
    return Known(
        space.transform({"pixels": values}), np.zeros((0, 64, 64), np.float32),
        labels.astype(np.int64), tuple(str(n) for n in np.unique(labels)), patients, is_test, {},
    )  # fmt: skip


def _split(patients: np.ndarray, *, seed: int) -> np.ndarray:
    people = np.random.default_rng(seed).permutation(np.unique(patients))
    return np.isin(patients, people[: round(TEST_SHARE * len(people))])


def _rows(known: Known, keep: np.ndarray) -> Known:
    return replace(
        known, z=known.z[keep], labels=known.labels[keep], patients=known.patients[keep],
        is_holdout=known.is_holdout[keep],
    )  # fmt: skip


def unit_rows(known: Known) -> np.ndarray:
    """The pool as peers see it: unit length, double precision."""
    return unit(known.z[known.pool]).astype(np.float64)


def _tell(text: str) -> None:
    print(f"  {text}", flush=True)
