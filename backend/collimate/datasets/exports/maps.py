"""Heat maps beside the pictures of an export: DICOM Parametric Maps as kept, and a list."""

import hashlib
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from collimate.datasets.exports.archive import add_bytes, add_json


@dataclass(frozen=True, order=True)
class StoredMap:
    """A map of one frame for one class; `sha256` is that of the DICOM file."""

    sop_instance_uid: str
    frame_number: int
    class_key: str
    method: str
    model_number: int
    model_sha256: str
    sha256: str


MapsOf = Callable[[Session, UUID, Collection[str]], list[StoredMap]]
"""The maps of these images (SOP Instance UIDs) of a project. Models stand later in the data flow
than datasets: whoever has a worker write exports says where maps come from."""


class MapChanged(ValueError):
    """The bytes of a map are not those that were kept."""


def add_maps(
    archive: zipfile.ZipFile,
    maps: Sequence[StoredMap],
    image_ids: Mapping[tuple[str, int], int],
    read: Callable[[str], bytes],
) -> None:
    """Add `maps/000001.dcm` and so on, and `maps/manifest.json` with the hash of each.

    `image_ids` are those of the export by image and frame. Raises: MapChanged.
    """
    listed: list[dict[str, Any]] = []
    shown = sorted(one for one in maps if (one.sop_instance_uid, one.frame_number) in image_ids)
    for number, one in enumerate(shown, start=1):
        content = read(one.sha256)
        if hashlib.sha256(content).hexdigest() != one.sha256:
            raise MapChanged(one.sha256)
        file = f"maps/{number:06d}.dcm"
        add_bytes(archive, file, content)
        image_id = image_ids[one.sop_instance_uid, one.frame_number]
        listed.append({"file": file, "image_id": image_id, **asdict(one)})
    without = len(image_ids) - len({one["image_id"] for one in listed})
    about = {"maps": listed, "images_without_count": without}
    add_json(archive, "maps/manifest.json", about)
