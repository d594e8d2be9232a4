"""What published weights come with, a folder or a zip, and how it is laid out.

The layout is nnU-Net's with one file more: `plans.json` says how the network is built,
`dataset.json` which channels it was taught on, `inference_session_class.json` (later
`inference_info.json`) how prompts are drawn for it, `fold_0/checkpoint_final.pth` holds the
weights. Source: MIC-DKFZ/nnInteractive and MIC-DKFZ/nnUNet (Apache-2.0).
"""

import json
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from collimate.ml.prompts.given.recipe import NotASegmenter

MAX_JSON_BYTES = 8 * 2**20
MAX_WEIGHTS_BYTES = 4 * 2**30
PLANS, DATASET = "plans.json", "dataset.json"
SESSIONS = ("inference_info.json", "inference_session_class.json")
CHECKPOINT = "checkpoint_final.pth"


@dataclass(frozen=True)
class Published:
    """The parsed JSON files, and where the weights lie."""

    plans: dict[str, Any]
    dataset: dict[str, Any]
    session: Any
    weights: Path


def opened(path: Path, work: Path) -> Published:
    """Read a folder, a zip, or a safetensors file that has the JSON files beside it.

    From a zip only the files named above are taken, into `work`, under names of our own.

    Raises:
        NotASegmenter: says in words what is missing or too much.
    """
    if path.is_dir():
        return _read(path, _found([one.relative_to(path).as_posix() for one in _files(path)]))
    if path.suffix == ".safetensors":
        names = [one.name for one in path.parent.iterdir() if one.suffix == ".json"]
        return _read(path.parent, _found([*names, path.name]))
    if not zipfile.is_zipfile(path):
        raise NotASegmenter(
            "Give the folder as it is published, a zip of it, or a safetensors file with "
            "plans.json, dataset.json and inference_session_class.json beside it."
        )
    with zipfile.ZipFile(path) as archive:
        places = _found([one.filename for one in archive.infolist() if not one.is_dir()])
        taken = {}
        for role, name in places.items():
            taken[role] = f"{role}{PurePosixPath(name).suffix}"
            _take(archive, name, work / taken[role])
    return _read(work, taken)


def _files(folder: Path) -> list[Path]:
    return sorted(one for one in folder.rglob("*") if one.is_file())


def _found(names: list[str]) -> dict[str, str]:
    """The name of each file by its role.

    Raises: NotASegmenter.
    """
    places = [PurePosixPath(name) for name in names]
    roots = sorted({one.parent for one in places if one.name == PLANS})
    if not roots:
        raise NotASegmenter("There is no plans.json, which says how the network is built.")
    if len(roots) > 1:
        raise NotASegmenter(f"There are {len(roots)} plans.json. Give the folder of one segmenter.")
    root = roots[0]
    here = {one.name: str(one) for one in places if one.parent == root}
    session = next((here[name] for name in SESSIONS if name in here), None)
    missing = [] if DATASET in here else [DATASET]
    missing += [] if session else [SESSIONS[-1]]
    weights = [
        str(one)
        for one in places
        if root in one.parents and (one.name == CHECKPOINT or one.suffix == ".safetensors")
    ]
    if not weights:
        missing.append(f"fold_0/{CHECKPOINT} or a safetensors file")
    if missing:
        raise NotASegmenter(f"Beside plans.json there is no {', no '.join(missing)}.")
    if len(weights) > 1:
        raise NotASegmenter(f"Several files hold weights: {', '.join(weights[:4])}. Leave one.")
    return {"plans": str(root / PLANS), "dataset": here[DATASET], "session": session or "",
            "weights": weights[0]}  # fmt: skip


def _take(archive: zipfile.ZipFile, name: str, target: Path) -> None:
    most = MAX_JSON_BYTES if target.suffix == ".json" else MAX_WEIGHTS_BYTES
    if archive.getinfo(name).file_size > most:
        raise NotASegmenter(f"{PurePosixPath(name).name} is larger than {most // 2**20} MiB.")
    try:
        with archive.open(name) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)
    except (zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError) as error:
        raise NotASegmenter("The zip is damaged or asks for a password.") from error


def _read(folder: Path, places: dict[str, str]) -> Published:
    parsed = {role: _json(folder / places[role]) for role in ("plans", "dataset", "session")}
    for role in ("plans", "dataset"):
        if not isinstance(parsed[role], dict):
            raise NotASegmenter(f"{role}.json is not an object of JSON.")
    return Published(**parsed, weights=folder / places["weights"])


def _json(path: Path) -> Any:
    if path.stat().st_size > MAX_JSON_BYTES:
        raise NotASegmenter(f"{path.name} is larger than {MAX_JSON_BYTES // 2**20} MiB.")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise NotASegmenter(f"{path.name} is not readable JSON.") from error
