"""The feature space of a pool, fitted once and kept until the pool changes."""

import hashlib
import os
from functools import lru_cache
from pathlib import Path

from collimate.kit.settings import settings
from collimate.ml.features import Blocks, Space, UnreadableSpace, fit_space

KEPT_FILES = 20


def space_of(blocks: Blocks) -> Space:
    """The space fitted on these features, whatever their order; from memory or disk if known."""
    key = _key(blocks)
    known = _stored(key)
    if known is None:
        known = fit_space(blocks)
        _store(key, known)
    return known


def _key(blocks: Blocks) -> str:
    digest = hashlib.sha256(b"space-1")
    for name in sorted(blocks):
        rows = [hashlib.sha256(row.tobytes()).digest() for row in blocks[name]]
        digest.update(name.encode() + b"\0" + b"".join(sorted(rows)))
    return digest.hexdigest()


def _path(key: str) -> Path:
    return settings().home_path / "work" / "spaces" / f"{key}.safetensors"


@lru_cache(maxsize=4)
def _read(key: str) -> Space:
    return Space.from_bytes(_path(key).read_bytes())


def _stored(key: str) -> Space | None:
    try:
        return _read(key)
    except (OSError, UnreadableSpace):
        return None


def _store(key: str, space: Space) -> None:
    path = _path(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{key}.{os.getpid()}")
    draft.write_bytes(space.to_bytes())
    draft.replace(path)
    files = sorted(path.parent.glob("*.safetensors"), key=lambda file: file.stat().st_mtime)
    for old in files[:-KEPT_FILES]:
        old.unlink(missing_ok=True)
